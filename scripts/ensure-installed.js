// Plain JavaScript for any Node: it runs before anything is installed. npm writes this file last, so an interrupted install is done again.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

if (!existsSync("node_modules/.package-lock.json")) {
  console.error("Installing the dependencies first (npm ci). This takes about a minute.");
  const npm = process.env.npm_execpath;
  // npm's own output goes to stderr, so that `--json` keeps stdout for the answer.
  const stdio = ["ignore", 2, 2];
  const done = npm
    ? spawnSync(process.execPath, [npm, "ci"], { stdio })
    : spawnSync("npm", ["ci"], { stdio, shell: process.platform === "win32" });
  process.exitCode = done.status ?? 1;
}
