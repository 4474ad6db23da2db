import { readFileSync, rmSync, writeFileSync } from "node:fs";

/**
 * Takes a lock file, which holds the id of the process that uses a folder. The lock of a process that is gone is taken over. Returns what
 * releases it. Throws an Error with the next action if another process has it.
 */
export function takeLock(path: string, folder: string): () => void {
  for (let tries = 0; tries < 2; tries += 1) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if (!isCode(error, "EEXIST")) throw error;
    }
    const holder = Number(readFileSync(path, "utf8"));
    if (lives(holder)) {
      const next = `stop it, or name another --data-dir. If that process is no emulator, remove ${path}`;
      throw new Error(`${folder} is in use by the emulator with the process id ${holder}. Next: ${next}.`);
    }
    rmSync(path, { force: true });
  }
  throw new Error(`${folder} is in use by another emulator. Next: name another --data-dir.`);
}

function lives(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    // It lives, and belongs to somebody else.
    return isCode(error, "EPERM");
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
