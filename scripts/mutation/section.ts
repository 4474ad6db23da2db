import { type Group, groups } from "./groups.ts";
import type { Kept } from "./kept.ts";
import { judgedCount, score } from "./score.ts";

const number = (value: number) => value.toLocaleString("en-US");

function row({ what, least }: Group, kept: Kept | undefined): string {
  if (kept === undefined) return `| ${what} | not yet measured | | | | | | ${least} % | | |`;
  const { killed, survived, uncovered, silenced, atLoad, sample, commit } = kept;
  const judged = `${number(judgedCount(kept))}${sample === undefined ? "" : ` of ${number(sample.of)}`}`;
  const cells = [killed, survived, uncovered, silenced, atLoad].map(number);
  return `| ${[what, judged, ...cells, `${least} %`, `${score(kept).toFixed(2)} %`, commit ?? ""].join(" | ")} |`;
}

/** The part of docs/proof.md that says how the tests themselves were tested. @param kept docs/mutation.json: each group as it was last run */
export function mutationSection(kept: Readonly<Record<string, Kept>>): string {
  const rows = Object.entries(groups).map(([name, group]) => row(group, kept[name]));
  return `\`npm run mutate\` ([Stryker](https://stryker-mutator.io/)) changes the code in small ways, one at a time (a condition turned round, a call left out, a text
emptied), and runs the unit tests that reach the changed place. A change that no test notices survives. Of a large folder a seeded sample is judged.
The random walks and the fault checker above take no part.

| changed | judged | killed | survived | not covered | silenced | at load | must | score | commit |
|---|---|---|---|---|---|---|---|---|---|
${rows.join("\n")}

Before \`src\` had rooms, the groups were others. Then a mutant counted as killed once its tests took 8 seconds, so a busy machine killed some that no test noticed:

| group then | judged | score | group now |
|---|---|---|---|
| \`stages\` | 233 | 98.71 % | \`src/rotation/stages\` |
| \`acts\` | 716 | 94.27 % | \`src/rotation/stages\` |
| \`decide\`, \`observe\` and what a call remembers | 2,937 | 99.14 % | the first one |

Killed: a test failed, or did not end. Silenced: with a reason next to the code. At load: made before the first test begins, such as
the words of the decide table, which are printed into [decide.md](decide.md); no test judges those, and they do not count.`;
}
