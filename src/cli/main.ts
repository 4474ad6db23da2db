import "../base/silence.ts";
import { spawn } from "node:child_process";
import { homedir } from "node:os";
import { createInterface } from "node:readline/promises";
import { addAbortSignal } from "node:stream";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { InstancePrincipalsAuthenticationDetailsProviderBuilder } from "oci-common";
import { buildProblem } from "../base/build-age.ts";
import { systemClock } from "../base/clock.ts";
import { systemEntropy } from "../base/entropy.ts";
import { createNetworkTransport } from "../clients/http/network.ts";
import { runProgram } from "./program.ts";
import type { InstancePrincipal, Runtime } from "./runtime.ts";

// The entry, and the only place that creates the real clock, network, terminal and process.

// Without this V8 enlarges the nursery of a process that reads thousands of secrets, which takes more memory than everything else.
setFlagsFromString("--semi-space-growth-factor=1");

const METADATA_LIMIT_MS = 20_000;
const INTERRUPTED = 130;

const stopping = new AbortController();
process.on("SIGINT", () => {
  if (stopping.signal.aborted) process.exit(INTERRUPTED);
  stopping.abort();
  process.stderr.write("\nfinishing what is in progress; press Ctrl-C again to end at once\n");
});
// On Windows nobody sends SIGTERM; Ctrl-Break is SIGBREAK there.
for (const signal of ["SIGTERM", "SIGBREAK"] as const) process.on(signal, () => stopping.abort());
// A reader that closes the pipe early, such as head, is not an error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<never>((_resolve, reject) => {
    terminal.once("close", () => reject(new Error("the input ended")));
  });
  try {
    return await Promise.race([terminal.question(question, { signal: stopping.signal }), ended]);
  } finally {
    ended.catch(() => undefined);
    terminal.close();
  }
}

const MOST_INPUT_BYTES = 10_000_000;

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of addAbortSignal(stopping.signal, process.stdin)) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes > MOST_INPUT_BYTES) throw new Error("the input is larger than 10 MB");
  }
  return Buffer.concat(chunks).toString("utf8");
}

function execute(command: string, args: readonly string[], limitMs: number): Promise<number | "absent" | null> {
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { stdio: "inherit", timeout: limitMs });
    child.once("error", () => resolve("absent"));
    child.once("close", resolve);
  });
}

async function instancePrincipal(): Promise<InstancePrincipal> {
  const timer = systemClock.abortAfter(METADATA_LIMIT_MS);
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer.signal.addEventListener("abort", () => reject(new Error("no metadata service")), { once: true });
  });
  try {
    const principal = await Promise.race([
      new InstancePrincipalsAuthenticationDetailsProviderBuilder().build(),
      tooLate,
    ]);
    return { principal, region: principal.getRegion().regionId };
  } finally {
    timer.cancel();
  }
}

const runtime: Runtime = {
  clock: systemClock,
  entropy: systemEntropy,
  transport: createNetworkTransport(systemClock, process.env),
  environment: process.env,
  homeDirectory: homedir(),
  writeOut: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  isTerminal: {
    stdin: process.stdin.isTTY === true,
    stdout: process.stdout.isTTY === true,
    stderr: process.stderr.isTTY === true,
  },
  columns: process.stdout.columns ?? null,
  ask,
  readInput,
  execute,
  instancePrincipal,
  functionBundle: fileURLToPath(
    new URL(import.meta.url.endsWith(".ts") ? "../../dist/function/func.js" : "../function/func.js", import.meta.url),
  ),
  signal: stopping.signal,
};

// In a clone, what runs may be an old build of the source beside it.
const isBuilt = import.meta.url.endsWith(".js") && process.stderr.isTTY === true;
if (
  isBuilt &&
  buildProblem(fileURLToPath(import.meta.url), fileURLToPath(new URL("../../src", import.meta.url))) !== null
) {
  process.stderr.write("warning: this build of oci-rotate is older than the source; run npm run build\n");
}

const exitCode = await runProgram(runtime, process.argv.slice(2));
// Exits only after pipes have been flushed. It must exit, since a library's timer would keep the process alive.
process.stdout.write("", () => process.stderr.write("", () => process.exit(exitCode)));
