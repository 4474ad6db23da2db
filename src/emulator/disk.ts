import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createState, type EmulatorState, upgradeState } from "./core/state.ts";
import { isObject } from "./core/wire.ts";

const FORMAT = 1;
const FILE = "emulator-state.json";

/** What survives a restart: the state, the port (secrets name it), and the ids of the sample made at the first start. */
export interface SavedRun {
  readonly port: number;
  readonly state: EmulatorState;
}

export interface Disk {
  /** The saved state of an earlier run, if any. */
  readonly saved: SavedRun | undefined;
  /** Saves the run if it has changed. It writes a temporary file, then renames it, so that a crash leaves the old or the new one whole. */
  save(run: SavedRun): void;
}

/**
 * Keeps the emulator's state in a folder, which is created if missing. The file holds the emulator's secrets. They open only the emulator;
 * even so, only its owner may read the file. Throws an Error with the next action if the file is not the emulator's.
 */
export function openDisk(folder: string): Disk {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, FILE);
  let written = existsSync(path) ? readFileSync(path, "utf8") : "";
  return {
    saved: written === "" ? undefined : readRun(written, path),
    save: (run) => {
      const text = JSON.stringify({ format: FORMAT, ...run });
      if (text === written) {
        return;
      }
      const temporary = `${path}.new`;
      const file = openSync(temporary, "w", 0o600);
      try {
        writeSync(file, text);
        fsyncSync(file);
      } finally {
        closeSync(file);
      }
      renameSync(temporary, path);
      written = text;
    },
  };
}

function readRun(text: string, path: string): SavedRun {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
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
