/** What `.ci/run` says of a gate that fails, and at its end. */
import type { Gate } from "./gates.ts";
import type { Count } from "./judges/tests.ts";
import type { RunResult } from "./run.ts";

/** The command that runs this one gate. */
const alone = ({ command }: Gate) => `npm run ${command.join(" ")}`;

/** What is wrong; null: nothing. */
export function problemOf(gate: Gate, { status, stdout, interruption }: RunResult): string | null {
  if (interruption !== null) return `${alone(gate)} ${interruption}`;
  if (status !== 0) return `${alone(gate)} ended with code ${status}`;
  return gate.judge?.({ stdout }) ?? null;
}

export interface Outcome {
  readonly tests: Count;
  /** How many gates there were. */
  readonly gates: number;
  readonly failedGates: readonly Gate[];
  readonly seconds: {
    readonly installation: number;
    readonly tests: number;
    readonly gates: number;
    readonly each: ReadonlyMap<string, number>;
  };
}

/** What to do about each failure, where the output ends and is seen; then the seconds, and how many have passed and failed. */
export function closingLines({ tests, gates, failedGates, seconds }: Outcome): readonly string[] {
  const total = Math.round(seconds.installation + seconds.tests + seconds.gates);
  const parts = `installation ${seconds.installation} s, tests ${seconds.tests} s, gates ${seconds.gates.toFixed(1)} s`;
  // The longest first: who looks for time finds it where the output ends.
  const longest = [...seconds.each].sort(([, one], [, other]) => other - one);
  const passed = tests.passed + gates - failedGates.length;
  return [
    ...(tests.failed > 0 ? ["failed: tests. Next: npm cit shows them; npx vitest run FILE runs one file."] : []),
    ...failedGates.map(
      (gate) => `failed: ${gate.name}. Next: fix what its output says; run only this gate with ${alone(gate)}`,
    ),
    `seconds of each gate: ${longest.map(([name, taken]) => `${name} ${taken.toFixed(0)}`).join(", ")}`,
    `total: ${total} s (${parts})`,
    `${passed} passed, ${failuresOf({ tests, failedGates })} failed`,
  ];
}

/** Tests and gates together. */
export const failuresOf = ({ tests, failedGates }: Pick<Outcome, "tests" | "failedGates">) =>
  tests.failed + failedGates.length;
