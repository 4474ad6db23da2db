import { type AcknowledgementMove, acknowledgementMoves, forgeAcknowledgements } from "./acknowledgements.ts";
import type { Attacker } from "./attacker.ts";
import { type ContentName, contentNames, contents, hasSubject } from "./contents.ts";
import { type HistoryName, isAdoption } from "./histories.ts";
import { forgeMetadata, type MetadataMove, metadataMoves } from "./metadata.ts";
import { compartments, type Prepared } from "./prepare.ts";
import { spellingMoves, storeSpelling } from "./spellings.ts";
import type { WorldKind } from "./worlds.ts";

type ContentMove = `${ContentName}-${"current" | "pending"}`;

const LIMIT = 30;
const FREE = 4;
const JUNK = 9;
/** A rotation writes no more versions than these. */
const OWN_NAMES = 3;

const highest = (attacker: Attacker) => Math.max(...attacker.versions().map(({ number }) => number));
const numberOf = (attacker: Attacker, stage: string) =>
  attacker.versions().findLast((version) => version.stage === stage && version.deletionAt === null)?.number;

function promoteIf(attacker: Attacker, number: number | undefined): void {
  if (number !== undefined) attacker.promote(number);
}

/** A version of his own, written and made nothing of, then made CURRENT by its number. */
function promoteOwn(attacker: Attacker): void {
  attacker.store(contents.c1(attacker), "PENDING");
  attacker.promote(highest(attacker));
}

/** Junk under names that the rotator would give its next versions, which come after the junk itself. */
function take(attacker: Attacker, endings: (next: number) => readonly string[], count: number): void {
  const next = highest(attacker) + count + 1;
  for (const ending of endings(next)) attacker.store(contents.c7(attacker), "PENDING", `orot-${ending}`);
}

function junk(attacker: Attacker, content: ContentName, count: number): void {
  for (let left = count; left > 0; left--) attacker.store(contents[content](attacker), "PENDING");
}

const others = {
  "promote-previous": (attacker) => promoteIf(attacker, numberOf(attacker, "PREVIOUS")),
  // He tells a claim by its place: the one PENDING version, or the one right below CURRENT.
  "promote-claim": (attacker) =>
    promoteIf(attacker, numberOf(attacker, "PENDING") ?? (numberOf(attacker, "CURRENT") ?? 0) - 1),
  "promote-deprecated": (attacker) => promoteIf(attacker, numberOf(attacker, "DEPRECATED")),
  "promote-first": (attacker) => attacker.promote(1),
  "promote-own": promoteOwn,
  "outcome-failed": (attacker) =>
    attacker.setTags({ ...attacker.tags(), "orot-outcome": `LOCKED_OUT ${new Date(attacker.now()).toISOString()} v1` }),
  "due-long-ago": (attacker) =>
    attacker.setTags({
      ...attacker.tags(),
      "orot-expires-on": `1970-01-01T00:00:00Z v${numberOf(attacker, "CURRENT") ?? 1}`,
    }),
  "ten-tags": (attacker) =>
    attacker.setTags(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`rogue-${at}`, "x"]))),
  "name-next": (attacker) => take(attacker, (next) => [String(next)], 1),
  "name-after": (attacker) => take(attacker, (next) => [String(next + 1), `${next + 1}.1`], 2),
  "names-three": (attacker) =>
    take(
      attacker,
      (next) => Array.from({ length: OWN_NAMES }, (_, at) => [String(next + at), `${next + at}.1`]).flat(),
      2 * OWN_NAMES,
    ),
  "no-room": (attacker) => {
    const used = attacker.versions().filter(({ deletionAt }) => deletionAt === null).length;
    junk(attacker, "c7", Math.max(0, LIMIT - FREE - used));
  },
  "junk-own": (attacker) => junk(attacker, "c7", JUNK),
  "junk-other": (attacker) => junk(attacker, "c1", JUNK),
} as const satisfies Record<string, (attacker: Attacker) => void>;

type OtherMove = keyof typeof others;

/** What O holds, and where it lies. */
const ownContents = ["c5a", "c5b", "c6", "c7"] as const;
const ownPlaces = {
  elsewhere: (attacker: Attacker) => attacker.moveOwn(compartments.attackers),
  beside: () => undefined,
  moved: (attacker: Attacker) => {
    attacker.moveOwn(compartments.attackers);
    attacker.moveOwn(compartments.teamA);
  },
} as const;
type OwnMove = `own-${(typeof ownContents)[number]}-${keyof typeof ownPlaces}`;

export type MoveName =
  | ContentMove
  | OtherMove
  | MetadataMove
  | AcknowledgementMove
  | OwnMove
  | (typeof spellingMoves)[number];

const contentMoves = contentNames.flatMap((content): ContentMove[] => [`${content}-current`, `${content}-pending`]);
/** All moves on S; spellings apart. */
export const moveNames: readonly MoveName[] = [
  ...contentMoves,
  ...(Object.keys(others) as OtherMove[]),
  ...metadataMoves,
  ...acknowledgementMoves,
];
export const ownMoves: readonly OwnMove[] = ownContents.flatMap((content) =>
  (Object.keys(ownPlaces) as (keyof typeof ownPlaces)[]).map((place): OwnMove => `own-${content}-${place}`),
);

/**
 * Some moves differ from others only if a client has an id besides `clientId`; some only if another authority may act for the client, if the
 * client was adopted, or if acknowledgements are waited for.
 */
export function fits(
  move: MoveName,
  { kind, history }: { readonly kind: WorldKind; readonly history: HistoryName },
  prepared: Pick<Prepared, "clients">,
): boolean {
  if (/(^|-)c5/.test(move)) return hasSubject(prepared);
  if (move.startsWith("c13-")) return kind.speaker !== "alone";
  if (move.startsWith("c14-") || move === "promote-first") return isAdoption(history);
  return !move.startsWith("ack-") || kind.acknowledges === true;
}

function isOne<T extends string>(name: string, names: readonly T[]): name is T {
  return (names as readonly string[]).includes(name);
}

export function parseMove(text: string): MoveName {
  const all = [...moveNames, ...ownMoves, ...spellingMoves];
  if (!isOne(text, all)) throw new Error(`unknown move "${text}". Next: copy it whole from a finding.`);
  return text;
}

/** Makes a move. */
export function play(attacker: Attacker, move: MoveName): void {
  if (isOne(move, metadataMoves)) forgeMetadata(attacker, move);
  else if (isOne(move, acknowledgementMoves)) forgeAcknowledgements(attacker, move);
  else if (isOne(move, spellingMoves)) storeSpelling(attacker, move);
  else if (isOne(move, contentMoves)) {
    const [content, stage] = move.split("-") as [ContentName, "current" | "pending"];
    const text = contents[content](attacker);
    // As the rotator names its own: who looks at a name takes it for one of them.
    if (stage === "pending") attacker.store(text, "PENDING");
    else if (!attacker.store(text, "CURRENT", `orot-${highest(attacker) + 1}`)) attacker.store(text, "CURRENT");
  } else if (isOne(move, ownMoves)) {
    const [, content, place] = move.split("-") as [string, (typeof ownContents)[number], keyof typeof ownPlaces];
    ownPlaces[place](attacker);
    attacker.storeOwn(contents[content](attacker));
  } else others[move](attacker);
}
