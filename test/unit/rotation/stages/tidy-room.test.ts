import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { makeRoomForUnsaved } from "../../../../src/rotation/stages/tidy.ts";
import { createRig, credential, deprecated, holdClaim, listOf, type Rig, type Toys, type Written } from "../rig.ts";

/** The highest version when the unsaved value was made; what is above it came during the call. */
const BASE = 2;

const current: Written = { no: 1, stages: ["CURRENT"], content: credential("S1") };
const base: Written = { no: BASE, stages: ["PREVIOUS"], content: credential("S2") };

/** A rig whose Vault does what it is sent, unless told otherwise. */
const taking = (versions: readonly Written[], environment: Readonly<Record<string, string>> = {}, toys: Toys = {}) =>
  createRig(versions, environment, { answer: { outcome: "done" }, ...toys });

const refused: Write = { outcome: "refused", error: new RotationError("VAULT_FORBIDDEN", "no right to do that") };

/** Makes room in a call that has written versions with these names itself. */
async function makeRoom(stage: Rig, ownNames: readonly string[] = []): Promise<number> {
  const attempt = createAttempt(null);
  for (const name of ownNames) holdClaim(attempt, stage, { callId: "own", name, isConfirmed: true });
  return makeRoomForUnsaved({ context: stage.context, attempt }, await listOf(stage), BASE);
}

const numbers = ({ sent }: Rig) => sent.map(([, versionNo]) => versionNo);

describe("room for an unsaved value", () => {
  test("is made of what came during the call, each deletion under the etag of a look right before, and the log names each", async () => {
    const stage = taking(
      [current, base, deprecated(3), deprecated(4)],
      {},
      {
        answer: () => {
          stage.vault.etag += 1;
          return { outcome: "done" };
        },
      },
    );
    const at = stage.clock.now() + 2 * DAY_MS;
    expect(await makeRoom(stage)).toBe(2);
    expect(stage.sent).toEqual([
      ["schedule", 4, at, "etag-1"],
      ["schedule", 3, at, "etag-2"],
    ]);
    expect(stage.log).toEqual(
      [4, 3].map((versionNo) =>
        expect.objectContaining({ level: "warn", event: "room-made", versionNo, outcome: "done" }),
      ),
    );
  });

  test("is two versions at most, the oldest of them: the value, and what must follow it", async () => {
    const stage = taking([current, base, ...[3, 4, 5, 6].map((no) => deprecated(no))]);
    expect(await makeRoom(stage)).toBe(2);
    expect(numbers(stage)).toEqual([4, 3]);
  });

  test("is never made of what was there when the value was made, old or not", async () => {
    const stage = taking([current, deprecated(BASE), deprecated(3)]);
    expect(await makeRoom(stage)).toBe(1);
    expect(numbers(stage)).toEqual([3]);
  });

  test("is never made of what the call itself has written", async () => {
    const stage = taking([current, base, deprecated(3), deprecated(4), deprecated(5)]);
    expect(await makeRoom(stage, ["orot-3", "orot-5"])).toBe(1);
    expect(numbers(stage)).toEqual([4]);
  });

  test("is never made of a version that is in use, or that awaits deletion", async () => {
    const pending = { ...deprecated(3), stages: ["PENDING"] } as const;
    const leaving = deprecated(4, { isBeingDeleted: true });
    const stage = taking([current, base, pending, leaving]);
    expect(await makeRoom(stage)).toBe(0);
    expect([stage.sent, stage.asked, stage.log]).toEqual([[], ["list"], []]);
  });

  test("counts no deletion that Vault refused, tries the other one all the same, and warns of both", async () => {
    const stage = taking(
      [current, base, deprecated(3), deprecated(4)],
      {},
      {
        answer: (_, versionNo) => (versionNo === 4 ? refused : { outcome: "done" }),
      },
    );
    expect(await makeRoom(stage)).toBe(1);
    expect(numbers(stage)).toEqual([4, 3]);
    expect(stage.log).toEqual([
      expect.objectContaining({ event: "room-made", versionNo: 4, outcome: "refused" }),
      expect.objectContaining({ event: "room-made", versionNo: 3, outcome: "done" }),
    ]);
  });

  test.each([
    ["1", DAY_MS + HOUR_MS],
    ["30", 30 * DAY_MS],
  ])("with a delay of %s days stays clear of Vault's least delay", async (days, ahead) => {
    const stage = taking([current, base, deprecated(3)], { OROT_VERSION_DELETION_DAYS: days });
    const asOf = stage.clock.now();
    await makeRoom(stage);
    expect(stage.sent.map(([, , at]) => at)).toEqual([asOf + ahead]);
  });
});
