import { failure, success } from "../../base/answer.ts";
import { turnOf } from "../../base/budget.ts";
import { asRotationError, RotationError } from "../../base/errors.ts";
import { shortOcid } from "../../base/log.ts";
import type { Answer } from "../answer.ts";
import { run } from "../pipeline.ts";
import { findSecrets, type HealAllContext, inOrder, type Order } from "./heal-order.ts";

type Result = "healed" | "healthy" | "busy" | "failed";
type Counts = Readonly<Record<Result | "remaining", number>>;

interface Healed {
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

/** Whether the second round may fix a failure of the first. Another run at work does not count. */
function isPassing({ code, responseCode }: RotationError): boolean {
  return responseCode === 503 && code !== "CLAIM_LIVE";
}

/** Whether it only lacked the time to mint safely. Such secrets go before those whose issuer does not answer. */
function needsTime({ error }: Healed): boolean {
  return error?.code === "DEADLINE_TOO_SHORT";
}

async function healOne(context: HealAllContext, secretId: string, turnMs: number): Promise<Healed> {
  const turn = turnOf(context.budget, context.clock, turnMs);
  try {
    const { code } = await run(context.contextFor(secretId, turn), { name: "HEAL" }, { stages: [], rotationId: null });
    return { secretId, outcome: code === "NOTHING_TO_DO" ? "healthy" : "healed", error: null };
  } catch (thrown) {
    const error = asRotationError(thrown);
    if (error.code === "CLAIM_LIVE") return { secretId, outcome: "busy", error };
    return { secretId, outcome: isPassing(error) ? "passing" : "failed", error };
  }
}

/** All secrets of one call, in two rounds. */
class Rounds {
  readonly #context: HealAllContext;
  readonly #order: Order;
  readonly #counts: Record<Result, number> = { healed: 0, healthy: 0, busy: 0, failed: 0 };
  /** Secrets that need longer than a turn of the first round. */
  #putOff: Healed[] = [];
  #firstFailure: Healed | null = null;

  constructor(context: HealAllContext, order: Order) {
    this.#context = context;
    this.#order = order;
  }

  async toTheEnd(): Promise<void> {
    const { failed, others } = this.#order;
    const all = this.#left();
    const kept = Math.min(FIRST_TURN_MS + this.#timeToMint(), all * MINTING_SHARE);
    await this.#first(failed, all * (1 - FAILED_SHARE));
    await this.#first(others, kept);
    await this.#first(failed, kept);
    await this.#second(needsTime);
    await this.#first(others, 0);
    await this.#first(failed, 0);
    await this.#second(() => true);
  }

  get counts(): Counts {
    const { failed, others } = this.#order;
    return { ...this.#counts, remaining: failed.length + others.length + this.#putOff.length };
  }

  get firstFailure(): Healed | null {
    return this.#firstFailure;
  }

  #left(): number {
    return this.#context.budget.remaining();
  }

  /** Less time than this does not finish even a small heal. */
  #isTimeFor(turnMs: number): boolean {
    return this.#left() >= Math.max(turnMs, 3 * this.#context.settings.callTimeoutSeconds * 1000);
  }

  /** The time for a mint, the work before it and all that must follow. */
  #timeToMint(): number {
    const { callTimeoutSeconds, activeWaitSeconds } = this.#context.settings;
    return BEFORE_MINT_MS + (3 * callTimeoutSeconds + activeWaitSeconds) * 1000;
  }

  async #first(secretIds: string[], keptMs: number): Promise<void> {
    while (this.#isTimeFor(keptMs)) {
      const secretId = secretIds.shift();
      if (secretId === undefined) return;
      const one = await healOne(this.#context, secretId, FIRST_TURN_MS);
      if (one.outcome === "passing") {
        this.#context.log.info("heal-put-off", { secretId, outcome: one.error?.code });
        this.#putOff.push(one);
      } else this.#count(one);
    }
  }

  /** @param whom selects among the secrets put off; they keep their order */
  async #second(whom: (one: Healed) => boolean): Promise<void> {
    const chosen = this.#putOff.filter(whom);
    while (this.#isTimeFor(0)) {
      const next = chosen.shift();
      if (next === undefined) return;
      this.#putOff = this.#putOff.filter((one) => one !== next);
      const turnMs = Math.max(this.#left() * SECOND_TURN_SHARE, this.#timeToMint());
      this.#count(await healOne(this.#context, next.secretId, turnMs));
    }
  }

  #count(one: Healed): void {
    const outcome = one.outcome === "passing" ? "failed" : one.outcome;
    this.#counts[outcome] += 1;
    const { secretId, error } = one;
    if (error === null) return;
    this.#context.log.warn("heal-failed", { secretId, outcome: error.code, message: error.returnMessage });
    if (outcome === "failed") this.#firstFailure ??= one;
  }
}

/**
 * Heals every secret in the configured compartments whose rotation targets this function, while time remains.
 * @throws RotationError EVENT_INVALID, SETTINGS_INVALID, or as SecretDirectory does
 */
export async function healAll(context: HealAllContext): Promise<Answer> {
  const rounds = new Rounds(context, await inOrder(context, await findSecrets(context)));
  await rounds.toTheEnd();
  return answerOf(rounds.counts, rounds.firstFailure);
}

/**
 * Every caller of the function can read this answer. Of a failed secret it gives the code, and the same short id as the
 * log.
 */
function answerOf(counts: Counts, firstFailure: Healed | null): Answer {
  const { healed, healthy, busy, failed, remaining } = counts;
  const what = `${healed} healed, ${healthy} healthy, ${busy} busy, ${failed} failed, ${remaining} left`;
  if (firstFailure !== null && firstFailure.error !== null) {
    // The alarm or schedule that sent this must see that work is left, and of what kind.
    const why = new RotationError(
      firstFailure.error.code,
      `${what}; the first failure is that of the secret whose OCID ends in ${shortOcid(firstFailure.secretId)}`,
      "read the log lines heal-failed",
    );
    return { ...failure(why), ...counts };
  }
  const next = remaining > 0 ? "send heal again" : "nothing";
  return { ...success(healed > 0 ? "OK" : "NOTHING_TO_DO", what, null, next), ...counts };
}
