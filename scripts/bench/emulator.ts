/** `npm run bench -- --emulator`: what a data folder costs a list of many secrets, and whether refused bodies stay in memory. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as common from "oci-common";
import { type Command, startCommand } from "../../test/e2e/command.ts";
import { run } from "../run.ts";

export interface EmulatorFigures {
  readonly secrets: number;
  /** A list of all of them, page by page, with a data folder: the shortest of several, since the machine may be busy. */
  readonly listMs: number;
  /** How many times as long that is as from an emulator without one; in turns with it. */
  readonly listRatio: number;
  readonly refusedBodies: number;
  /** Growth of the resident memory through that many refused bodies. */
  readonly rssGrowthMb: number;
}

const SECRETS = 5_000;
const LISTS = 9;
const REFUSED = 1_000;
const BODY = Buffer.alloc(1_000_000, "x");
/** As many at a time as a careless client sends. */
const AT_ONCE = 10;
const PAGE = 100;

interface Running {
  readonly command: Command;
  readonly url: string;
  list(): Promise<number>;
}

async function start(...args: string[]): Promise<Running> {
  const command = startCommand("src/emulator/main.ts", ["--json", "--sample", "one", ...args]);
  const { url, configFile, compartmentId } = JSON.parse(await command.nextLine());
  const signer = new common.DefaultRequestSigner(new common.ConfigFileAuthenticationDetailsProvider(configFile));
  const list = async () => {
    let count = 0;
    let page: string | null = "";
    const began = performance.now();
    while (page !== null) {
      const uri = `${url}/20180608/secrets?compartmentId=${compartmentId}&limit=${PAGE}${page === "" ? "" : `&page=${page}`}`;
      const headers = new Headers();
      await signer.signHttpRequest({ method: "GET", uri, headers });
      const answer: Response = await fetch(uri, { headers });
      if (answer.status !== 200) throw new Error(`a list was answered ${answer.status}`);
      count += ((await answer.json()) as unknown[]).length;
      page = answer.headers.get("opc-next-page");
    }
    if (count < SECRETS) throw new Error(`${count} secrets were listed`);
    return performance.now() - began;
  };
  return { command, url, list };
}

function residentMb({ command }: Running): number {
  const { stdout } = run("ps", ["-o", "rss=", "-p", String(command.pid)]);
  const kilobytes = Number(stdout.trim());
  if (!(kilobytes > 0)) throw new Error("ps did not say how large the emulator is");
  return kilobytes / 1000;
}

/** Answers how large the emulator was in the second half: the smallest of several readings, since garbage comes and goes. */
async function refuse(emulator: Running, count: number): Promise<number> {
  const { url } = emulator;
  const readings: number[] = [];
  for (let sent = 0; sent < count; sent += AT_ONCE) {
    const answers = Array.from({ length: AT_ONCE }, async () => {
      const answer = await fetch(`${url}/20180608/secrets`, { method: "POST", body: BODY });
      await answer.arrayBuffer();
      if (answer.status !== 401) throw new Error(`an unsigned request was answered ${answer.status}`);
    });
    await Promise.all(answers);
    if (sent >= count / 2) readings.push(residentMb(emulator));
  }
  return Math.min(...readings);
}

export async function emulatorFigures(): Promise<EmulatorFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), "bench-emulator-"));
  const secrets = ["--secrets", String(SECRETS)];
  const both = await Promise.all([start(...secrets), start(...secrets, "--data-dir", path.join(folder, "data"))]);
  const [inMemory, onDisk] = both;
  try {
    const times: [number[], number[]] = [[], []];
    for (let turn = 0; turn <= LISTS; turn += 1) {
      for (const [index, emulator] of both.entries()) {
        const ms = await emulator.list();
        // The first one warms the process up.
        if (turn > 0) times[index]?.push(ms);
      }
    }
    // As many again before them: the first bodies make the process as large as its buffers are.
    const before = await refuse(inMemory, REFUSED);
    const after = await refuse(inMemory, REFUSED);
    const [shortest, shortestOnDisk] = [Math.min(...times[0]), Math.min(...times[1])];
    return {
      secrets: SECRETS,
      listMs: Math.round(shortestOnDisk),
      listRatio: Number((shortestOnDisk / shortest).toFixed(2)),
      refusedBodies: REFUSED,
      rssGrowthMb: Number((after - before).toFixed(1)),
    };
  } finally {
    await Promise.all([inMemory.command.dispose(), onDisk.command.dispose()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

export function emulatorLines({ secrets, listMs, listRatio, refusedBodies, rssGrowthMb }: EmulatorFigures): string[] {
  return [
    `list of ${secrets} secrets with a data folder  ${listMs} ms, ${listRatio} times that without one`,
    `resident memory through ${refusedBodies} refused bodies  +${rssGrowthMb} MB`,
  ];
}
