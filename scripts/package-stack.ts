/** `npm run package:stack`: the zip that Resource Manager makes a stack of. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "./run.ts";
import { problemsOfForm, stackZip } from "./terraform/stack.ts";

const FILE = "dist/oci-rotate-stack.zip";

const problems = problemsOfForm();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);

const { files, bytes } = stackZip();
mkdirSync(path.join(ROOT, path.dirname(FILE)), { recursive: true });
writeFileSync(path.join(ROOT, FILE), bytes);
console.log(`${FILE}: ${files.length} files, ${bytes.length} bytes`);
