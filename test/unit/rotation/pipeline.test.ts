import { describe, expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** How a new value is made and stored if nothing is pending: everything that may fail is asked first, then the claim, the mint, the store. */
const STORED = [
  ...["get-secret", "list-versions", "read-current", "token-current"],
  ...["write-claim", "get-secret", "get-secret", "regenerate", "write-pending"],
];

describe("the four steps", () => {
  test("end with a new client secret in CURRENT, the old one refused", async () => {
    const w = await world();
    const answers = await w.steps();
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(answers.map((answer) => answer.versionNo)).toEqual([1, 3, 3, 3]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.login(w.app.clientId, w.app.secret)).toBe("rejected");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("answer with three members and nothing else", async () => {
    const w = await world();
    for (const answer of await w.steps()) {
      expect(Object.keys(answer).sort()).toEqual(["responseCode", "returnMessage", "versionNo"]);
    }
  });

  test("cost 21 remote calls, in a known order, and nothing after the promote", async () => {
    const w = await world({ switches: { "updating-polls": 1 } });
    await w.step("VERIFY_CONNECTION");
    const verify = w.calls();
    await w.step("CREATE_PENDING_VERSION");
    const create = w.calls();
    await w.step("UPDATE_TARGET_SYSTEM", 1);
    const update = w.calls();
    await w.step("PROMOTE_PENDING_VERSION", 3);
    const promote = w.calls();
    expect(verify).toEqual(["list-versions", "read-current", "token-current"]);
    // The secret is UPDATING at the first list, which Vault then refuses.
    expect(create).toEqual([...STORED, "list-versions", "list-versions"]);
    expect(update).toEqual(["list-versions", "read-pending", "token-pending"]);
    expect(promote).toEqual(["get-secret", "read-pending", "token-pending", "promote"]);
    expect([...verify, ...create, ...update, ...promote]).toHaveLength(21);
  });

  test("leave a claim that was never promoted: CURRENT's credential, marked, with a token", async () => {
    const w = await world();
    const seen: number[] = [];
    w.emulator.core.onChange(() => {
      const current = w.emulator.admin.versions(w.secretId).find((one) => one.versionStages.includes("CURRENT"));
      seen.push(current?.number ?? 0);
    });
    await w.steps();
    const claim = JSON.parse(w.emulator.admin.content(w.secretId, 2) ?? "{}");
    const { _rotation, ...credential } = claim;
    expect(JSON.stringify(credential)).toBe(w.emulator.admin.content(w.secretId, 1));
    expect(Object.keys(_rotation)).toEqual([
      ...["v", "kind", "callId", "ttlSeconds", "base", "takeovers", "token", "tokenExpiresAt"],
    ]);
    expect(_rotation).toMatchObject({ v: 1, kind: "claim", ttlSeconds: 90, base: 1, takeovers: 0 });
    expect(w.emulator.admin.content(w.secretId, 3)).not.toContain("_rotation");
    expect(new Set(seen)).toEqual(new Set([1, 3]));
  });

  test("name every new version after the highest number, and send if-match with every write", async () => {
    const w = await world();
    await w.steps();
    expect(w.emulator.admin.versions(w.secretId).map((version) => version.name)).toEqual([null, "orot-2", "orot-3"]);
    expect(w.emulator.violations).toEqual([]);
  });

  test("may be run again: each rotation mints once", async () => {
    const w = await world();
    for (let rotation = 0; rotation < 3; rotation++) {
      await w.steps();
      await w.clock.sleep(86_400_000);
    }
    expect(w.versions()).toBe("1:DEPRECATED 2:DEPRECATED 3:DEPRECATED 4:DEPRECATED 5:PREVIOUS 6:DEPRECATED 7:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(3);
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("a whole rotation", () => {
  test("runs all six stages in one call and says so", async () => {
    const w = await world();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(3);
    expect(answer.stages?.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      ...["verify-current accepted", "fetch-token prepared", "regenerate claimed", "regenerate minted"],
      ...["write-pending stored", "verify-pending accepted", "promote promoted"],
    ]);
    expect(answer.stages?.every(({ ms }) => Number.isInteger(ms) && ms >= 0)).toBe(true);
    expect(answer.rotationId).toBe(`${w.secretId.slice(-8)}-1`);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("costs 14 remote calls, and nothing after the promote", async () => {
    const w = await world({ switches: { "updating-polls": 1 } });
    await w.rotate();
    const calls = w.calls();
    expect(calls).toEqual([...STORED, "get-secret", "get-secret", "token-pending", "list-versions", "promote"]);
    expect(calls).toHaveLength(14);
  });

  test("says as far as it got when it fails", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "client-error" });
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.stages?.map(({ stage }) => stage)).toEqual([
      ...["verify-current", "fetch-token", "regenerate", "regenerate"],
    ]);
    expect(answer.stages?.map(({ outcome }) => outcome)).toEqual([
      ...["accepted", "prepared", "claimed", "ISSUER_CONFIGURATION"],
    ]);
    expect(answer.rotationId).toBe(`${w.secretId.slice(-8)}-1`);
  });

  test("finishes what the four steps left behind, with the same rotation id", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const answer = await w.rotate();
    expect(answer.stages?.map(({ stage }) => stage)).toEqual(["verify-pending", "promote"]);
    expect(answer.rotationId).toBe(`${w.secretId.slice(-8)}-1`);
    expect(w.log.filter((line) => line["rotationId"] !== undefined).map((line) => line["rotationId"])).toEqual(
      expect.arrayContaining([answer.rotationId]),
    );
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("steps out of order", () => {
  test.each([
    ["VERIFY_CONNECTION repeated", ["V", "V", "C", "U", "P"]],
    ["CREATE_PENDING_VERSION repeated", ["V", "C", "C", "U", "P"]],
    ["UPDATE_TARGET_SYSTEM repeated", ["V", "C", "U", "U", "P"]],
    ["PROMOTE_PENDING_VERSION repeated", ["V", "C", "U", "P", "P"]],
    ["VERIFY_CONNECTION after CREATE", ["C", "V", "U", "P"]],
    ["VERIFY_CONNECTION skipped", ["C", "U", "P"]],
    ["UPDATE_TARGET_SYSTEM skipped", ["V", "C", "P"]],
    ["UPDATE_TARGET_SYSTEM after PROMOTE", ["V", "C", "P", "U"]],
    ["all but CREATE and PROMOTE skipped", ["C", "P"]],
    ["everything twice", ["V", "V", "C", "C", "U", "U", "P", "P"]],
  ])("%s: one mint, and the new version is CURRENT", async (_title, order) => {
    const w = await world();
    const names = {
      V: "VERIFY_CONNECTION",
      C: "CREATE_PENDING_VERSION",
      U: "UPDATE_TARGET_SYSTEM",
      P: "PROMOTE_PENDING_VERSION",
    } as const;
    let versionNo: number | null = null;
    for (const letter of order) {
      const answer = await w.step(names[letter as keyof typeof names], versionNo);
      expect(answer.responseCode, answer.returnMessage).toBe(200);
      versionNo = answer.versionNo;
    }
    expect(versionNo).toBe(3);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("UPDATE_TARGET_SYSTEM without CREATE says that nothing is pending", async () => {
    const w = await world();
    const before = w.state();
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 1))).toBe("NOTHING_PENDING 409");
    expect(w.state()).toEqual(before);
  });

  test("UPDATE_TARGET_SYSTEM after an old rotation says that nothing is pending, unless asked about CURRENT itself", async () => {
    const w = await world();
    await w.steps();
    await w.clock.sleep(2 * 3_600_000);
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM", 1))).toBe("NOTHING_PENDING 409");
    expect(outcomeOf(await w.step("UPDATE_TARGET_SYSTEM"))).toBe("NOTHING_PENDING 409");
    const answer = await w.step("UPDATE_TARGET_SYSTEM", 3);
    expect(outcomeOf(answer)).toBe("ALREADY_ROTATED 200");
    expect(answer.versionNo).toBe(3);
  });

  test("UPDATE_TARGET_SYSTEM within the hour of a promote answers with CURRENT", async () => {
    const w = await world();
    await w.rotate();
    const answer = await w.step("UPDATE_TARGET_SYSTEM");
    expect(outcomeOf(answer)).toBe("ALREADY_ROTATED 200");
    expect(answer.versionNo).toBe(3);
  });

  test("UPDATE_TARGET_SYSTEM finds PENDING whatever number it is sent", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    for (const versionNo of [null, 1, 2, 3, 99]) {
      expect((await w.step("UPDATE_TARGET_SYSTEM", versionNo)).versionNo).toBe(3);
    }
  });
});
