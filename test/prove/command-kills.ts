import type { CallName } from "../../src/emulator/core/call-names.ts";
import { versionAt } from "../../src/emulator/vault/state.ts";
import { leaksIn } from "./canary.ts";
import { combinationId, parseCombination } from "./combinations.ts";
import { type CommandRig, type CommandRun, type CommandSetup, openCommandRig, prepareCommand } from "./command-rig.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { seenContent } from "./contents.ts";
import {
  type Found as FoundOf,
  type Kill,
  type KillFigures,
  killEach,
  killOnce,
  SOON_MS,
  type Trial,
} from "./kill-each.ts";
import { leastCalls } from "./liveness.ts";

/** `oci-rotate rotate --all-due` killed at every remote call, and run again. */
export interface CommandFigures extends KillFigures<Trouble> {
  /** A secret whose client secret no version holds afterwards. */
  readonly lost: number;
  /** A secret for which two new client secrets were stored. */
  readonly twice: number;
  /** A secret that was not rotated, a CURRENT that does not log in, something left pending, or an exit code that says otherwise. */
  readonly unfinished: number;
  readonly leaks: number;
}

const SECRETS = 2;
export const noRotationTroubles = { lost: 0, twice: 0, unfinished: 0, leaks: 0 };
export const killedRotations = ["read-back", "token-lives"] as const;
export type KilledRotation = (typeof killedRotations)[number];

type Trouble = "lost" | "twice" | "unfinished" | "leaks";
type Found = FoundOf<Trouble>;

function troublesOf(setup: CommandSetup, rig: CommandRig, last: CommandRun, written: string): Found {
  const { emulator } = rig;
  const found = setup.secretIds.flatMap((secretId, index): Found => {
    const clientId = setup.clientIds[index] ?? "";
    const condition = conditionOf({ emulator, setup: { secretId, clientId, combination: setup.combination } });
    const secret = emulator.admin.secret(secretId);
    const values = secret.versions.map(({ content }) => seenContent(content)).filter(({ isClaim }) => !isClaim);
    const made = new Set(values.map(({ clientSecret }) => clientSecret)).size - 1;
    const isOld = versionAt(secret, "CURRENT")?.number === 1;
    return [
      ...(condition.isStored ? [] : [["lost", `secret ${index} is lost`] as const]),
      ...(made > 1 ? [["twice", `secret ${index} got ${made} new client secrets`] as const] : []),
      ...(isOld || !hasConverged(condition) ? [["unfinished", `secret ${index} is not rotated`] as const] : []),
    ];
  });
  const leaks = leaksIn({ output: written }, rig.canaries).map(
    (where) => ["leaks", `a secret in the ${where}`] as const,
  );
  const isWrong = last.exitCode !== 0 ? [["unfinished", `the last run ended with ${last.exitCode}`] as const] : [];
  return [...found, ...isWrong, ...leaks];
}

/** What one run of the command must have done if nothing prevented it. */
function judgeQuiet(setup: CommandSetup, rig: CommandRig, run: CommandRun): Found {
  const { length } = rig.emulator.requests;
  const least = setup.secretIds.length * leastCalls(setup, "whole");
  const short = length >= least ? [] : [["unfinished", `it took ${length} remote calls, and needs ${least}`] as const];
  return [...troublesOf(setup, rig, run, run.written), ...short];
}

async function runKill(
  setup: CommandSetup,
  kill: Kill | null,
): Promise<{ found: Found; requests: readonly CallName[] }> {
  const rig = openCommandRig(setup);
  const { emulator } = rig;
  emulator.faults.next = () => (emulator.requests.length === kill?.at ? kill.kind : undefined);
  const first = await rig.run();
  const requests = emulator.requests.map(({ call }) => call);
  const quiet = kill === null ? judgeQuiet(setup, rig, first) : [];
  await rig.pause(SOON_MS);
  const second = await rig.run();
  return { found: [...quiet, ...troublesOf(setup, rig, second, first.written + second.written)], requests };
}

function trialOf(combination: string, seed: number): Trial<Trouble> {
  const setup = prepareCommand(parseCombination(combination), seed, SECRETS);
  const id = `rotate/${combinationId(setup.combination)}`;
  return { id, run: (kill) => runKill(setup, kill), close: setup.close };
}

/**
 * Several secrets at once, in virtual time, with the real command; after each kill it is run once more, and must have
 * rotated each once.
 */
export function runCommandKills(combination: KilledRotation, seed: number): Promise<CommandFigures> {
  return killEach<Trouble>(trialOf(combination, seed), noRotationTroubles);
}

/**
 * One kill by itself, in words. @param id `rotate/combination/call:kind`, or `-` for no kill
 * @returns what is wrong; empty: nothing
 */
export function commandProblems(id: string, seed: number): Promise<readonly string[]> {
  const [, combination = "", kill = ""] = id.split("/");
  return killOnce(trialOf(combination, seed), kill);
}
