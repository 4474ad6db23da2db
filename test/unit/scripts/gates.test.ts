import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Gate, gatesOf, quickPhases, wholePhases } from "../../../scripts/gates.ts";
import { LIVE_LIMIT_MS, liveTargets, TARGET_LIMIT_MS } from "../../../scripts/live/limits.ts";
import { parseOptions } from "../../prove/options.ts";

const SEED = "734ef9c1";
const npmScripts = Object.keys(JSON.parse(readFileSync("package.json", "utf8")).scripts);
const quick = gatesOf(quickPhases(SEED));
const wholeGates = gatesOf(wholePhases);
const names = (gates: readonly Gate[]) => gates.map(({ name }) => name);
const prove = (gates: readonly Gate[]) => gates.filter(({ command }) => command[0] === "prove");

test.each([
  ["whole", wholeGates],
  ["quick", quick],
])("every gate of the %s form is an npm script, and has a name of its own", (_, gates) => {
  for (const { command } of gates) expect(npmScripts).toContain(command[0]);
  expect(new Set(names(gates)).size).toBe(gates.length);
});

test("a gate that prints figures or words is judged by them; only a compiler and a linter say nothing where all is well", () => {
  const unjudged = [...wholeGates, ...quick].filter(({ judge }) => judge === null);
  expect(new Set(unjudged.map(({ command }) => command[0]))).toEqual(new Set(["typecheck", "lint", "knip"]));
});

describe("the whole form", () => {
  test("tries all single faults, and the adversary whole", () => {
    const options = prove(wholeGates).map(({ command }) => parseOptions(command.slice(2)));
    expect(options.filter(({ kills }) => kills)).toHaveLength(1);
    expect(options.filter(({ adversaryOnly }) => adversaryOnly)).toHaveLength(1);
    expect(options.filter(({ upgrades }) => upgrades)).toHaveLength(1);
    const [everything] = options.filter((one) => !one.kills && !one.adversaryOnly && !one.upgrades);
    expect(everything).toEqual(parseOptions(["--json"]));
  });
});

describe("the quick form", () => {
  test("leaves out real servers, and tries the part of the single faults that its seed draws", () => {
    expect(quick.some(({ command }) => command[0] === "live")).toBe(false);
    const options = prove(quick).map(({ command }) => parseOptions(command.slice(2)));
    expect(options).toMatchObject([{ json: true, singlesOnly: true, part: { seed: SEED, of: 20 } }]);
  });

  test("has every other gate that takes seconds in the whole form", () => {
    const slow = ["live", "prove", "bench"];
    const rest = wholeGates.filter(({ command }) => !slow.includes(command[0] ?? ""));
    expect(names(quick)).toEqual(expect.arrayContaining(names(rest)));
  });
});

test("the live gate waits longer than all of its targets may take together", () => {
  const gate = wholeGates.find(({ command }) => command[0] === "live");
  expect(gate?.timeoutMs).toBe(LIVE_LIMIT_MS);
  expect(LIVE_LIMIT_MS).toBeGreaterThan(liveTargets.length * TARGET_LIMIT_MS);
});

test("benches measure while nothing else runs, and nothing builds beside what runs the built function", () => {
  const phases = [...wholePhases, ...quickPhases(SEED)];
  const scripts = (gates: readonly Gate[]) => gates.map(({ command }) => command[0] ?? "");
  for (const lanes of phases.filter((lanes) => scripts(lanes.flat()).includes("bench"))) expect(lanes).toHaveLength(1);
  // They build first, or start what was built. Prove does neither, but for two of its gates.
  const usesBuild = ({ command: [script = "", , option = ""] }: Gate) =>
    ["build", "docs", "check-docs", "check-package", "check-image", "oci-rotate", "demo", "live"].includes(script) ||
    ["--kills", "--upgrades"].includes(option);
  for (const lanes of phases) expect(lanes.filter((lane) => lane.some(usesBuild)).length).toBeLessThanOrEqual(1);
});
