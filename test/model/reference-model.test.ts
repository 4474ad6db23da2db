import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ReferenceModel } from "../prove/reference-model.ts";
import { commands, options } from "./reference-commands.ts";
import { begin, compare, type Real } from "./reference-real.ts";

/** `REFERENCE_RUNS=20000 npx vitest run test/model/reference-model.test.ts` looks longer. */
const RUNS = Number(process.env["REFERENCE_RUNS"] ?? 300);
const MAX_COMMANDS = 40;
const sequences = fc.commands(commands, { maxCommands: MAX_COMMANDS, size: "max" });

async function agrees(change: (model: ReferenceModel, real: Real) => void, seed: number, numRuns: number) {
  const property = fc.asyncProperty(options, sequences, async (chosen, sequence) => {
    const { model, real } = begin(chosen);
    change(model, real);
    await compare(model, real);
    await fc.asyncModelRun(() => ({ model, real }), sequence);
  });
  return fc.check(property, { seed, numRuns, verbose: 0 });
}

test("the emulator does what the reference model says, whatever the order of requests", async () => {
  const seed = Number(process.env["REFERENCE_SEED"] ?? 1);
  const details = await agrees(() => undefined, seed, RUNS);
  expect(details.failed ? fc.defaultReportMessage(details) : "").toBe("");
  expect(details.numRuns).toBe(RUNS);
});

test.each<[string, (model: ReferenceModel, real: Real) => void]>([
  ["an etag that is not looked at", (_, { emulator }) => Object.assign(emulator.switches, { "if-match": "ignored" })],
  ["a secret that is never UPDATING", (_, { emulator }) => Object.assign(emulator.switches, { "updating-ms": 0 })],
  ["tokens that live too long", (_, { emulator }) => Object.assign(emulator.switches, { "token-life-seconds": 7_200 })],
  [
    "a second PENDING version that leaves the first alone",
    (_, { emulator }) => Object.assign(emulator.switches, { "second-pending": "keeps-both" }),
  ],
])("the comparison notices %s", async (_, change) => {
  expect((await agrees(change, 1, RUNS)).failed).toBe(true);
});
