import { describe, expect, test } from "vitest";
import {
  claimWith,
  contentWith,
  keepUpdating,
  regenerateByHand,
  writeVersion,
} from "../../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

/** Runs `check` and holds it to changing nothing: it sends nothing but reads and token requests. */
async function check(w: TestWorld) {
  const before = w.state();
  w.calls();
  const from = w.emulator.requests.length;
  const answer = await w.call({ secretId: w.secretId, action: "check" });
  expect(w.state()).toEqual(before);
  for (const { method, call } of w.emulator.requests.slice(from)) {
    expect(method === "GET" || call === "token-current" || call === "token-pending", `${method} ${call}`).toBe(true);
  }
  return answer;
}

describe("check", () => {
  test("says that the issuer accepts CURRENT", async () => {
    const w = await world();
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer).toMatchObject({ versionNo: 1, verdicts: { current: "accepted", pending: null } });
    expect(Object.keys(answer).sort()).toEqual(["responseCode", "returnMessage", "verdicts", "versionNo"]);
  });

  test("says that the issuer refuses CURRENT, as a failure", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("SECRET_REJECTED 400");
    expect(answer).toMatchObject({ versionNo: 1, verdicts: { current: "rejected", pending: null } });
  });

  test("says what PENDING is worth while a rotation is under way", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("SECRET_REJECTED 400");
    expect(answer.verdicts).toEqual({ current: "rejected", pending: "accepted" });
  });

  test("says that PENDING is refused although CURRENT works", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"));
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.verdicts).toEqual({ current: "accepted", pending: "rejected" });
  });

  test("counts a PENDING claim as no credential", async () => {
    const w = await world();
    await writeVersion(w, claimWith(w));
    expect((await check(w)).verdicts).toEqual({ current: "accepted", pending: null });
  });

  test("logs in with a claim in CURRENT, and says what to do about it", async () => {
    const w = await world();
    await writeVersion(w, claimWith(w), { stage: "CURRENT" });
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.verdicts).toEqual({ current: "accepted", pending: null });
    expect(answer.returnMessage).toBe(
      "OK: the issuer accepts CURRENT; warning: CURRENT is the claim of a rotation that was interrupted. Next: run heal.",
    );
  });

  test("finds the PENDING credential below a claim where Vault keeps both", async () => {
    const w = await world({ switches: { "second-pending": "keeps-both" } });
    await writeVersion(w, contentWith(w, "never-was-one"));
    await writeVersion(w, claimWith(w));
    expect((await check(w)).verdicts).toEqual({ current: "accepted", pending: "rejected" });
  });

  test("asks again, and then says that it is not known", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 2 });
    expect((await check(w)).verdicts?.current).toBe("accepted");
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 100 });
    const answer = await check(w);
    expect(outcomeOf(answer)).toBe("ISSUER_UNAVAILABLE 503");
    expect(answer.verdicts?.current).toBe("unknown");
  });

  test("waits for a secret that is UPDATING for a moment", async () => {
    const w = await world();
    await w.rotate();
    keepUpdating(w, { polls: 1 });
    expect(outcomeOf(await check(w))).toBe("OK 200");
  });

  test("gives up on a secret that stays UPDATING", async () => {
    const w = await world();
    keepUpdating(w, { polls: 100 });
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "check" }))).toBe("VAULT_UNAVAILABLE 503");
  });

  test("works while rotations are paused, and on a replica", async () => {
    const w = await world({ environment: { OROT_PAUSED: "true" } });
    Object.assign(w.emulator.admin.secret(w.secretId), { isReplica: true });
    expect(outcomeOf(await check(w))).toBe("OK 200");
  });
});
