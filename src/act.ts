import { parseContent } from "./content.ts";
import { RotationError } from "./errors.ts";
import type { Invocation } from "./invocation.ts";
import type { Login } from "./issuers/issuer.ts";
import type { Action } from "./recovery/decide.ts";
import type { Memory } from "./recovery/memory.ts";
import type { Observation } from "./recovery/observe.ts";
import { readCredential } from "./recovery/view.ts";
import type { Secret } from "./secret.ts";
import { fetchToken } from "./stages/fetch-token.ts";
import { promote } from "./stages/promote.ts";
import { regenerate } from "./stages/regenerate.ts";
import type { StageName } from "./stages/stage.ts";
import { tidy } from "./stages/tidy.ts";
import { verifyCurrent } from "./stages/verify-current.ts";
import { verifyPending } from "./stages/verify-pending.ts";
import { writePending } from "./stages/write-pending.ts";
import type { Write } from "./vault/store.ts";
import { versionName } from "./vault/version-name.ts";

/** What one action brought. `look`: the next decision needs a new observation. `promoted`: the rotation is complete. */
export interface Effect {
  readonly stage: StageName;
  readonly outcome: string;
  readonly next: "decide" | "look" | "promoted";
  /** The write did not end well and will be tried again after a while. */
  readonly isRetry?: boolean;
}

export type StageAction = Exclude<Action, { kind: "wait" | "drop" | "done" | "fail" }>;

const stageOfAction = {
  prepare: "fetch-token",
  mint: "regenerate",
  "read-back": "regenerate",
  store: "write-pending",
  promote: "promote",
  "log-in-hand": "verify-pending",
} as const;

/** The stage that an action runs: the table from steps to stages is held to it. */
export function stageOf(action: StageAction): StageName {
  return action.kind === "log-in" ? action.stage : stageOfAction[action.kind];
}

async function logIn(
  invocation: Invocation,
  memory: Memory,
  action: Extract<Action, { kind: "log-in" }>,
): Promise<string> {
  const { versionNo } = action;
  const { credential } = await readCredential(invocation, memory, versionNo);
  let login: Login;
  if (action.stage === "verify-current") {
    login = await verifyCurrent(invocation, credential, versionNo);
    if (login.verdict === "accepted") memory.token = login.token;
  } else {
    login = await verifyPending(credential);
  }
  memory.logins.set(versionNo, login);
  return login.verdict;
}

async function prepare(invocation: Invocation, memory: Memory, { list, current }: Observation): Promise<Effect> {
  const { versionNo } = current;
  const { credential } = await readCredential(invocation, memory, versionNo);
  const held = memory.logins.get(versionNo)?.verdict === "rejected" ? memory.token : null;
  const token = await fetchToken(invocation, { credential, versionNo }, held, list, () =>
    tidy(invocation, list, versionNo),
  );
  if (token === "tidied") return { stage: "fetch-token", outcome: "tidied", next: "look" };
  memory.token = token;
  memory.isPrepared = true;
  return { stage: "fetch-token", outcome: "prepared", next: "decide" };
}

/** From here until it is stored, the value exists nowhere but in `memory.hand`. */
async function takeIntoHand(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  clientSecret: Secret,
): Promise<void> {
  const { content, credential } = await readCredential(invocation, memory, observation.current.versionNo);
  const text = content.withSecret(credential.rotatedMember, clientSecret);
  const handContent = parseContent(text);
  memory.hand = {
    text,
    content: handContent,
    credential: invocation.open(handContent),
    base: observation.list.versions[0]?.versionNo ?? 0,
    receivedAt: invocation.clock.monotonic(),
    login: null,
    takenName: null,
    failure: null,
  };
}

async function mint(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { credential } = await readCredential(invocation, memory, observation.current.versionNo);
  if (memory.token === null) throw new RotationError("INTERNAL", "a mint was decided without a token");
  memory.isPrepared = false;
  memory.mintGivenUpAt = null;
  memory.isReadBackSpent = false;
  const minted = await regenerate(invocation, credential, memory.token);
  if (minted.outcome === "refused") {
    memory.token = null;
    throw minted.error;
  }
  memory.mints += 1;
  if (minted.outcome === "unknown") {
    invocation.log.warn("mint-unanswered", {
      stage: "regenerate",
      code: minted.error.code,
      message: minted.error.returnMessage,
    });
    memory.mintGivenUpAt = invocation.clock.monotonic();
    return { stage: "regenerate", outcome: "unknown", next: "look" };
  }
  await takeIntoHand(invocation, memory, observation, minted.clientSecret);
  return { stage: "regenerate", outcome: "minted", next: "decide" };
}

async function readBack(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { credential } = await readCredential(invocation, memory, observation.current.versionNo);
  if (memory.token === null) throw new RotationError("INTERNAL", "reading back was decided without a token");
  const read = await credential.readBack(memory.token);
  const stage = "regenerate";
  if (read.outcome === "unknown") return { stage, outcome: "read-back-unknown", next: "look", isRetry: true };
  memory.isReadBackSpent = true;
  if (read.outcome === "token-refused") memory.token = null;
  if (read.outcome !== "read" || read.clientSecret.equals(credential.clientSecret)) {
    return { stage, outcome: "not-readable", next: "decide" };
  }
  await takeIntoHand(invocation, memory, observation, read.clientSecret);
  const login = await verifyPending(memory.hand?.credential ?? credential);
  if (login.verdict === "rejected") memory.hand = null;
  else if (memory.hand !== null) memory.hand.login = login;
  return { stage, outcome: `read-back-${login.verdict}`, next: "decide" };
}

async function store(invocation: Invocation, memory: Memory, observation: Observation): Promise<Effect> {
  const { hand } = memory;
  if (hand === null) throw new RotationError("INTERNAL", "storing was decided with nothing in hand");
  const name = versionName(observation.list.versions[0]?.versionNo ?? 0, hand.takenName);
  const write = await writePending(invocation, name, hand.text, memory.etag);
  if (write.outcome === "done") {
    memory.ownName = memory.mintGivenUpAt === null ? name : null;
  } else {
    hand.failure = write.error;
    hand.takenName = write.outcome === "name-taken" ? name : null;
  }
  const isStored = write.outcome === "done";
  return { stage: "write-pending", outcome: isStored ? "stored" : write.outcome, next: "look", isRetry: !isStored };
}

async function logInWithHand(memory: Memory): Promise<Effect> {
  if (memory.hand === null) throw new RotationError("INTERNAL", "a login was decided with nothing in hand");
  memory.hand.login = await verifyPending(memory.hand.credential);
  return { stage: "verify-pending", outcome: memory.hand.login.verdict, next: "decide" };
}

function promoted(write: Write): Effect {
  if (write.outcome === "done") return { stage: "promote", outcome: "promoted", next: "promoted" };
  if (write.outcome === "refused") throw write.error;
  return { stage: "promote", outcome: write.outcome, next: "look", isRetry: true };
}

/**
 * Runs the one stage that an action stands for, and keeps in `memory` what it brought.
 * @param observation the one that the action was decided from; null where the step looks at a single version
 * @throws RotationError where the call must end; `memory.hand` then still says whether a value is in hand
 */
export async function act(
  invocation: Invocation,
  memory: Memory,
  observation: Observation | null,
  action: StageAction,
): Promise<Effect> {
  if (action.kind === "log-in") {
    return { stage: action.stage, outcome: await logIn(invocation, memory, action), next: "decide" };
  }
  if (action.kind === "log-in-hand") return logInWithHand(memory);
  if (action.kind === "promote") return promoted(await promote(invocation, action.versionNo, memory.etag));
  if (observation === null)
    throw new RotationError("INTERNAL", `${action.kind} was decided without a list of versions`);
  const run = { prepare, mint, "read-back": readBack, store }[action.kind];
  return run(invocation, memory, observation);
}
