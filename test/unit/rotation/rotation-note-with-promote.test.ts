import { describe, expect, test } from "vitest";
import { currentSince } from "../../../src/clients/vault/rotation-metadata.ts";
import { uaaClient } from "../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const UPDATING_MS = 1_000;
const at = (switches: Parameters<typeof world>[0] = {}) =>
  world({
    client: uaaClient(),
    ...switches,
    switches: { "updating-ms": UPDATING_MS, "updating-polls": 0, ...switches.switches },
  });

/** Since when the metadata says that CURRENT is CURRENT. */
function notedSince(w: TestWorld): number | null {
  const { metadata, versions } = w.emulator.admin.secret(w.secretId);
  const current = versions.find(({ stage }) => stage === "CURRENT");
  return currentSince(metadata, { versionNo: current?.number ?? 0, createdAt: 0 }, w.clock.now());
}

const callsAfterPromote = (w: TestWorld) => {
  const calls = w.emulator.requests.map(({ call }) => call);
  return calls.slice(calls.lastIndexOf("promote") + 1);
};

describe("where the issuer keeps two values", () => {
  test.each(["rotation", "steps"] as const)("the answer of a %s waits for nothing after the promote", async (how) => {
    const w = await at();
    const answers = how === "rotation" ? [await w.rotate()] : await w.steps();
    expect(answers.map(outcomeOf)).toEqual(answers.map(() => "OK 200"));
    expect(callsAfterPromote(w)).toEqual([]);
    expect(notedSince(w)).not.toBeNull();
  });

  test.each(["refused", "conflict", "error"] as const)(
    "a Vault that takes no metadata with a promote (%s) gets the note afterwards",
    async (answer) => {
      const w = await at({ switches: { "tags-with-promote": answer } });
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(callsAfterPromote(w)).toContain("update-metadata");
      expect(notedSince(w)).not.toBeNull();
      expect(w.currentVerdict()).toBe("accepted");
    },
  );

  test("what others add right before the promote stays, also if Vault ignores if-match", async () => {
    let w: TestWorld | null = null;
    w = await at({
      switches: { "if-match": "ignored" },
      transport: (emulator) => async (request) => {
        const logins = emulator.requests.filter(({ call }) => call === "token-pending").length;
        const secret = w?.emulator.admin.secret(w.secretId);
        if (logins > 0 && secret !== undefined && secret.metadata["team"] === undefined) {
          secret.metadata["team"] = "payments";
          secret.etag += 1;
        }
        return emulator.transport(request);
      },
    });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.secret(w.secretId).metadata["team"]).toBe("payments");
    expect(notedSince(w)).not.toBeNull();
  });
});
