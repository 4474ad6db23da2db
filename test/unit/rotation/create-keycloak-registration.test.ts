import { expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A registered client whose content names its registration access token too. */
async function registered() {
  const w = await createWorld({ environment: { OROT_ISSUER_ORIGINS: "https://sso.emulated.example" } });
  const { admin } = w.emulator;
  admin.createRealm({ name: "shop" });
  const { clientId, secret } = admin.createKeycloakClient({ realm: "shop", roles: ["manage-clients"] });
  w.canary.add(secret);
  const registrationAccessToken = "canary.registration.token";
  w.canary.add(registrationAccessToken);
  const content = { issuer: "keycloak", url: "https://sso.emulated.example", realm: "shop", clientId };
  const secretId = admin.createSecret({
    name: "kc",
    content: JSON.stringify({ ...content, registrationAccessToken, clientSecret: secret }),
  });
  await w.clock.sleep(86_400_000);
  const accepts = () => admin.keycloakLogin("shop", clientId, secret) === "accepted";
  return { w, admin, secretId, accepts };
}

test.each(["a whole rotation", "CREATE_PENDING_VERSION"])(
  "%s by a registration access token is refused before anything changes",
  async (what) => {
    const { w, admin, secretId, accepts } = await registered();
    const answer = await w.call(what === "a whole rotation" ? { secretId } : { secretId, step: what });
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("a lost answer would lose the new secret and the new token together");
    expect(admin.versions(secretId)).toHaveLength(1);
    expect(w.calls().filter((call) => ["install", "write-pending", "write-claim"].includes(call))).toEqual([]);
    expect(accepts()).toBe(true);
  },
);

test.each([{ action: "check" }, { action: "heal" }, { step: "VERIFY_CONNECTION" }])(
  "%j goes on with a registration access token in the content",
  async (event) => {
    const { w, secretId } = await registered();
    expect(await w.call({ ...event, secretId })).toMatchObject({ responseCode: 200, versionNo: 1 });
  },
);
