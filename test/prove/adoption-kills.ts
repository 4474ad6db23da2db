import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { StoredSecret } from "../../src/emulator/vault/state.ts";
import { versionAt } from "../../src/emulator/vault/state.ts";
import {
  type AdoptionName,
  type AdoptionSetup,
  adoptionWorlds,
  prepareAdoption,
  type Unmanaged,
} from "./adoption-setup.ts";
import { leaksIn } from "./canary.ts";
import { type CommandRig, type CommandRun, openCommandRig } from "./command-rig.ts";
import { conditionOf, hasConverged } from "./condition.ts";
import { seenContent } from "./contents.ts";
import { provenIssuers } from "./issuers/index.ts";
import {
  type Found as FoundOf,
  type Kill,
  type KillFigures,
  killEach,
  killOnce,
  SOON_MS,
  type Trial,
} from "./kill-each.ts";

/** `oci-rotate adopt` killed at every remote call, and run again. */
export interface AdoptionFigures extends KillFigures<Trouble> {
  /** A client whose holders were to keep their value and have lost it, or for which no version holds one that works. */
  readonly lost: number;
  /** A client with two secrets in Vault, or that was given more values than the kill explains. */
  readonly twice: number;
  /** A client that was not adopted, bound, scheduled or proven in the end, or an exit code that says otherwise. */
  readonly unfinished: number;
  /** A value in CURRENT that the issuer refuses, at any time: an application would have taken it. */
  readonly misled: number;
  readonly leaks: number;
}

/** The request after which the issuer accepts a new value. */
const MAKING: readonly CallName[] = ["regenerate", "install"];

type Trouble = "lost" | "twice" | "unfinished" | "misled" | "leaks";
type Found = FoundOf<Trouble>;

const secretsOf = ({ emulator }: CommandRig, { clientId }: Unmanaged): readonly StoredSecret[] =>
  Object.values(emulator.state.vault.secrets).filter(
    ({ versions, name }) =>
      name !== "authority" && versions.some(({ content }) => seenContent(content).clientId === clientId),
  );

/** What must hold whenever nothing runs: before the command is run again, too. */
function troublesAtRest({ world, clients }: AdoptionSetup, rig: CommandRig): Found {
  const { accepts } = provenIssuers[world.issuer];
  return clients.flatMap((client): Found => {
    const { clientId, value } = client;
    const isKept = ["dies", "revives"].includes(world.old) || accepts(rig.emulator, clientId, value);
    const [secret, ...more] = secretsOf(rig, client);
    const current = secret === undefined ? undefined : versionAt(secret, "CURRENT");
    const shown = current === undefined ? null : seenContent(current.content).clientSecret;
    return [
      ...(isKept ? [] : [["lost", `${clientId}: the value in use is dead`] as const]),
      ...(more.length === 0 ? [] : [["twice", `${clientId} has ${more.length + 1} secrets`] as const]),
      ...(shown === null || accepts(rig.emulator, clientId, shown)
        ? []
        : [["misled", `${clientId}: CURRENT holds a value that is refused`] as const]),
    ];
  });
}

/** Whether the secret is bound to its client and rotated by the function. */
function isBound({ definedTags, rotationConfig }: StoredSecret, clientId: string, functionId: string): boolean {
  const tags = definedTags["rotation"] as Record<string, unknown> | undefined;
  const text = JSON.stringify(rotationConfig ?? {});
  return String(tags?.["client"]).includes(`client=${clientId}`) && text.includes(functionId) && text.includes("P30D");
}

/** How many values the issuer has made, or been given. */
const madeBy = ({ requests }: CommandRig["emulator"], kill: Kill | null): number =>
  requests.filter(({ call }, at) => MAKING.includes(call) && !(kill?.kind === "killed-before" && kill.at === at))
    .length;

/** Clients whose value the issuer has made and no version holds: the kill struck between the two, and another must be made. */
function unstored({ world, clients }: AdoptionSetup, rig: CommandRig): number {
  if (world.old !== "dies") return 0;
  const { accepts } = provenIssuers[world.issuer];
  return clients.filter((client) => {
    const isStored = secretsOf(rig, client).some(({ versions }) =>
      versions.some(({ content }) => {
        const { clientSecret } = seenContent(content);
        return clientSecret !== null && accepts(rig.emulator, client.clientId, clientSecret);
      }),
    );
    return !isStored && !accepts(rig.emulator, client.clientId, client.value);
  }).length;
}

function troublesAtEnd(
  setup: AdoptionSetup,
  rig: CommandRig,
  last: CommandRun,
  { made, allowed }: { readonly made: number; readonly allowed: number },
): Found {
  const { world, clients, functionId } = setup;
  const { emulator } = rig;
  const found = clients.flatMap((client): Found => {
    const { clientId } = client;
    const [secret] = secretsOf(rig, client);
    if (secret === undefined) return [["unfinished", `${clientId} has no secret`]];
    const condition = conditionOf({
      emulator,
      setup: { secretId: secret.id, clientId, combination: { issuer: world.issuer } },
    });
    return [
      ...(world.old === "revives" && !provenIssuers[world.issuer].accepts(emulator, clientId, client.value)
        ? [["lost", `${clientId}: the value that had ended does not work again`] as const]
        : []),
      ...(condition.isStored ? [] : [["lost", `no version of ${clientId} works`] as const]),
      ...(hasConverged(condition) ? [] : [["unfinished", `${clientId} is not adopted`] as const]),
      ...(isBound(secret, clientId, functionId) ? [] : [["unfinished", `${clientId} is not bound`] as const]),
    ];
  });
  return [
    ...troublesAtRest(setup, rig),
    ...found,
    ...(made > allowed ? [["twice", `${made} values were made for ${clients.length} clients`] as const] : []),
    ...(last.exitCode === 0 ? [] : [["unfinished", `the last run ended with ${last.exitCode}`] as const]),
  ];
}

async function runKill(
  setup: AdoptionSetup,
  kill: Kill | null,
): Promise<{ found: Found; requests: readonly CallName[] }> {
  const rig = openCommandRig(setup);
  const { emulator } = rig;
  emulator.faults.next = () => (emulator.requests.length === kill?.at ? kill.kind : undefined);
  const first = await rig.run();
  const requests = emulator.requests.map(({ call }) => call);
  const before = troublesAtRest(setup, rig);
  const planned = setup.world.old === "stays-alone" ? 0 : setup.clients.length;
  const allowed = planned + unstored(setup, rig);
  await rig.pause(SOON_MS);
  const second = await rig.run();
  const leaks = leaksIn({ output: first.written + second.written }, rig.canaries);
  const after = troublesAtEnd(setup, rig, second, { made: madeBy(emulator, kill), allowed });
  return {
    found: [...before, ...after, ...leaks.map((where) => ["leaks", `a secret in the ${where}`] as const)],
    requests,
  };
}

const isName = (text: string): text is AdoptionName => Object.hasOwn(adoptionWorlds, text);

function trialOf(name: AdoptionName, seed: number): Trial<Trouble> {
  const setup = prepareAdoption(name, seed);
  return { id: `adopt/${name}`, run: (kill) => runKill(setup, kill), close: setup.close };
}

export const noAdoptionTroubles = { lost: 0, twice: 0, unfinished: 0, misled: 0, leaks: 0 };
export const killedAdoptions = Object.keys(adoptionWorlds).filter(isName);

/** In virtual time, with the real command; after each kill it is run once more, and must have adopted each client once. */
export function runAdoptionKills(name: AdoptionName, seed: number): Promise<AdoptionFigures> {
  return killEach<Trouble>(trialOf(name, seed), noAdoptionTroubles);
}

/**
 * One kill by itself, in words. @param id `adopt/world/call:kind`, or `-` for no kill
 * @returns what is wrong; empty: nothing
 */
export function adoptionProblems(id: string, seed: number): Promise<readonly string[]> {
  const [, name = "", kill = ""] = id.split("/");
  if (!isName(name)) throw new Error(`"${name}" is no adoption that is tried.`);
  return killOnce(trialOf(name, seed), kill);
}
