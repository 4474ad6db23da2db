import { expect, test } from "vitest";
import type { Answer } from "../../../../src/rotation/handler.ts";
import { createHandler } from "../../../../src/rotation/handler.ts";
import { parseCombination } from "../../../prove/combinations.ts";
import { plainOrder } from "../../../prove/control.ts";
import { prepare } from "../../../prove/setup.ts";
import type { Editions } from "../../../prove/upgrades/editions.ts";
import { javaSample } from "../../../prove/upgrades/java-sample.ts";
import { runTrial, type Trial } from "../../../prove/upgrades/trial.ts";
import type { Subject } from "../../../prove/world.ts";

const combination = parseCombination("second-authority");
const alone = parseCombination("token-lives");
const upAndBack: Trial = {
  ...{ chain: "up-and-back", combination, flow: "four-steps", first: { killedAfter: 10 } },
  ...{ second: null, asked: "goes-on", pauseMs: 15 * 60_000 },
};
/** @param earlier what stands for the earlier edition */
const tried = (trial: Trial, earlier: Subject = createHandler) => {
  const samples = { sample: javaSample(true), "lenient-sample": javaSample(false) };
  const editions: Editions = { earlier, now: createHandler, ...samples };
  return runTrial(trial, prepare(trial.combination, 1), editions);
};
const says =
  (answer: Answer): Subject =>
  () =>
  async () =>
    answer;

test("editions that understand each other end what was begun, and the switch came in the middle", async () => {
  const { judgement, unsettled, isRotated } = await tried(upAndBack);
  expect({ problems: judgement.problems, unsettled, isRotated }).toEqual({
    ...{ problems: [], isRotated: true },
    unsettled: [true, false],
  });
});

test("a rotation that the last edition only says to have done is no rotation", async () => {
  const answer: Answer = { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 1 };
  const { isRotated, judgement } = await tried({ ...upAndBack, second: { killedAfter: 0 } }, says(answer));
  expect({ isRotated, isConverged: judgement.isConverged }).toEqual({ isRotated: false, isConverged: false });
});

test("an edition that regenerates before it stores is seen to lose what nobody else may ask for", async () => {
  // The fifth request is the regeneration: after two reads and two logins.
  const trial: Trial = { ...upAndBack, combination: alone, first: { killedAfter: 4 } };
  const { judgement, stoppedAfter, isRotated } = await tried(trial, plainOrder);
  expect({ stoppedAfter, isLost: judgement.isLost, isRotated }).toEqual({
    ...{ stoppedAfter: "regenerate", isLost: true, isRotated: false },
  });
});

test("a rotation that Oracle's sample began is ended here, with the version number that it answered", async () => {
  const trial: Trial = { ...upAndBack, chain: "from-the-sample-and-back", first: { beforeStep: 2 } };
  const { isRotated, history } = await tried(trial);
  expect(isRotated).toBe(true);
  const [verify, , update] = history.world.calls;
  expect(verify?.end).toMatchObject({ answer: { versionNo: 1, returnMessage: "" } });
  expect(update?.event).toMatchObject({ step: "UPDATE_TARGET_SYSTEM", versionNo: 1 });
  expect(update?.end).toMatchObject({ answer: { responseCode: 200, versionNo: 2 } });
});

test("a kill after the last request of a call is none", async () => {
  expect((await tried({ ...upAndBack, first: { killedAfter: 200 } })).stoppedAfter).toBeNull();
});
