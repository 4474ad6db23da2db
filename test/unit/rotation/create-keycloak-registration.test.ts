import { expect, test } from "vitest";
import { keycloakClient } from "../../support/clients.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A registered client whose content names its registration access token too. */
async function registered() {
  const registrationAccessToken = "canary.registration.token";
  const w = await createWorld({
    client: keycloakClient(),
    content: (content) => ({ ...content, registrationAccessToken }),
  });
  w.canary.add(registrationAccessToken);
  return w;
}

test.each(["a whole rotation", "CREATE_PENDING_VERSION"] as const)(
  "%s by a registration access token is refused before anything changes",
  async (what) => {
    const w = await registered();
    const answer = await (what === "a whole rotation" ? w.rotate() : w.step(what));
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("a lost answer would lose the new secret and the new token together");
    expect(w.versions()).toBe("1:CURRENT");
    expect(w.calls().filter((call) => ["install", "write-pending", "write-claim"].includes(call))).toEqual([]);
    expect(w.currentVerdict()).toBe("accepted");
  },
);

test.each([{ action: "check" }, { action: "heal" }, { step: "VERIFY_CONNECTION" }])(
  "%j goes on with a registration access token in the content",
  async (event) => {
    const w = await registered();
    expect(await w.call({ ...event, secretId: w.secretId })).toMatchObject({ responseCode: 200, versionNo: 1 });
  },
);
