import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
};

const OWNER_ONLY = 0o600;

/**
 * Writes a file that only its owner can read, whole or not at all: first next to it, then renamed into place. The mode of an older file
 * does not matter. No link is followed. Parts are written as they come.
 * @param suffix of the temporary file, unique to this run
 * @throws CliError FILE_UNUSABLE; nothing is left behind
 */
export function writeAtomically(file: string, parts: Iterable<string>, suffix: string): void {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${suffix}`);
  let handle: number | null = null;
  let isOurs = false;
  try {
    handle = openSync(temporary, "wx", OWNER_ONLY);
    isOurs = true;
    for (const part of parts) writeFileSync(handle, part);
    fsyncSync(handle);
    closeSync(handle);
    handle = null;
    renameSync(temporary, file);
  } catch (thrown) {
    if (handle !== null) closeSync(handle);
    if (isOurs) rmSync(temporary, { force: true });
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : null;
    const reason = typeof code === "string" ? REASONS[code] : undefined;
    throw new CliError("FILE_UNUSABLE", {
      what: `${file} cannot be written`,
      means: reason ?? "the system refused it",
      next: "name a file in an existing folder that you may write to",
    });
  }
}
