import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../../src/emulator/core/faults.ts";
import type { Answer } from "../../../../src/rotation/handler.ts";
import {
  claimWith,
  contentWith,
  keepUpdating,
  regenerateByHand,
  writeVersion,
} from "../../../support/outside-changes.ts";
import { startProcess } from "../../../support/processes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

/** Longer than a claim belongs to the call that wrote it. */
const CLAIM_OVER_MS = 160_000;

const heal = (w: TestWorld, seconds?: number): Promise<Answer> =>
  w.call({ secretId: w.secretId, action: "heal" }, seconds);

/** A whole rotation whose process dies at that call. */
async function killedAt(
  w: TestWorld,
  call: "write-claim" | "regenerate" | "write-pending" | "promote",
  kind: FaultKind,
) {
  w.emulator.faults.add({ call, kind });
  expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
  w.calls();
}

/** CURRENT is dead, and a version that is no PENDING one any more holds what works. */
async function deadWithDeprecated(switches: { "promote-deprecated"?: "refused" } = {}): Promise<TestWorld> {
  const w = await world({ switches });
  await writeVersion(w, contentWith(w, "made-in-the-console"));
  await writeVersion(w, contentWith(w, "never-was-one"));
  regenerateByHand(w, "made-in-the-console");
  expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  return w;
}

describe("heal of a secret with nothing wrong", () => {
  test("says so, and once its tags are there sends nothing but reads and token requests", async () => {
    const w = await world();
    await heal(w);
    w.calls();
    const known = w.emulator.requests.length;
    const before = w.state();
    const answer = await heal(w);
    expect(outcomeOf(answer)).toBe("NOTHING_TO_DO 200");
    expect(Object.keys(answer).sort()).toEqual(["responseCode", "returnMessage", "versionNo"]);
    expect(answer.versionNo).toBe(1);
    expect(w.state()).toEqual(before);
    for (const { method, call } of w.emulator.requests.slice(known)) {
      expect(method === "GET" || call === "token-current", `${method} ${call}`).toBe(true);
    }
    expect(w.calls().filter((call) => call === "token-current")).toHaveLength(1);
  });

  test("does the same after a rotation, once it has learned whether tokens survive one", async () => {
    const w = await world();
    await w.rotate();
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    await w.clock.sleep(60_000);
    await heal(w);
    const before = w.state();
    w.calls();
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
    expect(new Set(w.calls())).toEqual(
      new Set(["get-secret", "list-versions", "read-current", "read-pending", "token-current"]),
    );
  });

  test("leaves a PENDING version that the issuer refuses as it is", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const before = w.state();
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
  });

  test("takes one refusal of CURRENT for a slip of the issuer", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "unauthorized" });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.calls().filter((call) => call === "token-current")).toHaveLength(2);
  });

  test("works while rotations are paused", async () => {
    const w = await world({ environment: { OROT_PAUSED: "true" } });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
  });
});

describe("heal of an interrupted rotation", () => {
  test("promotes a PENDING version that logs in, and mints nothing", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const answer = await heal(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(3);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
  });

  test.each(["killed-before", "killed-after"] as const)(
    "that died at its claim (%s) finds CURRENT as good as before",
    async (kind) => {
      const w = await world();
      await killedAt(w, "write-claim", kind);
      const before = w.state();
      const started = w.clock.now();
      expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
      expect(w.clock.now() - started, "the claim is not waited for").toBeLessThan(5_000);
      expect(w.state()).toEqual(before);
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
    },
  );

  test.each([
    ["regenerate", "killed-after"],
    ["write-pending", "killed-before"],
  ] as const)("that died with the new value (%s %s) reads it back with the claim's token", async (call, kind) => {
    const w = await world();
    await killedAt(w, call, kind);
    await w.clock.sleep(CLAIM_OVER_MS);
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    expect(w.calls()).toContain("read-app");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(["killed-before", "killed-after"] as const)("that died at the promote (%s) ends it", async (kind) => {
    const w = await world();
    await killedAt(w, "promote", kind);
    expect((await heal(w)).responseCode).toBe(200);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("whose claim is live, and CURRENT dead, is left to its writer at once", async () => {
    const w = await world();
    await killedAt(w, "regenerate", "killed-after");
    const before = w.state();
    const started = w.clock.now();
    expect(outcomeOf(await heal(w))).toBe("CLAIM_LIVE 503");
    expect(w.clock.now() - started).toBeLessThan(5_000);
    expect(w.state()).toEqual(before);
  });

  test("would regenerate, and does not while rotations are paused", async () => {
    const w = await world({ switches: { "app-read-back": "empty" } });
    await killedAt(w, "regenerate", "killed-after");
    await w.clock.sleep(CLAIM_OVER_MS);
    w.environment["OROT_PAUSED"] = "true";
    const before = w.state();
    expect(outcomeOf(await heal(w))).toBe("PAUSED 409");
    expect(w.state()).toEqual(before);
    w.environment["OROT_PAUSED"] = "false";
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that interferes with a late regeneration waits until it has landed", async () => {
    const w = await world({ switches: { "app-read-back": "empty" } });
    w.emulator.faults.add({ call: "regenerate", kind: "lands-late" });
    expect((await w.step("CREATE_PENDING_VERSION", null, 90)).responseCode).toBe(503);
    await w.clock.sleep(CLAIM_OVER_MS);
    expect((await heal(w)).responseCode).toBe(200);
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("heal of a dead CURRENT", () => {
  test("promotes a DEPRECATED version that logs in, by its number", async () => {
    const w = await deadWithDeprecated();
    const answer = await heal(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(2);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT 3:PENDING");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
  });

  test("copies it where Vault promotes no DEPRECATED version", async () => {
    const w = await deadWithDeprecated({ "promote-deprecated": "refused" });
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(w.valueOf(4)).toBe("made-in-the-console");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
  });

  test("with no way back is LOCKED_OUT, changes nothing, and says what to do", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    const before = w.state();
    const answer = await heal(w);
    expect(answer.returnMessage).toBe(
      "LOCKED_OUT: the issuer refuses CURRENT and no way back exists. Next: regenerate in the console, store the value as PENDING, run heal.",
    );
    expect(w.calls().filter((call) => call === "token-current").length).toBeGreaterThan(1);
    expect(w.state()).toEqual(before);
    await writeVersion(w, contentWith(w, "made-in-the-console"));
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each([
    [27, "OK 200"],
    [28, "NO_VERSION_SLOTS 409"],
  ] as const)(
    "with %i of 30 versions there ends as %s: the last two are for credentials",
    async (versions, outcome) => {
      const w = await world({ switches: { "app-read-back": "empty", deny: ["schedule-version-deletion"] } });
      for (let number = 2; number < versions; number++) {
        await writeVersion(w, contentWith(w, w.app.secret), { stage: "CURRENT", ageSeconds: 1 });
      }
      // The rest of its rotation's claim: the token in it is all that is left.
      const login = w.emulator.state.identity;
      await w.step("VERIFY_CONNECTION");
      const token = Object.values(login.domains)
        .flatMap(({ tokens }) => Object.keys(tokens))
        .at(-1);
      const tokenExpiresAt = new Date(w.clock.now() + 3 * 3_600_000).toISOString();
      await writeVersion(w, claimWith(w, { base: versions - 1, token, tokenExpiresAt }), { ageSeconds: 600 });
      regenerateByHand(w, "answer-was-lost");
      const answer = await heal(w);
      expect(outcomeOf(answer)).toBe(outcome);
      expect(w.currentVerdict()).toBe(outcome === "OK 200" ? "accepted" : "rejected");
    },
  );
});

describe("heal of a claim in CURRENT", () => {
  test("puts the newest credential with the same value in its place", async () => {
    const w = await world();
    await writeVersion(w, claimWith(w), { stage: "CURRENT" });
    const answer = await heal(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(1);
    expect(w.versions()).toBe("1:CURRENT 2:PREVIOUS");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
  });

  test("that is live leaves it to its writer: readers notice nothing", async () => {
    const w = await world();
    await writeVersion(w, claimWith(w), { stage: "CURRENT", ageSeconds: 1 });
    const before = w.state();
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(w.state()).toEqual(before);
  });
});

describe("heal of a secret that cannot be healed now", () => {
  test("because it stays UPDATING is for later", async () => {
    const w = await world();
    keepUpdating(w, { ms: 3_600_000 });
    expect(outcomeOf(await heal(w))).toBe("VAULT_UNAVAILABLE 503");
  });

  test("because it is a replica is refused", async () => {
    const w = await world();
    Object.assign(w.emulator.admin.secret(w.secretId), { isReplica: true });
    expect(outcomeOf(await heal(w))).toBe("SECRET_NOT_ROTATABLE 409");
  });

  test("because the issuer does not answer changes nothing", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    await w.clock.sleep(CLAIM_OVER_MS);
    w.emulator.faults.add({ call: "token-pending", kind: "server-error-before", count: 10_000 });
    const before = w.state();
    expect(outcomeOf(await heal(w))).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
    expect(w.state()).toEqual(before);
  });
});
