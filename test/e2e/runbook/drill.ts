import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import type { CliWorld } from "../../support/cli.ts";
import { runOci } from "./oci.ts";
import { runInShell, type ShellCall, type ShellReply } from "./shell.ts";

/** A page, such as a break-glass one, tried: the fault, what a person does beside the commands, and when all is well again. */
export interface Drill {
  /** Makes the fault. */
  readonly begin: (w: CliWorld) => Promise<void>;
  /** Values of the variables that the page uses. */
  readonly variables: (w: CliWorld) => Readonly<Record<string, string>>;
  /** What the page tells a person to do, by its words after "By hand: ". */
  readonly byHand?: Readonly<Record<string, (w: CliWorld) => void | Promise<void>>>;
  /** What a person writes with the editor, given what the file held before. */
  readonly written?: (w: CliWorld, before: string) => string;
  /** Whether all is well, as the issuer and Vault themselves tell. */
  readonly isWell: (w: CliWorld) => boolean;
}

export const BREAK_GLASS = "docs/runbook/break-glass";
const BY_HAND = /^By hand: (.+)$/;
const EXIT_CODE = /# .*\bexit code (\d)\b/;

/** The commands of a page as one script, each in the line where it stands in the page. */
function scriptOf(page: string): string {
  let isCommand = false;
  const lines = page.split("\n").map((line) => {
    if (line.startsWith("```")) {
      isCommand = !isCommand && line === "```sh";
      return "";
    }
    if (isCommand) return line;
    return BY_HAND.test(line) ? "by-hand" : "";
  });
  return lines.join("\n");
}

const done = (stdout = ""): ShellReply => ({ exitCode: 0, stdout });

/** Carries out a page, from the fault to health. Each command must end as its line says: with 0, or with the exit code in its comment. */
export async function carryOut(w: CliWorld, file: string, drill: Drill): Promise<void> {
  const page = readFileSync(file, "utf8");
  const lines = page.split("\n");
  const hands = { ...drill.byHand };
  const wrong: string[] = [];
  let told = "";

  const answers: Readonly<Record<string, (words: readonly string[], call: ShellCall) => Promise<ShellReply>>> = {
    oci: (words) => runOci(w, words),
    "oci-rotate": async (words) => {
      const { exitCode, stdout, stderr } = await w.run(...words);
      told += stderr;
      return { exitCode, stdout };
    },
    date: async () => done(`${new Date(w.clock.now()).toISOString().slice(0, 19)}Z\n`),
    sleep: async ([seconds]) => {
      await w.clock.sleep(Number(seconds) * 1000);
      return done();
    },
    editor: async ([file = ""]) => {
      const place = path.join(w.home, file);
      writeFileSync(place, drill.written?.(w, readFileSync(place, "utf8")) ?? "");
      return done();
    },
    "by-hand": async (_, { line }) => {
      const [, words = ""] = BY_HAND.exec(lines[line - 1] ?? "") ?? [];
      const act = hands[words];
      if (act === undefined) throw new Error(`the drill does not say how to: ${words}`);
      delete hands[words];
      await act(w);
      return done();
    },
  };
  const answer = async (call: ShellCall): Promise<ShellReply> => {
    const [command = "", ...words] = call.words;
    const line = lines[call.line - 1] ?? "";
    const expected = Number(EXIT_CODE.exec(line)?.[1] ?? 0);
    try {
      const reply = await answers[command]?.(words, call);
      if (reply?.exitCode === expected) return { ...reply, exitCode: 0 };
      wrong.push(`${line}: exit code ${reply?.exitCode}\n${reply?.stdout}`);
    } catch (thrown) {
      wrong.push(`${line}: ${thrown}`);
    }
    return { exitCode: 1, stdout: "" };
  };

  await drill.begin(w);
  expect(drill.isWell(w), "the fault is there").toBe(false);
  const ran = await runInShell(scriptOf(page), w.home, drill.variables(w), answer);
  expect({ wrong, told, ...ran }).toMatchObject({ wrong: [], exitCode: 0 });
  expect(Object.keys(hands), "what the page does not tell a person to do").toEqual([]);
  expect(drill.isWell(w), "all is well").toBe(true);
}
