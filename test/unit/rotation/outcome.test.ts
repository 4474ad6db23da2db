import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { keepWritten } from "../../../src/rotation/attempt/writes.ts";
import { readAll } from "../../../src/rotation/observe/contents.ts";
import { endsWithPromote, type Outcome, outcomeOfDone, outcomeOfPromote } from "../../../src/rotation/outcome.ts";
import type { Task } from "../../../src/rotation/task.ts";
import { claim, createRig, credential, current, observed, pending, type Run, startRun, type Written } from "./rig.ts";

/** Vault confirms a write of this content by this run. */
function wrote({ context, attempt }: Run, name: string, written: object): void {
  const content = parseContent(new Secret(JSON.stringify(written)));
  const credential = context.clients.issuers.open(content);
  keepWritten(
    attempt.writes,
    name,
    content.claim === null
      ? { kind: "credential", content, credential }
      : { kind: "claim", content, credential, claim: content.claim },
  );
}

describe("a run that is done", () => {
  const done = (run: Run, name: Task["name"], code: Outcome["code"], versionNo: number | null = 7) =>
    outcomeOfDone(
      { task: { name } as Task, rotation: { context: run.context, attempt: run.attempt }, previous: null },
      code,
      versionNo,
    );

  test("and changed nothing has only looked: another run did what there was to do", async () => {
    for (const code of ["ALREADY_ROTATED", "NOTHING_TO_DO"] as const) {
      for (const name of ["ROTATION", "HEAL", "RETIRE", "CREATE_PENDING_VERSION"] as const) {
        const outcome = done(await startRun(), name, code);
        expect(outcome).toEqual({ code, versionNo: 7, isCurrent: true, did: "rotated", warnings: [] });
      }
    }
  });

  test("with OK names what is not CURRENT yet, or nothing", async () => {
    const run = await startRun();
    expect(done(run, "CREATE_PENDING_VERSION", "OK", 8)).toMatchObject({ code: "OK", versionNo: 8, isCurrent: false });
    expect(done(run, "VERIFY_CONNECTION", "OK", null)).toMatchObject({ code: "OK", versionNo: null, isCurrent: false });
  });

  test.each(["ROTATION", "CREATE_PENDING_VERSION", "HEAL"] as const)(
    "has rotated if the new CURRENT is the value that it stored (%s)",
    async (name) => {
      const run = await startRun();
      wrote(run, "orot-8", claim("S7"));
      wrote(run, "orot-9", credential("S9"));
      expect(done(run, name, "ALREADY_ROTATED", 9)).toMatchObject({ code: "OK", isCurrent: true, did: "rotated" });
    },
  );

  test("and wrote no more than its claim has not rotated, but has healed", async () => {
    const run = await startRun();
    wrote(run, "orot-8", claim("S7"));
    expect(done(run, "ROTATION", "ALREADY_ROTATED").code).toBe("ALREADY_ROTATED");
    expect(done(run, "HEAL", "NOTHING_TO_DO")).toMatchObject({ code: "OK", did: "rotated" });
  });

  test("and ended an older value at the issuer has done something, and says what if it was all", async () => {
    const run = await startRun();
    run.attempt.requests.retires = 1;
    expect(done(run, "HEAL", "NOTHING_TO_DO")).toMatchObject({ code: "OK", isCurrent: true, did: "retired" });
    expect(done(run, "RETIRE", "NOTHING_TO_DO")).toMatchObject({ code: "OK", did: "retired" });
    expect(done(run, "HEAL", "ALREADY_ROTATED")).toMatchObject({ code: "ALREADY_ROTATED", did: "rotated" });
    wrote(run, "orot-9", credential("S9"));
    expect(done(run, "HEAL", "NOTHING_TO_DO")).toMatchObject({ code: "OK", did: "rotated" });
  });

  test("warns of what it met", async () => {
    const run = await startRun();
    run.attempt.read.strangers.add(3);
    expect(done(run, "HEAL", "NOTHING_TO_DO").warnings).toMatchObject([{ what: expect.stringContaining("version 3") }]);
  });
});

describe("a run that ends with a promote", () => {
  const versions: readonly Written[] = [
    { no: 5, stages: ["DEPRECATED"], name: "orot-5", content: credential("S5") },
    { no: 6, stages: ["PREVIOUS"], name: "orot-6", content: credential("S6") },
    current,
    { ...pending, name: "orot-8" },
  ];

  test("of the PENDING version has rotated, whoever stored it", async () => {
    const run = await startRun({ versions });
    const outcome = { code: "OK", versionNo: 8, isCurrent: true, did: "rotated", warnings: [] };
    expect(outcomeOfPromote(run.attempt, run.seen, 8)).toEqual(outcome);
    wrote(run, "orot-8", credential("S8"));
    expect(outcomeOfPromote(run.attempt, run.seen, 8)).toEqual(outcome);
  });

  test.each([5, 6])("of version %i, which was in use before, has gone back", async (versionNo) => {
    const run = await startRun({ versions });
    wrote(run, "orot-8", credential("S8"));
    expect(outcomeOfPromote(run.attempt, run.seen, versionNo)).toMatchObject({ versionNo, did: "went-back" });
  });

  test("of a version that this run stored has rotated, although a newer one took its stage", async () => {
    const run = await startRun({ versions });
    wrote(run, "orot-5", credential("S5"));
    expect(outcomeOfPromote(run.attempt, run.seen, 5).did).toBe("rotated");
    expect(outcomeOfPromote(run.attempt, run.seen, 6).did).toBe("went-back");
  });

  test("of a version that no look has shown has rotated, with the warnings of the run", async () => {
    const run = await startRun({ versions });
    run.attempt.read.unproven.add(9);
    for (const seen of [run.seen, null]) {
      const { did, warnings } = outcomeOfPromote(run.attempt, seen, 9);
      expect(did).toBe("rotated");
      expect(warnings).toHaveLength(1);
    }
  });
});

describe("a promote ends", () => {
  /** A run that finds CURRENT alone, after which the others are stored; all are read. */
  async function storing(
    stored: readonly Written[],
    { isCompromised = false, overlap = "none" as "none" | "two-slot", start = current } = {},
  ) {
    const run = await startRun({ versions: [start], capabilities: { overlap } });
    run.vault.versions.push(...stored);
    const seen = await observed(run, run.attempt);
    await readAll({ context: run.context, attempt: run.attempt }, seen.list);
    const attempt = { ...run.attempt, isCompromised };
    return (name: Task["name"], versionNo = 8) =>
      endsWithPromote(
        { task: { name } as Task, rotation: { context: run.context, attempt }, previous: seen },
        versionNo,
      );
  }

  test("every run but CREATE once a new value is CURRENT: there a promote is a way back", async () => {
    const ends = await storing([pending]);
    expect(ends("CREATE_PENDING_VERSION")).toBe(false);
    for (const name of ["ROTATION", "HEAL", "PROMOTE_PENDING_VERSION"] as const) expect(ends(name)).toBe(true);
  });

  test("no rotation that has only replaced a claim by the value it was made from", async () => {
    const ends = await storing([{ ...pending, content: credential("S7") }]);
    expect(ends("ROTATION")).toBe(false);
    expect(ends("HEAL")).toBe(true);
    expect(ends("PROMOTE_PENDING_VERSION")).toBe(true);
  });

  test("a rotation of compromised values only with a value of its own", async () => {
    const ends = await storing([pending, { ...pending, no: 9, content: credential("S7") }], { isCompromised: true });
    expect(ends("ROTATION", 8)).toBe(true);
    expect(ends("ROTATION", 7)).toBe(false);
    expect(ends("ROTATION", 9)).toBe(false);
  });

  test("no rotation of compromised values while the issuer keeps the older one", async () => {
    const keepsTwo = { overlap: "two-slot" as const };
    const compromised = await storing([pending], { ...keepsTwo, isCompromised: true });
    expect(compromised("ROTATION")).toBe(false);
    const plain = await storing([pending], keepsTwo);
    expect(plain("ROTATION")).toBe(true);
  });

  test("a rotation in which one of the two values is not known", async () => {
    const odd = { ...current, content: "not json" };
    const beside = await storing([{ ...pending, content: "not json" }], { isCompromised: true });
    expect(beside("ROTATION")).toBe(true);
    expect(beside("ROTATION", 9)).toBe(true);
    const before = await storing([pending], { start: odd });
    expect(before("ROTATION")).toBe(true);
    const { context } = createRig();
    const { attempt } = await startRun();
    const problem = new RotationError("CONTENT_INVALID", "not understood");
    const start = attempt.read.contents.get(7);
    if (start !== undefined) attempt.read.contents.set(8, start);
    attempt.read.contents.set(7, { kind: "unknown", problem, isReserved: false, bare: null });
    const rotation = { context, attempt };
    expect(endsWithPromote({ task: { name: "ROTATION" }, rotation, previous: null }, 8)).toBe(true);
    attempt.read.contents.clear();
    for (const versionNo of [7, 8]) {
      expect(endsWithPromote({ task: { name: "ROTATION" }, rotation, previous: null }, versionNo)).toBe(true);
    }
  });
});
