import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CliError } from "../cli-error.ts";

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EACCES: "there is no right to write there",
  EPERM: "there is no right to write there",
  EROFS: "the file system is read-only",
  EISDIR: "it is a folder",
  ENOSPC: "the disk is full",
};

const OWNER_ALONE = 0o600;

/**
 * Writes a file for its owner alone, whole or not at all: beside it first, then in its place, whatever rights the older one had. No link is
 * followed. The parts are written as they come.
 * @param suffix of the file beside it, unlike any other's
 * @throws CliError FILE_UNUSABLE; nothing is left behind
 */
export function writeAtomically(file: string, parts: Iterable<string>, suffix: string): void {
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${suffix}`);
  let handle: number | null = null;
  let isOurs = false;
  try {
    handle = openSync(beside, "wx", OWNER_ALONE);
    isOurs = true;
    for (const part of parts) writeFileSync(handle, part);
    fsyncSync(handle);
    closeSync(handle);
    handle = null;
    renameSync(beside, file);
  } catch (thrown) {
    if (handle !== null) closeSync(handle);
    if (isOurs) rmSync(beside, { force: true });
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : null;
    const reason = typeof code === "string" ? REASONS[code] : undefined;
    throw new CliError("FILE_UNUSABLE", {
      what: `${file} cannot be written`,
      means: reason ?? "the system refused it",
      next: "name a file in a folder that exists and that you may write to",
    });
  }
}
