import { describe, expect, test } from "vitest";
import { keycloakClient, uaaClient } from "../support/clients.ts";
import { writeVersion } from "../support/outside-changes.ts";
import { outcomeOf, useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

const clients = [
  ["uaa", uaaClient()],
  ["keycloak", keycloakClient()],
] as const;

describe("a PENDING version below CURRENT, as an operator leaves one who stores a version as CURRENT", () => {
  test.each(clients)(
    "keeps nobody from rotating at %s, where Vault takes another in its place",
    async (_name, client) => {
      const w = await createWorld({ client, isFirst: true });
      await writeVersion(w, w.client.content, { stage: "PENDING" });
      await writeVersion(w, w.client.content, { stage: "CURRENT" });
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect([w.currentVerdict(), w.versions()]).toEqual([
        "accepted",
        "1:DEPRECATED 2:DEPRECATED 3:PREVIOUS 4:CURRENT",
      ]);
    },
  );

  test.each(clients)(
    "ends a rotation at %s with what Vault answered where that takes no other: the issuer was asked for nothing",
    async (_name, client) => {
      const w = await createWorld({ client, isFirst: true, switches: { "second-pending": "refuses" } });
      await writeVersion(w, w.client.content, { stage: "PENDING" });
      await writeVersion(w, w.client.content, { stage: "CURRENT" });
      const before = w.state();
      const answer = await w.rotate();
      expect([outcomeOf(answer), w.state()]).toEqual(["SECRET_NOT_ROTATABLE 409", before]);
      expect(answer.returnMessage).toContain("Vault refused UpdateSecret with 400 InvalidParameter");
    },
  );
});
