/**
 * `npm run proof`: runs the fault checker, keeps its line as docs/proof.json and writes docs/proof.md from it. `npm run proof -- --from FILE` takes the
 * line of an earlier run instead. Only a whole run that has passed, of the code that is here now, may become the proof.
 */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { codeDigest } from "../test/prove/code.ts";
import { lastLine } from "./judges/judge.ts";
import { refusalOf } from "./judges/proof.ts";
import { readOptions, refuse } from "./options.ts";
import { proofPage } from "./proof-page.ts";
import { ROOT, run } from "./run.ts";

const PROVE_LIMIT_MS = 4 * 3_600_000;
const docs = (name: string) => path.join(ROOT, "docs", name);

const USAGE = `Usage: npm run proof [-- --from FILE]

Runs the fault checker, keeps its line as docs/proof.json, and writes docs/proof.md from it.

  --from FILE  takes the line of an earlier run instead; it must have been whole, have passed, and have run this code
  --help       this text`;

function kept(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return refuse(`${file} cannot be read`, USAGE);
  }
}

const { values } = readOptions({ options: { from: { type: "string" } } }, USAGE);
const { status, stdout } =
  values.from === undefined
    ? run("npm", ["run", "--silent", "prove", "--", "--json"], { timeoutMs: PROVE_LIMIT_MS })
    : { status: 0, stdout: kept(values.from) };
const refusal = status === 0 ? refusalOf(stdout, codeDigest()) : `npm run prove ended with code ${status}`;
if (refusal === null) {
  const proof = JSON.parse(lastLine(stdout));
  const mutation = JSON.parse(readFileSync(docs("mutation.json"), "utf8"));
  writeFileSync(docs("proof.json"), `${JSON.stringify(proof, null, 2)}\n`);
  writeFileSync(docs("proof.md"), proofPage(proof, mutation));
  console.log(`docs/proof.md: written from ${proof.schedules} schedules`);
} else {
  console.error(`This run is no proof: ${refusal}. Next: npm run proof, without --from.`);
  process.exitCode = 1;
}
