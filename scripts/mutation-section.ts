import { score, type Tally } from "./mutation-score.ts";

const GROUPS: Readonly<Record<string, string>> = {
  recovery: "`src/recovery`",
  stages: "`src/stages`",
  acts: "`src/acts`",
  issuers: "`src/issuers`",
  top: "`handler.ts`, `pipeline.ts`, `claim.ts`",
};

const number = (value: number) => value.toLocaleString("en-US");

/** The part of docs/proof.md that says how the tests themselves were tested. @param kept docs/mutation.json: each group as it was last run */
export function mutationSection(kept: Readonly<Record<string, Tally>>): string {
  const rows = Object.entries(GROUPS).flatMap(([name, files]) => {
    const counts = kept[name];
    if (counts === undefined) return [];
    const { killed, survived, uncovered, silenced, atLoad } = counts;
    const cells = [killed + survived + uncovered, killed, survived, uncovered, silenced, atLoad].map(number);
    return [`| ${files} | ${cells.join(" | ")} | ${score(counts).toFixed(2)} % |`];
  });
  return `\`npm run mutate\` ([Stryker](https://stryker-mutator.io/)) changes the code in small ways, one at a time (a condition turned round, a call left out, a text
emptied), and runs the tests that reach the changed place. A change that no test notices survives. \`src/recovery\` and \`src/stages\` must
reach 95 %. The folders are judged by the tests of single modules alone, the three files also by those that start the whole product against the
emulator. The random walks and the fault checker above take no part.

| changed | judged | killed | survived | not covered | silenced | at load | score |
|---|---|---|---|---|---|---|---|
${rows.join("\n")}

Killed: a test failed, or did not come to an end. Silenced: with a reason beside the code. At load: made before the first test begins, such as
the words of the decide tables, which are printed into [decide.md](decide.md); no test judges those, and they do not count.`;
}
