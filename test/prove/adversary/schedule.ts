import { type FaultKind, faultKinds } from "../../../src/emulator/core/faults.ts";
import { type EvilMode, evilModes } from "./evil.ts";
import { type HistoryName, historyNames } from "./histories.ts";
import { type HostileBody, type HostileCall, hostileBodies, hostileCalls } from "./hostile.ts";
import { type MoveName, parseMove } from "./moves.ts";
import { parseWorldKind, type WorldKind, worldId } from "./worlds.ts";

/** What happens in the midst of which the attacker moves; `adopt`: an adoption goes on; `own-`: of his own secret. */
export const eventNames = [
  ...(["four-steps", "whole", "compromised", "heal", "heal-many", "retire", "rollback", "adopt"] as const),
  ...(["own-whole", "own-compromised", "own-heal"] as const),
] as const;
export type EventName = (typeof eventNames)[number];

/** A move, and when: before the event (0), or right before the request of this number that the event's calls send to Vault, from 1. */
export interface TimedMove {
  readonly move: MoveName;
  readonly at: number;
}

/** Of the requests that the event's calls send, from 0. */
export interface TimedFault {
  readonly at: number;
  readonly kind: FaultKind;
}

/** The issuer itself answers the first request of this call in the event with such a body. */
export interface Hostility {
  readonly call: HostileCall;
  readonly body: HostileBody;
}

/** One run and its end, fully determined together with the seed. */
export interface AdversarySchedule {
  readonly kind: WorldKind;
  readonly history: HistoryName;
  readonly event: EventName;
  readonly evil: EvilMode;
  readonly moves: readonly TimedMove[];
  readonly fault: TimedFault | null;
  readonly hostile: Hostility | null;
}

/** What the id of such a schedule begins with. */
export const ADVERSARY_ID = "adversary/";
const NONE = "-";

/** `adversary/world/history/event/servers/moves/fault`, the moves as `move@instant`, joined by `+`; for the last `at:kind` or `call!body`. */
export function adversaryScheduleId({ kind, history, event, evil, moves, fault, hostile }: AdversarySchedule): string {
  const moveText = moves.map(({ move, at }) => `${move}@${at}`).join("+") || NONE;
  const faultText = fault === null ? NONE : `${fault.at}:${fault.kind}`;
  const last = hostile === null ? faultText : `${hostile.call}!${hostile.body}`;
  return `${ADVERSARY_ID}${[worldId(kind), history, event, evil, moveText, last].join("/")}`;
}

function oneOf<T extends string>(text: string | undefined, known: readonly T[], what: string): T {
  const found = known.find((name) => name === text);
  if (found === undefined) throw new Error(`unknown ${what} "${text}". Next: use one of ${known.join(", ")}.`);
  return found;
}

function parseTimedMove(text: string): TimedMove {
  const match = /^([a-z0-9-]+)@(\d{1,3})$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no move. Next: write it as move@instant.`);
  return { move: parseMove(match[1] ?? ""), at: Number(match[2]) };
}

function parseLast(text: string): Pick<AdversarySchedule, "fault" | "hostile"> {
  if (text === NONE) return { fault: null, hostile: null };
  const [call, body] = text.split("!");
  if (body !== undefined) {
    const hostile = { call: oneOf(call, hostileCalls, "call"), body: oneOf(body, hostileBodies, "body") };
    return { fault: null, hostile };
  }
  const match = /^(\d{1,4}):([a-z-]+)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is no fault. Next: write it as number:kind.`);
  return { fault: { at: Number(match[1]), kind: oneOf(match[2], faultKinds, "kind of fault") }, hostile: null };
}

/** Reads what `adversaryScheduleId` gives. Throws an Error that says what is wrong. */
export function parseAdversarySchedule(id: string): AdversarySchedule {
  const parts = id.slice(ADVERSARY_ID.length).split("/");
  const [world = "", history, event, evil, moves = "", last] = parts;
  if (last === undefined || parts.length > 6) {
    throw new Error("a schedule is adversary/world/history/event/servers/moves/fault. Next: copy it whole.");
  }
  return {
    kind: parseWorldKind(world),
    history: oneOf(history, historyNames, "history"),
    event: oneOf(event, eventNames, "event"),
    evil: oneOf(evil, evilModes, "answer of the attacker's servers"),
    moves: moves === NONE ? [] : moves.split("+").map(parseTimedMove),
    ...parseLast(last),
  };
}
