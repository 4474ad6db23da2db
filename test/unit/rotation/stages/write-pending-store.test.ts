import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { store } from "../../../../src/rotation/stages/write-pending.ts";
import { expectFailure } from "../../../support/failures.ts";
import { current, deprecated, failed, pending, type Run, retry, startRun } from "../rig.ts";

const NOT_NOW = "SECRET_NOT_ROTATABLE";

describe("storing the unsaved value", () => {
  async function holding(answer: Write = { outcome: "done" }, isMinted = true, versions = [current]) {
    const run = await startRun({ answer, versions });
    keepUnsaved({ context: run.context, attempt: run.attempt, snapshot: run.seen }, new Secret("S8"), isMinted);
    return run;
  }
  const send = ({ context, attempt, seen }: Run, versionStage: "PENDING" | "CURRENT" = "PENDING") =>
    store({ context, attempt, snapshot: seen }, { versionStage });

  test.each(["PENDING", "CURRENT"] as const)(
    "writes it as %s under the next name and the etag of the look",
    async (stage) => {
      const run = await holding();
      expect(await send(run, stage)).toEqual({ outcome: "stored", next: "look" });
      expect(run.sent).toEqual([["write", "orot-8", stage, run.attempt.unsaved?.text, "etag-1"]]);
      expect(run.attempt.writes.written).toEqual([
        expect.objectContaining({ name: "orot-8", known: expect.objectContaining({ kind: "credential" }) }),
      ]);
      expect(run.attempt.writes.ownName).toBe("orot-8");
      // Only a look that finds it stored lets it go.
      expect(run.attempt.unsaved).not.toBeNull();
    },
  );

  test("is no mint of this call's own if it was read back", async () => {
    const run = await holding({ outcome: "done" }, false);
    await send(run);
    expect(run.attempt.writes.ownName).toBeNull();
  });

  test("avoids a name that Vault called taken", async () => {
    const run = await holding();
    run.attempt.writes.takenName = "orot-8";
    await send(run);
    expect(run.sent[0]?.[1]).toMatch(/^orot-8\.[0-9a-f]{10}$/);
  });

  test("that is refused for good is tried again all the same: the value exists nowhere else", async () => {
    const refused = failed("refused", "VAULT_FORBIDDEN");
    const run = await holding(refused);
    expect(await send(run)).toEqual(retry("refused"));
    expect(run.attempt.unsaved?.failure).toBe(refused.error);
    expect(run.attempt.writes).toMatchObject({ written: [], ownName: null });
  });

  test("that meets something passing does what any write does then", async () => {
    const taken = await holding(failed("name-taken"));
    expect(await send(taken)).toEqual(retry("name-taken"));
    expect(taken.attempt.writes.takenName).toBe("orot-8");
    const blocked = await holding(failed("refused", NOT_NOW), true, [current, pending]);
    expect(await send(blocked)).toEqual({ outcome: "second-pending-refused", next: "look" });
  });

  test("goes without the etag after three lost races, so that a busy writer cannot block it", async () => {
    const run = await holding(failed("race-lost"));
    for (let n = 0; n < 4; n++) expect(await send(run)).toEqual(retry("race-lost"));
    expect(run.sent.map((sent) => sent[4])).toEqual(["etag-1", "etag-1", "etag-1", null]);
    const busy = await holding(failed("busy"));
    for (let n = 0; n < 4; n++) await send(busy);
    expect(busy.sent[3]?.[4]).toBe("etag-1");
  });

  /** So many versions that others wrote after the value was made, in the slots that CURRENT leaves. */
  const strangers = (count: number) =>
    Array.from({ length: count }, (_, index) => deprecated(index + 8, { name: `other-${index}` }));

  async function crowded(count: number, answer: Write = { outcome: "done" }) {
    const run = await holding(answer, true, [current, ...strangers(count)]);
    if (run.attempt.unsaved !== null) Object.assign(run.attempt.unsaved, { base: 7 });
    return run;
  }

  test("into a full secret first makes room among what others wrote since", async () => {
    const run = await crowded(29);
    expect(await send(run)).toEqual({ outcome: "room-made", next: "look" });
    expect(run.sent.map(([call, versionNo]) => [call, versionNo])).toEqual([
      ["schedule", 9],
      ["schedule", 8],
    ]);
  });

  test("is tried in a full secret in which no room can be made", async () => {
    const run = await crowded(29, failed("busy"));
    expect(await send(run)).toEqual(retry("busy"));
    expect(run.sent.map(([call]) => call)).toEqual(["schedule", "schedule", "write"]);
  });

  test("deletes nothing while a slot is free", async () => {
    const run = await crowded(28);
    expect(await send(run)).toEqual({ outcome: "stored", next: "look" });
    expect(run.sent.map(([call]) => call)).toEqual(["write"]);
  });

  test("of nothing is a defect", async () => {
    const run = await startRun();
    await expectFailure(() => send(run), "INTERNAL", "storing was decided with nothing unsaved");
  });
});
