import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import path from "node:path";
import type { Entropy } from "../base/entropy.ts";
import type { Secret } from "../base/secret.ts";
import { CliError } from "./cli-error.ts";

export interface PrivateFile {
  readonly name: string;
  readonly content: Secret;
}

const OTHERS_MAY_WRITE = 0o022;

function unusable(what: string, next: string): CliError {
  return new CliError("FILE_UNUSABLE", { what, means: "nothing was written", next });
}

const codeOf = (error: unknown): string => {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : null;
  return typeof code === "string" && /^[A-Z]{2,20}$/.test(code) ? code : "unknown";
};

/** Creates the folder with mode 0700, or accepts one that only its owner can write to. @throws CliError FILE_UNUSABLE */
function privateFolder(folder: string): void {
  let mode: number;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mode = statSync(folder).mode;
  } catch (error) {
    throw unusable(`the folder ${folder} cannot be created (${codeOf(error)})`, "name another with --location");
  }
  // Anyone who may write into a folder can replace a key in it.
  if (process.platform !== "win32" && (mode & OTHERS_MAY_WRITE) !== 0) {
    throw unusable(`others may write in ${folder}`, "run chmod 700 on it, or name another with --location");
  }
}

function writeWhole(file: string, content: Secret): void {
  const handle = openSync(file, "wx", 0o600);
  try {
    writeSync(handle, content.reveal());
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  // Sets the mode again, since the process's umask may have removed rights.
  chmodSync(file, 0o600);
}

/**
 * Replaces files: writes all of them under temporary names, mode 0600, then renames them in order. A reader sees the old or the new version
 * of each, never a part. A killed process leaves at most temporary files.
 * @throws CliError FILE_UNUSABLE
 */
export function replacePrivateFiles(folder: string, files: readonly PrivateFile[], entropy: Entropy): void {
  privateFolder(folder);
  const written = files.map(({ name, content }) => ({
    from: path.join(folder, `.${name}.${entropy.uuid()}`),
    to: path.join(folder, name),
    content,
  }));
  try {
    for (const { from, content } of written) writeWhole(from, content);
    for (const { from, to } of written) renameSync(from, to);
  } catch (error) {
    for (const { from } of written) rmSync(from, { force: true });
    throw unusable(`the files in ${folder} cannot be written (${codeOf(error)})`, "check its rights and the disk");
  }
}
