import { RotationError } from "../../base/errors.ts";
import { type Token, tokenKey } from "../../clients/http/token-cache.ts";
import type { Authorization, Credential } from "../../clients/issuers/issuer.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { COMFORTABLE_SLOTS, freeSlots, VERSION_LIMIT } from "../../clients/vault/version-slots.ts";
import { keepToken } from "../attempt/authorities.ts";
import type { AttemptWrites } from "../attempt/writes.ts";
import {
  authorize,
  lookUpOthers,
  markRefused,
  nextRequester,
  type Requester,
  requesterFor,
  requireAnotherAuthority,
  speaksForItself,
} from "../authorities.ts";
import type { Context } from "../context.ts";
import { readAll } from "../observe/contents.ts";
import type { Observed } from "../observe/observe.ts";
import { usable } from "../observe/values.ts";
import { requireWayBack } from "../ways-back.ts";
import { locks } from "./locks.ts";
import { requireTimeToMint } from "./regenerate/time.ts";
import type { Stage, StageResult } from "./stage.ts";
import { tidy } from "./tidy.ts";

/** A rotation uses three slots under one fault, four under two. */
export const NEEDED_SLOTS = 4;
/** A rotation that has already changed the issuer may use all slots but the two kept for credentials. */
const SLOTS_TO_FINISH = 3;

/** @throws RotationError NO_VERSION_SLOTS */
export function requireRoom(context: Context, list: VersionList, neededSlots: number): void {
  const free = freeSlots(list);
  if (free < COMFORTABLE_SLOTS) context.log.warn("version-slots-low", { free });
  if (free >= neededSlots) return;
  throw new RotationError(
    "NO_VERSION_SLOTS",
    `the secret has ${free} of ${VERSION_LIMIT} version slots free, and a rotation needs ${neededSlots}`,
  );
}

/**
 * Checks time and version slots before a rotation changes anything.
 * @param tidy makes room and returns how many deletions it scheduled; called below the comfortable number of slots
 * @returns false if versions were scheduled for deletion, so that Vault must be looked at again
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS
 */
export async function checkRoom(context: Context, list: VersionList, tidy: () => Promise<number>): Promise<boolean> {
  requireTimeToMint(context);
  if (freeSlots(list) < COMFORTABLE_SLOTS && (await tidy()) > 0) return false;
  requireRoom(context, list, NEEDED_SLOTS);
  return true;
}

/**
 * Checks room, then gets the token with which the client regenerates its own secret.
 * @returns null if versions were scheduled for deletion, so that Vault must be looked at again
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS, or the error of the token request
 */
export async function tokenOfCurrent(
  context: Context,
  { credential, versionNo }: { readonly credential: Credential; readonly versionNo: number },
  tokenLifeSeconds: number | null,
  list: VersionList,
  tidy: () => Promise<number>,
): Promise<Token | null> {
  if (!(await checkRoom(context, list, tidy))) return null;
  const key = tokenKey(context.secretId, versionNo, credential.tokenEndpoint.scope);
  return context.tokens.get(key, context.settings.tokenMarginSeconds * 1000, async () => {
    const login = await credential.login(tokenLifeSeconds);
    if (login.verdict === "unknown") throw login.error;
    if (login.verdict === "accepted") {
      if (login.token !== null) return login.token;
      throw new RotationError("ISSUER_CONFIGURATION", "the issuer gives this client no token any more");
    }
    throw new RotationError("VERDICT_UNKNOWN", "the issuer refused CURRENT right after it had accepted it");
  });
}

/** If the deadline was used up retrying the claim, report that write's error instead of DEADLINE_TOO_SHORT. */
function whyNoTime(writes: AttemptWrites, thrown: unknown): unknown {
  const isLate = thrown instanceof RotationError && thrown.code === "DEADLINE_TOO_SHORT";
  return isLate && writes.writeFailure !== null ? writes.writeFailure : thrown;
}

/** Preflight: checks everything that may fail before any change. */
export async function prepare(rotation: Observed): Promise<StageResult> {
  const { attempt } = rotation;
  try {
    return await preflight(rotation);
  } catch (thrown) {
    throw whyNoTime(attempt.writes, thrown);
  }
}

async function preflight(rotation: Observed): Promise<StageResult> {
  const { context, attempt, snapshot } = rotation;
  const { list, current } = snapshot;
  const { versionNo } = current;
  const makeRoom = () => tidy(rotation, list, versionNo);
  const isCurrentDead = attempt.read.logins.get(versionNo)?.login.verdict === "rejected";
  const { credential } = usable(attempt.read, versionNo);
  if (isCurrentDead) {
    try {
      await inspect(rotation, credential);
      // Prove the right to ask first. A version stored without it would only wait for an operator and block other runs.
      await requireAuthority(rotation, credential);
    } catch (thrown) {
      if (nextRequester(rotation) === null) return { outcome: "authority-unusable", next: "decide" };
      throw thrown;
    }
    requireTimeToMint(context);
    // Nothing is tidied: deletions must not rest on a CURRENT that does not work.
    requireRoom(context, list, SLOTS_TO_FINISH);
  } else {
    await inspect(rotation, credential);
    const verdict = attempt.read.logins.get(versionNo)?.login;
    const isTokenless = verdict?.verdict === "accepted" && verdict.token === null;
    if (isTokenless || !speaksForItself(attempt.read, snapshot)) {
      if (!(await checkRoom(context, list, makeRoom))) return { outcome: "tidied", next: "look" };
      await requireAuthority(rotation, credential);
    } else {
      const token = await tokenOfCurrent(
        context,
        { credential, versionNo },
        attempt.authorities.tokenLifeSeconds,
        list,
        makeRoom,
      );
      if (token === null) return { outcome: "tidied", next: "look" };
      keepToken(attempt.authorities, credential.client, token);
    }
    await requireWayBack(rotation, credential, list.asOf);
  }
  attempt.isPrepared = true;
  return { outcome: "prepared", next: "decide" };
}

/**
 * Has a second authority log in before any change, if the client may not ask for a new value itself, or no longer can.
 * @param asked the one whose authorization it is goes in here
 * @throws RotationError ISSUER_FORBIDDEN if there is none, or the error of its login
 */
async function requireAuthority(
  rotation: Observed,
  credential: Credential,
  asked?: Requester[],
): Promise<Authorization> {
  for (;;) {
    const requester = await requesterFor(rotation, credential);
    const authorization = await authorize(rotation, requester);
    if (authorization === null) continue;
    asked?.push(requester);
    return authorization;
  }
}

/**
 * Checks once per call whether something at the issuer is in the way. Who may not look makes room for who may, as for a change.
 * @throws RotationError the obstacle
 */
export async function inspect(rotation: Observed, credential: Credential): Promise<void> {
  const { attempt } = rotation;
  const { login } = attempt.read.logins.get(rotation.snapshot.current.versionNo) ?? {};
  while (!attempt.isInspected) {
    const asked: Requester[] = [];
    const refusal = await credential.preflight?.(() => requireAuthority(rotation, credential, asked));
    for (const requester of asked) if (refusal) markRefused(attempt.authorities, requester);
    if (refusal && login?.verdict === "accepted") await requireAnotherAuthority(rotation, credential, refusal);
    attempt.isInspected = !refusal;
  }
}

/**
 * CURRENT is dead, so another working credential must be found. Reads every stored version and looks up second
 * authorities.
 */
export async function readOthers(rotation: Observed): Promise<StageResult> {
  const { attempt, snapshot } = rotation;
  await readAll(rotation, snapshot.list);
  attempt.read.hasReadOthers = true;
  const { credential } = usable(attempt.read, snapshot.current.versionNo);
  await lookUpOthers(rotation, credential);
  return { outcome: "read", next: "decide" };
}

/**
 * Checks everything that may fail before any change, and gets the token that regenerates. Bookkeeping in the secret's
 * metadata is reported as this stage, because it comes before a change.
 */
export const fetchToken: Stage<"fetch-token", "prepare" | "read-others" | keyof typeof locks> = {
  name: "fetch-token",
  handles: { prepare, "read-others": readOthers, ...locks },
};
