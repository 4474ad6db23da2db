/**
 * `npm run check-package`, after arethetypeswrong: the published package, packed and installed as by a user. publint must find nothing, it
 * must bring no other package, the command must start, and `oci-rotate/consumer` must run and have its types in both module systems.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { ROOT, type RunResult, run, runTool } from "./run.ts";

const PACKAGE = path.join(ROOT, "dist", "package");
const NAMES = '["CredentialError","credential","isInvalidClient"]';

const told = ({ status, stdout, stderr }: RunResult) => (status === 0 ? [] : [`${stdout}${stderr}`.trim()]);

/** A program that sees only the package's types: no types of Node, as in a browser or another runtime. */
const PROGRAM = `
import { type Credential, credential, type Reader } from "oci-rotate/consumer";
const reader: Reader = async (versionStage) => (versionStage === "PENDING" ? null : { content: "{}", versionNo: 1 });
export const token: Promise<string> = credential(reader, { ttlMs: 1000 }).use(async ({ clientId }: Credential) => clientId);
// @ts-expect-error: a version has a number
export const wrong: Reader = async () => ({ content: "{}" });
`;

function checkTypes(folder: string): string[] {
  writeFileSync(path.join(folder, "program.mts"), PROGRAM);
  writeFileSync(path.join(folder, "program.cts"), PROGRAM);
  const strict = ["--strict", "--noEmit", "--skipLibCheck", "false", "--types", "", "--lib", "es2022,dom"];
  const programs: readonly (readonly string[])[] = [
    ["--module", "nodenext", "program.mts", "program.cts"],
    ["--module", "esnext", "--moduleResolution", "bundler", "program.mts"],
  ];
  return programs.flatMap((options) => told(runTool("tsc", [...strict, ...options], { cwd: folder })));
}

function checkPrograms(folder: string): string[] {
  const program = (loaded: string) =>
    `${loaded}; if (JSON.stringify(Object.keys(consumer).sort()) !== '${NAMES}') throw new Error("other names");`;
  writeFileSync(path.join(folder, "program.mjs"), program('import * as consumer from "oci-rotate/consumer"'));
  writeFileSync(path.join(folder, "program.cjs"), program('const consumer = require("oci-rotate/consumer")'));
  const command = path.join(folder, "node_modules", ".bin", "oci-rotate");
  return [
    ...["program.mjs", "program.cjs"].map((file) => run(process.execPath, [file], { cwd: folder })),
    run(command, ["--help"], { cwd: folder }),
  ].flatMap(told);
}

/** @returns what is wrong */
async function check(folder: string): Promise<string[]> {
  const packed = run("npm", ["pack", "--silent", "--pack-destination", folder, PACKAGE]);
  const file = packed.stdout.trim().split("\n").at(-1) ?? "";
  if (packed.status !== 0) return told(packed);
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(path.join(PACKAGE, "package.json"), "utf8"));
  const { messages } = await publint({ pkgDir: PACKAGE, strict: true });
  const project = path.join(folder, "project");
  mkdirSync(project);
  writeFileSync(path.join(project, "package.json"), '{ "private": true }\n');
  const installed = run("npm", ["install", "--offline", "--no-audit", "--no-fund", path.join(folder, file)], {
    cwd: project,
  });
  const problems = messages.map((message) => formatMessage(message, manifest) ?? message.code);
  if (installed.status !== 0) return [...problems, ...told(installed)];
  const others = readdirSync(path.join(project, "node_modules")).filter(
    (name) => !name.startsWith(".") && name !== "oci-rotate",
  );
  if (others.length > 0) problems.push(`it brings other packages: ${others.join(", ")}`);
  return [...problems, ...checkPrograms(project), ...checkTypes(project)];
}

const folder = mkdtempSync(path.join(tmpdir(), "package-"));
try {
  const problems = await check(folder);
  for (const problem of problems) console.error(problem);
  console.log(`published package: ${problems.length === 0 ? "nothing is wrong" : `${problems.length} problems`}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
