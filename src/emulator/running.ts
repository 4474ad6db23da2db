import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { issuerSettings, type Sample } from "./sample.ts";

// Each running emulator leaves a note for `--env`, which sets up another shell for it. No note holds a secret.

const noted = z.object({
  pid: z.int(),
  port: z.int(),
  startedAt: z.number(),
  variables: z.record(z.string().check(z.regex(/^[A-Z_]+$/)), z.string()),
});
type Note = z.output<typeof noted>;

export interface Announced {
  readonly port: number;
  readonly url: string;
  readonly configFile: string;
  readonly sample: Sample;
  /** OROT_AUTHORITY_SECRET_IDS of the function. */
  readonly authorities: string | undefined;
}

/** The user's own folder, so that nobody else can plant a note. */
export function notesFolder(environment: Readonly<Record<string, string | undefined>>, homeDirectory: string): string {
  const cache = environment["XDG_CACHE_HOME"] || join(homeDirectory, ".cache");
  return join(cache, "oci-rotate", "emulators");
}

/** Returns what removes the note again. An emulator without a place for notes runs all the same. */
export function noteRunning(
  folder: string,
  { port, url, configFile, sample, authorities }: Announced,
  now: number,
): () => void {
  const file = join(folder, `${port}.json`);
  const variables = {
    OROT_CLI_ENDPOINT: url,
    OROT_CLI_CONFIG_FILE: configFile,
    OROT_CLI_PROFILE: "DEFAULT",
    OROT_CLI_AUTH: "api-key",
    OROT_CLI_COMPARTMENT: sample.compartmentId,
    ...issuerSettings(url),
    // As the documents name them, so that their commands run as they are printed.
    COMPARTMENT: sample.compartmentId,
    VAULT: sample.vaultId,
    KEY: sample.keyId,
    FUNCTION: sample.functionId,
    SECRET: sample.secretId,
    ...(authorities !== undefined && {
      AUTHORITY: authorities.split(",")[0] ?? "",
      OROT_AUTHORITY_SECRET_IDS: authorities,
    }),
  };
  const note: Note = { pid: process.pid, port, startedAt: now, variables };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(note), { mode: 0o600 });
  } catch {
    return () => undefined;
  }
  return () => rmSync(file, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readNote(file: string): Note | null {
  try {
    return noted.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** The running ones, the newest first. Notes of those that were killed are removed. */
function runningOnes(folder: string): readonly Note[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch {
    // None has ever run here.
  }
  const found = names.flatMap((name) => {
    const file = join(folder, name);
    const note = readNote(file);
    if (note !== null && isAlive(note.pid)) return [note];
    rmSync(file, { force: true });
    return [];
  });
  return found.sort((a, b) => b.startedAt - a.startedAt);
}

const quoted = (text: string) => (/^[\w./:@~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * Lines for a shell's `eval`: the address, credentials and compartment of the emulator that started last, or of the one on this port.
 * @throws Error with the next action if there is none
 */
export function environmentLines(folder: string, port: number | undefined): readonly string[] {
  const [newest] = runningOnes(folder).filter((note) => port === undefined || note.port === port);
  if (newest === undefined) {
    const which = port === undefined ? "no emulator is running" : `no emulator is running on port ${port}`;
    throw new Error(`${which}. Next: start it in another terminal with npm run emulator, then run this again.`);
  }
  const lines = Object.entries(newest.variables).map(([name, value]) => `export ${name}=${quoted(value)}`);
  return [...lines, `# for a shell: eval "$(npm run -s emulator -- --env)"`];
}
