import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { createState, type EmulatorState, upgradeState } from "../core/state.ts";
import { isObject, type JsonObject } from "../core/wire.ts";
import { applyChanges, type Change, changesBetween, type Entries, entriesOf } from "./entries.ts";
import { takeLock } from "./lock.ts";

const FORMAT = 1;
const FILE = "emulator-state.json";
const CHANGES = "emulator-changes.jsonl";
const LOCK = "emulator.lock";

/** The changes are taken into the whole state once they are longer than that, or than this if it is small. */
const MIN_CHANGES_BYTES = 1_000_000;

/** What survives a restart: the state, the port (secrets name it), and the ids of the sample made at the first start. */
export interface SavedRun {
  readonly port: number;
  readonly state: EmulatorState;
}

export interface Disk {
  /** The saved state of an earlier run, if any. */
  readonly saved: SavedRun | undefined;
  /** Saves what has changed since the last time, as one line below the earlier ones. */
  save(run: SavedRun): void;
  /** Saves the run whole, in one file, and leaves the folder to others. */
  close(run?: SavedRun): void;
}

/**
 * Keeps the emulator's state in a folder, which is created if missing, and which one emulator uses at a time. It holds the whole state of some
 * moment, written to a temporary file that is then renamed, and the changes since, a line each: a crash leaves what was saved last. The files
 * hold the emulator's secrets. They open only the emulator; even so, only their owner may read them. Throws an Error with the next action if
 * the folder is in use, or the files are not the emulator's.
 */
export function openDisk(folder: string): Disk {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  const changesPath = join(folder, CHANGES);
  const unlock = takeLock(join(folder, LOCK), folder);
  try {
    const saved = existsSync(path) ? readRun(readFileSync(path, "utf8"), path, readChanges(changesPath)) : undefined;
    let before: Entries = new Map();
    let wholeBytes = 0;
    let changesBytes = 0;
    const writeWhole = (run: SavedRun) => {
      const text = JSON.stringify({ format: FORMAT, ...run });
      writeFile(path, text);
      // A crash before this is harmless: the changes lead to what the whole file says anyway.
      rmSync(changesPath, { force: true });
      [before, wholeBytes, changesBytes] = [entriesOf(run), text.length, 0];
    };
    const save = (run: SavedRun) => {
      if (wholeBytes === 0) {
        writeWhole(run);
        return;
      }
      const after = entriesOf(run);
      const line = changesBetween(before, after);
      before = after;
      if (line === "") return;
      appendFileSync(changesPath, `${line}\n`, { mode: 0o600 });
      changesBytes += line.length;
      if (changesBytes > Math.max(MIN_CHANGES_BYTES, wholeBytes)) writeWhole(run);
    };
    if (saved !== undefined) writeWhole(saved);
    return {
      saved,
      save,
      close: (run) => {
        if (run !== undefined) save(run);
        if (run !== undefined && changesBytes > 0) writeWhole(run);
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function writeFile(path: string, text: string): void {
  const temporary = `${path}.new`;
  const file = openSync(temporary, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** A line that a crash has cut short is the last one, and was never answered for. */
function readChanges(path: string): readonly Change[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines.slice(0, -1).flatMap((line) => JSON.parse(line) as Change[]);
}

function readRun(text: string, path: string, changes: readonly Change[]): SavedRun {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isObject(value)) applyChanges(value as JsonObject, changes);
  if (!isRun(value)) {
    throw new Error(`${path} holds no state of this emulator. Next: name another --data-dir, or remove the file.`);
  }
  // An earlier edition knew fewer systems.
  return { port: value.port, state: upgradeState({ ...createState(), ...value.state }) };
}

function isRun(value: unknown): value is SavedRun {
  return (
    isObject(value) &&
    value["format"] === FORMAT &&
    Number.isInteger(value["port"]) &&
    isObject(value["state"]) &&
    ["vault", "identity", "keycloak", "uaa", "edfiCms", "ces", "workRequests", "functions", "late"].every(
      (part) => part in (value["state"] as object),
    )
  );
}
