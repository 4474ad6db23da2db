/** `npm run sbom`, after a build: the bills of materials of both functions and of the command line, in `dist`. */
import { billOf, writeBill } from "./image/sbom.ts";

for (const folder of ["dist/function", "dist/mirror", "dist/cli"]) {
  const { components, problems } = writeBill(folder);
  for (const problem of problems) console.error(`${billOf(folder)}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${billOf(folder)}: ${components} libraries`);
}
