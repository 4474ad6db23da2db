/**
 * `npm run check-house`: the rooms of `src`, imports that run down and in no circle, unique rows of the decide table,
 * one stage for each decision. It also prints counts that only people judge. `--json` ends with the figures in one
 * line.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { examine } from "./house/house.ts";
import { decisionKindsIn, rowIdsIn, stagesIn } from "./house/protocol.ts";
import { sourcesIn } from "./house/sources.ts";
import { problemsInHouse } from "./judges/house.ts";
import { ROOT } from "./run.ts";

const DECIDE = "src/rotation/decide";
const STAGES = "src/rotation/stages";

/** What every file in a folder exports. */
function modulesIn(folder: string): Promise<Readonly<Record<string, unknown>>[]> {
  const names = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => name.endsWith(".ts")).sort();
  return Promise.all(files.map((name) => import(pathToFileURL(path.join(ROOT, folder, name)).href)));
}

const { values } = parseArgs({ options: { json: { type: "boolean" } } });
const sources = sourcesIn(ROOT, ["src", "test", "scripts"]);
const { figures, problems, beside } = examine(sources, {
  rowIds: rowIdsIn(await modulesIn(DECIDE)),
  stages: stagesIn(await modulesIn(STAGES)),
  decisionKinds: decisionKindsIn(sources.filter((source) => source.path.startsWith(DECIDE)).map(({ text }) => text)),
});

for (const { what, found } of beside) {
  console.log(`${found.length} ${what}${values.json || found.length === 0 ? "" : `:\n  ${found.join("\n  ")}`}`);
}
for (const problem of problems) console.error(problem);
// The figures themselves may be wrong: nothing found is no proof.
const wrong = problemsInHouse(figures);
if (wrong !== null) console.error(wrong);
console.log(
  values.json
    ? JSON.stringify(figures)
    : `${figures.rooms} rooms and ${figures.entries} entries; ${figures.upwardImports} of ${figures.imports} imports run up; ` +
        `${figures.fileCircles} circles of files, ${figures.roomCircles} of rooms; ${figures.doubleRows} doubles among ${figures.rows} rows; ` +
        `${figures.stages} stages for ${figures.decisions} decisions`,
);
process.exitCode = problems.length === 0 && wrong === null ? 0 : 1;
