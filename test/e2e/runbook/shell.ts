import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { Readable, Writable } from "node:stream";

/** A command that the shell leaves to this process. */
export interface ShellCall {
  readonly words: readonly string[];
  /** Line of the script, from 1. */
  readonly line: number;
}

export interface ShellReply {
  readonly exitCode: number;
  readonly stdout: string;
}

/** What is left to this process: what asks OCI, what tells or takes time, and what a person does. */
const LEFT = ["oci", "oci-rotate", "date", "sleep", "editor", "by-hand"] as const;
const PRELUDE = `set -euo pipefail
__left() {
  printf '%s\\0' "\${BASH_LINENO[1]}" "$#" "$@" >&3
  local code
  read -r code <&4
  cat .answer
  return "$code"
}
${LEFT.map((name) => `${name}() { __left ${name} "$@"; }`).join("\n")}
`;

/** Takes one call from what has arrived: its line, the number of its words, and these, each with a NUL at its end. */
function takeCall(fields: string[]): ShellCall | null {
  const [line, count] = fields;
  const end = 2 + Number(count);
  // The last field has not ended yet.
  if (count === undefined || fields.length <= end) return null;
  return { line: Number(line), words: fields.splice(0, end).slice(2) };
}

/**
 * Runs a script in bash, as a reader would who copies it; the first failure ends it. What it leaves to us is answered one by one.
 * @returns what it said, and its exit code
 */
export async function runInShell(
  script: string,
  folder: string,
  variables: Readonly<Record<string, string>>,
  answer: (call: ShellCall) => Promise<ShellReply>,
): Promise<{ readonly exitCode: number | null; readonly said: string }> {
  writeFileSync(path.join(folder, ".prelude"), PRELUDE);
  const child = spawn("bash", ["-c", script], {
    cwd: folder,
    env: { PATH: process.env["PATH"], BASH_ENV: ".prelude", EDITOR: "editor", ...variables },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
  });
  const ended = once(child, "close");
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said += chunk;
    });
  }
  const [, , , calls, replies] = child.stdio as [null, Readable, Readable, Readable, Writable];
  let arrived = "";
  for await (const chunk of calls) {
    const fields = `${arrived}${chunk}`.split("\0");
    for (let call = takeCall(fields); call !== null; call = takeCall(fields)) {
      const { exitCode, stdout } = await answer(call);
      writeFileSync(path.join(folder, ".answer"), stdout);
      replies.write(`${exitCode}\n`);
    }
    arrived = fields.join("\0");
  }
  await ended;
  return { exitCode: child.exitCode, said };
}
