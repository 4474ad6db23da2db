import { faultKinds } from "../../../src/emulator/core/faults.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { fractionOf } from "../enumerate.ts";
import { type EvilMode, evilModes } from "./evil.ts";
import { type HistoryName, hasHistory, historyNames } from "./histories.ts";
import { hostileBodies, hostileCalls } from "./hostile.ts";
import { fits, type MoveName, moveNames, ownMoves } from "./moves.ts";
import type { Prepared } from "./prepare.ts";
import { type AdversarySchedule, adversaryScheduleId, type EventName, type TimedMove } from "./schedule.ts";
import { spellingMoves } from "./spellings.ts";
import { groundOf, isTwoSlot, type WorldKind, worldId, worldKinds } from "./worlds.ts";

/** A world, what became of it, and what happens now: the runs that begin alike. */
export interface Triple {
  readonly kind: WorldKind;
  readonly history: HistoryName;
  readonly event: EventName;
}

/** Events that fit a history: those that find work there, and those that must find none. */
const fitting: Readonly<Record<HistoryName, readonly EventName[]>> = {
  H1: ["four-steps", "whole", "compromised", "heal-many", "own-whole", "own-compromised", "own-heal"],
  H2: ["whole", "heal", "retire", "rollback"],
  H3: ["heal", "whole"],
  H4: ["heal", "four-steps"],
  H5: ["heal", "whole"],
  H6: ["heal", "whole"],
  H7: ["whole", "heal"],
  H8: ["heal", "adopt"],
  H9: ["heal", "whole"],
  H10: ["heal"],
  H11: ["heal"],
  H12: ["heal"],
  H13: ["heal", "whole", "retire", "rollback"],
  H14: ["heal", "retire", "whole"],
  H15: ["heal", "retire", "whole", "rollback"],
};

/** Where the strongest moves are made at every request to Vault; where a history does not fit, another of these takes its place. */
const searched: readonly `${HistoryName} ${EventName}`[] = [
  ...(["H1 whole", "H1 four-steps", "H2 whole", "H2 heal", "H2 retire", "H3 heal", "H4 heal"] as const),
  ...(["H5 heal", "H5 whole", "H6 heal", "H7 whole"] as const),
];
const MAX_SEARCHED = 8;
/** And in one world of each kind of issuer. */
const searchedOnce: readonly `${HistoryName} ${EventName}`[] = ["H8 adopt", "H9 heal", "H15 heal"];

const strongest: readonly MoveName[] = [
  ...(["c1-current", "c3-current", "c4-current", "c7-current", "c1-pending"] as const),
  ...(["c7-pending", "c8-pending", "c9-pending", "promote-previous", "names-three"] as const),
];
/** The strongest against a client that is being adopted, or whose users acknowledge. */
const strongestLater: readonly MoveName[] = [
  ...(["c1-current", "c7-current", "c13-current", "c14-pending", "promote-first"] as const),
  ...(["ack-all", "ack-alone", "promote-previous"] as const),
];
/** Moves that decide by what the attacker's servers answer: each answer is tried. */
const manyFaced: readonly MoveName[] = ["c1-current", "c3-current"];

/** Of each triple: two moves, and a move with a fault. */
const SEEDED_A_TRIPLE = 14;
const SEEDED_A_LATER_TRIPLE = 6;
/** The histories of ordinary secrets. */
const ordinary: readonly HistoryName[] = ["H1", "H2", "H3", "H4", "H5", "H6", "H7"];
const isLater = ({ kind, history }: Triple) => kind.acknowledges === true || !ordinary.includes(history);
/** What is not the same for every kind of world. */
function happens(event: EventName, kind: WorldKind, history: HistoryName): boolean {
  if (event === "retire" || (history === "H13" && event === "whole")) return isTwoSlot(kind);
  // Only what makes a version CURRENT has anybody told.
  return history !== "H1" || kind.acknowledges !== true || event === "whole" || event === "heal-many";
}

function triplesOf(kind: WorldKind): Triple[] {
  const { isIssuerChosen } = groundOf(kind);
  return historyNames
    .filter((history) => hasHistory(kind, isIssuerChosen, history))
    .flatMap((history) =>
      fitting[history]
        .filter((event) => happens(event, kind, history))
        .map((event): Triple => ({ kind, history, event })),
    );
}

export const triples: readonly Triple[] = worldKinds.flatMap(triplesOf);

const isOwn = ({ event }: Triple) => event.startsWith("own-");

/** The first world of its kind of issuer that has the history. */
function isFirstWith({ kind, history }: Triple): boolean {
  const having = worldKinds.filter(
    (one) => one.issuer === kind.issuer && hasHistory(one, groundOf(one).isIssuerChosen, history),
  );
  return worldId(having[0] ?? kind) === worldId(kind);
}

function isSearched(triple: Triple): boolean {
  const { kind, history, event } = triple;
  if (isLater(triple))
    return searchedOnce.includes(`${history} ${event}` as (typeof searched)[number]) && isFirstWith(triple);
  const all = triplesOf(kind).map((triple) => `${triple.history} ${triple.event}` as (typeof searched)[number]);
  return searched
    .filter((name) => all.includes(name))
    .slice(0, MAX_SEARCHED)
    .includes(`${history} ${event}` as (typeof searched)[number]);
}

function evilFor(text: string, seed: number): EvilMode {
  return evilModes[Math.floor(fractionOf(text, seed) * evilModes.length)] ?? "token";
}

/** How many requests the run without the attacker sends in its event. */
export interface Length {
  readonly vaultRequests: number;
  readonly requests: number;
}

type Make = (more: Partial<Pick<AdversarySchedule, "moves" | "fault" | "hostile" | "evil">>) => AdversarySchedule;

function beforeEvent(make: Make, moves: readonly MoveName[], seed: number): AdversarySchedule[] {
  return moves.flatMap((move) => {
    const modes = manyFaced.includes(move) ? evilModes : [evilFor(adversaryScheduleId(make({})) + move, seed)];
    return modes.map((evil) => make({ evil, moves: [{ move, at: 0 }] }));
  });
}

function atEveryRequest(make: Make, moves: readonly MoveName[], { vaultRequests }: Length, seed: number) {
  return moves.flatMap((move) =>
    Array.from({ length: vaultRequests }, (_, index) => {
      const at = index + 1;
      return make({ evil: evilFor(`${adversaryScheduleId(make({}))}${move}${at}`, seed), moves: [{ move, at }] });
    }),
  );
}

/** Two moves, of which one comes before; and one move with one fault, wherever. */
function seeded(
  make: Make,
  moves: readonly MoveName[],
  late: readonly MoveName[],
  length: Length,
  seed: number,
): AdversarySchedule[] {
  const count = late === strongest ? SEEDED_A_TRIPLE : SEEDED_A_LATER_TRIPLE;
  const entropy = createSeededEntropy(
    seed * 1_000_003 + Math.floor(fractionOf(adversaryScheduleId(make({})), seed) * 2 ** 31),
  );
  const pick = <T>(items: readonly T[]): T => items[Math.floor(entropy.fraction() * items.length)] as T;
  const upTo = (count: number) => Math.floor(entropy.fraction() * count);
  const later = (): TimedMove => ({ move: pick(late), at: 1 + upTo(length.vaultRequests) });
  return Array.from({ length: count }, () => [
    make({ evil: pick(evilModes), moves: [{ move: pick(moves), at: 0 }, later()] }),
    make({
      evil: pick(evilModes),
      moves: [pick([later(), { move: pick(moves), at: 0 }])],
      fault: { at: upTo(length.requests), kind: pick(faultKinds) },
    }),
  ]).flat();
}

/** The first world of each kind of issuer in which everybody's issuer can be reached. */
function isSpokesman({ kind }: Triple): boolean {
  const ofKind = worldKinds.filter(({ issuer }) => issuer === kind.issuer);
  return worldId(ofKind.find(({ origins }) => origins === "open") ?? kind) === worldId(kind);
}

const hostileEvents: Readonly<Record<(typeof hostileCalls)[number], readonly string[]>> = {
  login: ["H1 whole"],
  change: ["H1 whole"],
  "login-new": ["H1 whole"],
  look: ["H3 heal", "H5 heal"],
  end: ["H2 retire", "H2 heal"],
};

function hostile(make: Make, triple: Triple): AdversarySchedule[] {
  const name = `${triple.history} ${triple.event}`;
  const all = triplesOf(triple.kind).map(({ history, event }) => `${history} ${event}`);
  return hostileCalls
    .filter((call) => hostileEvents[call].find((event) => all.includes(event)) === name)
    .flatMap((call) => hostileBodies.map((body) => make({ hostile: { call, body } })));
}

/** All schedules that begin with a triple. */
export function schedulesOf(
  triple: Triple,
  prepared: Pick<Prepared, "clients">,
  length: Length,
  seed: number,
): AdversarySchedule[] {
  const make: Make = (more) => ({ ...triple, evil: "token", moves: [], fault: null, hostile: null, ...more });
  const fitted = (moves: readonly MoveName[]) => moves.filter((move) => fits(move, triple, prepared));
  if (isOwn(triple)) return beforeEvent(make, fitted(ownMoves), seed);
  const moves = fitted(moveNames);
  const late = isLater(triple) ? fitted(strongestLater) : strongest;
  const isSpeaking = isSpokesman(triple);
  const crossing = `${triple.history} ${triple.event}`;
  return [
    ...beforeEvent(make, moves, seed),
    ...(triple.event === "heal-many" ? beforeEvent(make, fitted(ownMoves), seed) : []),
    ...(isSearched(triple) ? atEveryRequest(make, fitted(late), length, seed) : []),
    ...seeded(make, moves, late, length, seed),
    ...(isSpeaking && crossing === "H2 heal" ? beforeEvent(make, spellingMoves, seed) : []),
    ...(isSpeaking ? hostile(make, triple) : []),
  ];
}
