#!/usr/bin/env node
// What `npx oci-rotate` runs in a clone. The published package starts the built program itself.
// Plain JavaScript for any Node: the built program checks the version.
import { existsSync } from "node:fs";

const built = new URL("../dist/cli/oci-rotate.js", import.meta.url);
if (existsSync(built)) {
  await import(built.href);
} else {
  process.stderr.write(
    "error: oci-rotate is not built in this clone.\nnext:  run npm run build, or use npm run oci-rotate --.\n",
  );
  process.exitCode = 1;
}
