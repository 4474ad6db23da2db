import { describe, expect, test } from "vitest";
import { promoteVersion } from "../../../../src/rotation/stages/promote.ts";
import { expectFailure } from "../../../support/failures.ts";
import { credential, current, failed, pending, type Run, retry, startRun, type Written } from "../rig.ts";

describe("promoting a version", () => {
  const send = ({ context, attempt, seen }: Run, versionNo = 3, snapshot: Run["seen"] | null = seen) =>
    promoteVersion({ context, attempt, snapshot }, { versionNo });
  const old: Written = { no: 3, stages: ["DEPRECATED"], content: credential("S3") };

  test("is sent by number under the etag of the look, and is then complete", async () => {
    const run = await startRun();
    expect(await send(run)).toEqual({ outcome: "promoted", next: "promoted" });
    expect(run.sent).toEqual([["promote", 3, "etag-1"]]);
  });

  test.each(["busy", "race-lost", "unknown"] as const)("that meets %s is tried again after a look", async (outcome) => {
    const run = await startRun({ answer: failed(outcome), versions: [old, current] });
    expect(await send(run)).toEqual(retry(outcome));
    expect(run.attempt.writes.unpromotable.size).toBe(0);
  });

  test("that Vault refuses leaves an old version to be copied", async () => {
    const run = await startRun({ answer: failed("refused"), versions: [old, current] });
    expect(await send(run)).toEqual({ outcome: "refused", next: "decide" });
    expect([...run.attempt.writes.unpromotable]).toEqual([3]);
  });

  test.each(["busy", "race-lost", "unknown"] as const)(
    "that meets %s again and again leaves an old one to be copied, and a PENDING one to be tried again",
    async (outcome) => {
      const run = await startRun({ answer: failed(outcome), versions: [old, current, pending] });
      for (let times = 1; times <= 3; times++) expect(await send(run)).toEqual(retry(outcome));
      expect(await send(run)).toEqual({ outcome: "refused", next: "decide" });
      expect([...run.attempt.writes.unpromotable]).toEqual([3]);
      for (let times = 1; times <= 5; times++) expect(await send(run, 8)).toEqual(retry(outcome));
      expect([...run.attempt.writes.unpromotable]).toEqual([3]);
      expect(run.attempt.writes.writeFailure?.message).toBe("said VAULT_UNAVAILABLE");
    },
  );

  test("that Vault refuses ends the call for a PENDING version, one that is not listed, and without a list", async () => {
    const run = await startRun({ answer: failed("refused"), versions: [current, pending, old] });
    for (const attempt of [() => send(run, 8), () => send(run, 4), () => send(run, 3, null)]) {
      await expectFailure(attempt, "VAULT_UNAVAILABLE", "said VAULT_UNAVAILABLE");
    }
    expect(run.attempt.writes.unpromotable.size).toBe(0);
  });
});
