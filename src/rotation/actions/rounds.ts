import { turnOf } from "../../base/budget.ts";
import { SECOND_MS } from "../../base/durations.ts";
import { asRotationError, RotationError } from "../../base/errors.ts";
import { noteRun } from "../measured.ts";
import type { Outcome } from "../outcome.ts";
import { notStarted, type Pacer } from "../pace/pacer.ts";
import { run } from "../pipeline.ts";
import { timeToMintMs } from "../stages/regenerate/time.ts";
import type { Task } from "../task.ts";
import { type ClientTurns, createClientTurns } from "./client-turns.ts";
import { AT_ONCE, type ManyContext, type Order } from "./many.ts";
import { createStartPace, type StartPace, unpaced } from "./start-pace.ts";

/** `did`: the work was done. `fine`: nothing was to be done. */
type Result = "did" | "fine" | "busy" | "failed";

/** What each secret's turn is for. */
export interface Work {
  /** The beginning of its log events. */
  readonly name: "heal" | "rotate-due";
  readonly task: Task;
  /** Each turn is to make a new client secret, and takes as long as that does. */
  readonly mints: boolean;
  /** Runs it as soon as its issuer has room for it; `notStarted` if there is none in time. */
  readonly whenRoom: Pacer["run"] | null;
  /** The most secrets that it is done for; null: as many as there is time for. */
  readonly limit: number | null;
}

export interface Ended {
  readonly secretId: string;
  /** `passing`: failed for a reason that may pass by itself. */
  readonly outcome: Result | "passing";
  /** Of `failed` and `passing`. */
  readonly error: RotationError | null;
}

/** Limit of a turn in the first round, so that a silent issuer takes no more time from the others. */
const FIRST_TURN_MS = 20_000;
/** Limit of a turn in the second round, as a share of the time left: one secret waiting for its issuer gets no more. */
const SECOND_TURN_SHARE = 0.5;
/** Secrets that failed before, or say so, get no more than this share before the others have had their turn. */
const FAILED_SHARE = 0.5;
/**
 * At most this share is kept for secrets that need time to mint, or the first round would take all of it. Interrupted
 * rotations are among them.
 */
const MINTING_SHARE = 0.4;
/** Time for the work before a mint: finding out that it is needed, and the claim. */
const BEFORE_MINT_MS = 30_000;
/** Time for the look before the first login. */
const BEFORE_LOGIN_MS = 10_000;
/**
 * Time from that login to the mint, most of it for Vault to carry out the claim. A rotation that ended between the two
 * would leave its claim behind, and the next call would find the secret taken.
 */
const CLAIM_MS = 10_000;

/** With less time than this, no rotation begins. */
const leastToMintMs = (context: Pick<ManyContext, "settings">) => BEFORE_LOGIN_MS + CLAIM_MS + timeToMintMs(context);

/** @throws RotationError DEADLINE_TOO_SHORT before anything has begun */
export function requireTimeForOne(context: ManyContext): void {
  const [left, needed] = [context.budget.remaining(), leastToMintMs(context)];
  if (left >= needed) return;
  const seconds = (ms: number) => Math.floor(ms / SECOND_MS);
  throw new RotationError(
    "DEADLINE_TOO_SHORT",
    `${seconds(left)} s are left, and no rotation begins with less than ${seconds(needed)} s`,
  );
}

/** Whether the second round may fix a failure of the first. Another run at work does not count. */
function isPassing({ code, responseCode }: RotationError): boolean {
  return responseCode === 503 && code !== "CLAIM_LIVE";
}

/** Whether it only lacked the time to mint safely. Such secrets go before those whose issuer does not answer. */
function needsTime({ error }: Ended): boolean {
  return error?.code === "DEADLINE_TOO_SHORT";
}

/** One secret's turn. */
interface Turn {
  readonly secretId: string;
  readonly isSecond: boolean;
  readonly turnMs: () => number;
  /** To be called if it could not begin. It goes behind those who have not had a turn. */
  readonly putBack: () => void;
}

/** All secrets of one call, in two rounds, several at a time. */
export class Rounds {
  /** Ids of the secrets that this call is done with. */
  readonly done: string[] = [];
  readonly #context: ManyContext;
  readonly #order: Order;
  readonly #work: Work;
  readonly #all: number;
  readonly #pace: StartPace;
  readonly #clients: ClientTurns = createClientTurns();
  readonly #counts: Record<Result, number> = { did: 0, fine: 0, busy: 0, failed: 0 };
  #atWork = 0;
  /** Secrets that need longer than a turn of the first round. */
  #putOff: Ended[] = [];
  /** Turns that wait for another secret of the same client, by that secret. */
  readonly #behind = new Map<string, Turn[]>();
  #firstFailure: Ended | null = null;
  /** Nothing was sent, and no time is left for another turn: such a secret is left, not failed. */
  readonly #noRoom = new RotationError("DEADLINE_TOO_SHORT", "the issuer's limit left no room in this call");

  constructor(context: ManyContext, order: Order, work: Work) {
    this.#context = context;
    this.#work = work;
    this.#order = order;
    this.#all = this.#left();
    // What waits for its issuer's room needs no other pace.
    this.#pace =
      work.whenRoom === null
        ? createStartPace(context.clock, order.failed.length + order.others.length, this.#all)
        : unpaced;
  }

  async toTheEnd(): Promise<void> {
    const worker = async () => {
      for (let turn = this.#next(); turn !== null; turn = this.#next()) {
        this.#atWork += 1;
        await this.#pace.start(turn.isSecond);
        await this.#give(turn);
        this.#atWork -= 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }

  get counts(): Readonly<Record<Result | "remaining", number>> {
    const { failed, others } = this.#order;
    const waiting = [...this.#behind.values()].flat();
    return { ...this.#counts, remaining: failed.length + others.length + this.#putOff.length + waiting.length };
  }

  get firstFailure(): Ended | null {
    return this.#firstFailure;
  }

  #left(): number {
    return this.#context.budget.remaining();
  }

  /** Less time than this does not finish even a small heal. */
  #isTimeFor(turnMs: number): boolean {
    const least = this.#work.mints ? leastToMintMs(this.#context) : 0;
    return this.#left() >= Math.max(turnMs, least, 3 * this.#context.settings.callTimeoutSeconds * 1000);
  }

  /** The time for a mint, the work before it and all that must follow. */
  #timeToMint(): number {
    return BEFORE_MINT_MS + timeToMintMs(this.#context);
  }

  /** Whose turn it is; null: nobody's, or no time is left. */
  #next(): Turn | null {
    if (this.#counts.did + this.#atWork >= (this.#work.limit ?? Number.POSITIVE_INFINITY)) return null;
    const { failed, others } = this.#order;
    const kept = Math.min(FIRST_TURN_MS + this.#timeToMint(), this.#all * MINTING_SHARE);
    return (
      this.#first(failed, this.#all * (1 - FAILED_SHARE)) ??
      this.#first(others, kept) ??
      this.#first(failed, kept) ??
      this.#second(needsTime) ??
      this.#first(others, 0) ??
      this.#first(failed, 0) ??
      this.#second(() => true)
    );
  }

  #first(secretIds: string[], keptMs: number): Turn | null {
    const secretId = this.#isTimeFor(keptMs) ? secretIds.shift() : undefined;
    if (secretId === undefined) return null;
    const putBack = () => void secretIds.push(secretId);
    return { secretId, isSecond: false, turnMs: () => FIRST_TURN_MS, putBack };
  }

  /** @param whom selects among the secrets put off; they keep their order */
  #second(whom: (one: Ended) => boolean): Turn | null {
    const chosen = this.#isTimeFor(0) ? this.#putOff.find(whom) : undefined;
    if (chosen === undefined) return null;
    this.#putOff = this.#putOff.filter((one) => one !== chosen);
    const turnMs = () => Math.max(this.#left() * SECOND_TURN_SHARE, this.#timeToMint());
    return { secretId: chosen.secretId, isSecond: true, turnMs, putBack: () => void this.#putOff.push(chosen) };
  }

  async #give(turn: Turn): Promise<void> {
    const { secretId } = turn;
    const one = await this.#run(secretId, turn.turnMs());
    const holder = this.#clients.ended(secretId);
    if (holder !== null) this.#waitFor(holder, turn);
    else if (one.outcome === "passing" && (!turn.isSecond || one.error === this.#noRoom)) {
      this.#context.log.info(`${this.#work.name}-put-off`, { secretId, outcome: one.error?.code });
      this.#putOff.push(one);
    } else this.#count(one);
    this.#wakeNext(secretId);
  }

  /** Nobody occupies a place among those at work while waiting for another secret's turn to end. */
  #waitFor(holder: string, turn: Turn): void {
    if (!this.#clients.isHolding(holder)) turn.putBack();
    else this.#behind.set(holder, [...(this.#behind.get(holder) ?? []), turn]);
  }

  /** One at a time: the others would only meet each other. */
  #wakeNext(secretId: string): void {
    const [next, ...others] = this.#behind.get(secretId) ?? [];
    this.#behind.delete(secretId);
    if (next === undefined) return;
    next.putBack();
    if (others.length > 0) this.#behind.set(next.secretId, others);
  }

  async #run(secretId: string, turnMs: number): Promise<Ended> {
    const { budget, clock, contextFor } = this.#context;
    const turn = turnOf(budget, clock, turnMs);
    const { task, mints } = this.#work;
    // An issuer that answers gets the time for what follows; one that is silent has its turn end.
    const accepted = () => (mints ? turn.prolong(this.#timeToMint()) : undefined);
    const context = this.#clients.taking(contextFor(secretId, turn), accepted);
    try {
      const { code } = await this.#whenRoom(() => run(context, task, { stages: [], rotationId: null }));
      return { secretId, outcome: code === "OK" ? "did" : "fine", error: null };
    } catch (thrown) {
      const error = asRotationError(thrown);
      if (error.code === "CLAIM_LIVE") return { secretId, outcome: "busy", error };
      return { secretId, outcome: isPassing(error) ? "passing" : "failed", error };
    }
  }

  async #whenRoom(work: () => Promise<Outcome>): Promise<Outcome> {
    const { whenRoom } = this.#work;
    if (whenRoom === null) return work();
    const outcome = await whenRoom(work, () => this.#left() < CLAIM_MS + timeToMintMs(this.#context));
    if (outcome === notStarted) throw this.#noRoom;
    return outcome;
  }

  #count(one: Ended): void {
    const outcome = one.outcome === "passing" ? "failed" : one.outcome;
    this.#counts[outcome] += 1;
    this.done.push(one.secretId);
    const ending = one.error?.code ?? (outcome === "did" ? "OK" : "NOTHING_TO_DO");
    noteRun(this.#context.tally, this.#work.task.name, ending);
    const { secretId, error } = one;
    if (error === null) return;
    this.#context.log.warn(`${this.#work.name}-failed`, {
      secretId,
      outcome: error.code,
      message: error.returnMessage,
    });
    if (outcome === "failed") this.#firstFailure ??= one;
  }
}
