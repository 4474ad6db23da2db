import { describe, expect, test } from "vitest";
import type { CallName } from "../../../src/emulator/core/call-names.ts";
import type { FaultKind } from "../../../src/emulator/core/faults.ts";
import { expectOnlyClaimed, outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** Something that lasts: every call of that name from now on. */
function always(w: TestWorld, call: CallName, kind: FaultKind): void {
  w.emulator.faults.add({ call, kind, count: 10_000 });
}

const lasting: readonly FaultKind[] = [
  "refused",
  "answer-lost",
  "rate-limited",
  "server-error-before",
  "truncated",
  "too-slow",
];

describe("before the mint", () => {
  const cases = (["get-secret", "list-versions", "read-current"] as const).flatMap((call) =>
    lasting.map((kind) => [call, kind] as const),
  );
  test.each(cases)("Vault whose %s is %s for good is VAULT_UNAVAILABLE, and nothing is changed", async (call, kind) => {
    const w = await world();
    const before = w.state();
    always(w, call, kind);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("VAULT_UNAVAILABLE 503");
    expect(w.state()).toEqual(before);
  });

  const unwritable = ["refused", "rate-limited", "server-error-before", "conflict", "precondition-failed"] as const;

  test.each(unwritable)("a claim that can never be written (%s) is tried ever more slowly", async (kind) => {
    const w = await world();
    const before = w.state();
    always(w, "write-claim", kind);
    expect(outcomeOf(await w.rotate())).toBe("VAULT_UNAVAILABLE 503");
    expect(w.state()).toEqual(before);
    const calls = w.calls();
    expect(calls.filter((call) => call === "write-claim").length).toBeLessThan(40);
    expect(calls.filter((call) => call === "token-current").length).toBeLessThan(40);
  });

  test.each(["answer-lost", "server-error-after", "truncated", "too-slow"] as const)(
    "a claim whose answer never comes (%s) is found by its call id, and written once",
    async (kind) => {
      const w = await world();
      always(w, "write-claim", kind);
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.calls().filter((call) => call === "write-claim")).toHaveLength(1);
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    },
  );

  test.each(lasting)(
    "an issuer whose logins are %s for good is told apart from a refusal, and nothing is changed",
    async (kind) => {
      const w = await world();
      const before = w.state();
      always(w, "token-current", kind);
      const expected = kind === "truncated" ? "VERDICT_UNKNOWN 503" : "ISSUER_UNAVAILABLE 503";
      expect(outcomeOf(await w.step("VERIFY_CONNECTION"))).toBe(expected);
      expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe(expected);
      expect(w.state()).toEqual(before);
    },
  );

  test("the words say which side it was", async () => {
    const w = await world();
    always(w, "get-secret", "rate-limited");
    expect((await w.rotate()).returnMessage).toContain("Vault answered GetSecret with 429");
    w.emulator.faults.clear();
    always(w, "token-current", "server-error-before");
    expect((await w.rotate()).returnMessage).toContain("the identity domain answered the token request with 500");
  });
});

describe("after the mint", () => {
  test.each(lasting)("logins that are %s for good end with 503, the new value already stored", async (kind) => {
    const w = await world();
    always(w, "token-pending", kind);
    const answer = await w.rotate();
    expect(answer.responseCode).toBe(503);
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
    expect(w.emulator.admin.login(w.app.clientId, w.valueOf(3) ?? "")).toBe("accepted");
    w.emulator.faults.clear();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test.each([
    ["answer-lost", "1:PREVIOUS 2:DEPRECATED 3:CURRENT"],
    // So may a Vault answer that takes no second PENDING version: then the value, once it logs in, goes to CURRENT.
    ["refused", "1:PREVIOUS 2:PENDING 3:CURRENT"],
    ["rate-limited", "1:PREVIOUS 2:PENDING 3:CURRENT"],
    ["server-error-before", "1:PREVIOUS 2:PENDING 3:CURRENT"],
    ["conflict", "1:PREVIOUS 2:PENDING 3:CURRENT"],
    ["precondition-failed", "1:PREVIOUS 2:PENDING 3:CURRENT"],
    ["client-error", "1:PREVIOUS 2:PENDING 3:CURRENT"],
  ] as const)(
    "a value that cannot be stored (%s) is tried again until just before the deadline",
    async (kind, versions) => {
      const w = await world();
      // Half of the time that the call has; an answer that is lost although it landed needs no second write.
      const occurrences = 12;
      w.emulator.faults.add({ call: "write-pending", kind, count: occurrences });
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.versions()).toBe(versions);
      expect(w.currentVerdict()).toBe("accepted");
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    },
  );

  test.each(["server-error-before", "conflict"] as const)(
    "a value that meets %s and does not log in yet is stored as PENDING as soon as that is over",
    async (kind) => {
      const w = await world({ switches: { "new-secret-late-ms": 45_000 } });
      w.emulator.faults.add({ call: "write-pending", kind, count: 5 });
      const ending = w.rotate();
      await w.clock.sleep(30_000);
      expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
      expect(outcomeOf(await ending)).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    },
  );

  test("a value that can never be stored ends with the operator's next action, in time", async () => {
    const w = await world();
    always(w, "write-pending", "server-error-before");
    const started = w.clock.now();
    const answer = await w.step("CREATE_PENDING_VERSION", null, 120);
    expect(outcomeOf(answer)).toBe("VAULT_UNAVAILABLE 503");
    expect(answer.returnMessage).toContain("a new client secret was made and could not be stored");
    expect(answer.returnMessage).toContain("Next: regenerate the client secret in the console");
    expect(w.clock.now() - started).toBeGreaterThan(110_000);
    // The claim stays, and with it a token that can still regenerate.
    expect(w.versions()).toBe("1:CURRENT 2:PENDING");
    expect(w.currentVerdict()).toBe("rejected");
    w.emulator.faults.clear();
    await w.clock.sleep(150_000);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("Vault that cannot be read after the mint does not end the tries to store", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-pending", kind: "refused" });
    w.emulator.faults.add({ call: "get-secret", kind: "client-error", occurrence: 4, count: 3 });
    w.emulator.faults.add({ call: "list-versions", kind: "unauthorized", occurrence: 2, count: 3 });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("a missing permission", () => {
  test.each([
    ["get-secret", "GetSecret", "use secrets"],
    ["list-versions", "ListSecretVersions", "read secret-versions"],
    ["read-current", "GetSecretBundle", "read secret-bundles"],
  ] as const)("for %s is VAULT_FORBIDDEN with the operation and the policy line", async (call, operation, verb) => {
    const w = await world();
    const before = w.state();
    always(w, call, "unauthorized");
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("VAULT_FORBIDDEN 403");
    expect(answer.returnMessage).toContain(operation);
    expect(answer.returnMessage).toContain(`to ${verb} in compartment`);
    expect(w.state()).toEqual(before);
  });

  test.each(["get-secret", "list-versions", "read-current"])(
    "hidden behind OCI's 404 for %s says both: absent, or not permitted",
    async (call) => {
      const w = await world({ switches: { deny: [call] } });
      const answer = await w.rotate();
      expect(outcomeOf(answer)).toBe("SECRET_NOT_FOUND 404");
      expect(answer.returnMessage).toContain("does not exist, or the function may not see it");
      expect(answer.returnMessage).toContain("in compartment");
    },
  );

  test("to promote is reported after the new value is stored, and names the policy line", async () => {
    const w = await world();
    always(w, "promote", "unauthorized");
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("VAULT_FORBIDDEN 403");
    expect(answer.returnMessage).toContain("UpdateSecret");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
  });

  test("to regenerate is ISSUER_FORBIDDEN, nothing is changed but for the claim, and a heal finds nothing to do", async () => {
    const w = await world({ switches: { deny: ["regenerate"] } });
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_FORBIDDEN 403");
    expectOnlyClaimed(w);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toBe("NOTHING_TO_DO 200");
    expectOnlyClaimed(w);
    w.emulator.switches.deny = [];
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });

  test("a secret that Vault does not know is SECRET_NOT_FOUND", async () => {
    const w = await world();
    const secretId = `ocid1.vaultsecret.oc1.iad.${"b".repeat(32)}`;
    for (const event of [
      { secretId },
      { secretId, step: "VERIFY_CONNECTION" },
      { secretId, action: "check" },
      { secretId, action: "heal" },
      { secretId, action: "rollback" },
    ]) {
      expect(outcomeOf(await w.call(event))).toBe("SECRET_NOT_FOUND 404");
    }
  });
});
