import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();
const ORIGIN = "https://sso.emulated.example";

/** A Keycloak client whose secret has expired by its realm's client policy: it logs in no more. */
async function expiredWorld(hasAuthority: boolean) {
  const w = await createWorld({ environment: { OROT_ISSUER_ORIGINS: ORIGIN } });
  const { admin } = w.emulator;
  admin.createRealm({ name: "shop", policy: { expirationSeconds: 86_400, rotatedSeconds: 3_600 } });
  const client = admin.createKeycloakClient({ realm: "shop", roles: ["manage-clients"] });
  const other = admin.createKeycloakClient({ realm: "shop", roles: ["manage-clients"] });
  for (const { secret } of [client, other]) w.canary.add(secret);
  const common = { issuer: "keycloak", url: ORIGIN, realm: "shop" };
  const content = { ...common, clientId: client.clientId, clientSecret: client.secret };
  const secretId = admin.createSecret({ name: "kc", content: JSON.stringify(content) });
  if (hasAuthority) {
    const authority = {
      ...{ kind: "client-secret", ...common, mayRotate: [{ client: client.clientId, secretId }] },
      ...{ clientId: other.clientId, clientSecret: other.secret },
    };
    admin.keycloakClient("shop", other.clientId).attributes = {};
    w.environment["OROT_AUTHORITY_SECRET_IDS"] = admin.createSecret({ name: "it", content: JSON.stringify(authority) });
  }
  await w.clock.sleep(2 * DAY_MS);
  expect(admin.keycloakLogin("shop", client.clientId, client.secret)).toBe("rejected");
  const currentWorks = () => {
    const current = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
    const value = String(JSON.parse(admin.content(secretId, current?.number ?? 0) ?? "{}").clientSecret);
    w.canary.add(value);
    return admin.keycloakLogin("shop", client.clientId, value);
  };
  const wait = () => w.clock.sleep(40 * DAY_MS);
  return { currentWorks, wait, rotate: () => w.call({ secretId }) };
}

test("an expired client secret is replaced by a second authority, and the new one does not expire at once", async () => {
  const { rotate, currentWorks } = await expiredWorld(true);
  expect(outcomeOf(await rotate())).toBe("OK 200");
  expect(currentWorks()).toBe("accepted");
});

test("the same after a rotation of ours, whose values expire as well", async () => {
  const { rotate, currentWorks, wait } = await expiredWorld(true);
  await rotate();
  await wait();
  expect(currentWorks()).toBe("rejected");
  expect(outcomeOf(await rotate())).toBe("OK 200");
  expect(currentWorks()).toBe("accepted");
});

test("without a second authority it cannot be replaced, and the answer says so", async () => {
  const { rotate } = await expiredWorld(false);
  expect(outcomeOf(await rotate())).toBe("LOCKED_OUT 400");
});
