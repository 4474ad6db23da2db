import { RotationError } from "../../base/errors.ts";
import { type Token, tokenKey } from "../../clients/http/token-cache.ts";
import type { Credential, Proof } from "../../clients/issuers/issuer.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { COMFORTABLE_SLOTS, freeSlots, VERSION_LIMIT } from "../../clients/vault/version-slots.ts";
import { grantFor, nextGrant, proofOf, speaksForItself } from "../authorities.ts";
import type { Invocation } from "../invocation.ts";
import type { Memory } from "../memory.ts";
import { readAll } from "../observe/contents.ts";
import type { Observation } from "../observe/observe.ts";
import { usable } from "../observe/view.ts";
import { waysBack } from "../ways-back.ts";
import { locks } from "./locks.ts";
import { requireTimeToMint } from "./regenerate/time.ts";
import type { Stage, StageResult } from "./stage.ts";
import { tidy } from "./tidy.ts";

/** Three are used under one fault, four under two. */
export const NEEDED_SLOTS = 4;
/** A rotation that has already changed the issuer may use all slots but the two kept for credentials. */
const SLOTS_TO_FINISH = 3;

/**
 * Asks for time and room before anything changes.
 * @param neededSlots fewer suffice to finish a rotation that has already changed the issuer
 * @param tidy makes room, and says how many deletions it scheduled; called below the comfortable number of slots
 * @returns false where versions were scheduled for deletion and Vault must be looked at anew
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS
 */
export async function checkRoom(
  invocation: Invocation,
  list: VersionList,
  neededSlots: number,
  tidy: () => Promise<number>,
): Promise<boolean> {
  requireTimeToMint(invocation);
  const free = freeSlots(list);
  if (free < COMFORTABLE_SLOTS) {
    if ((await tidy()) > 0) return false;
    invocation.log.warn("version-slots-low", { free });
  }
  if (free >= neededSlots) return true;
  throw new RotationError(
    "NO_VERSION_SLOTS",
    `the secret has ${free} of ${VERSION_LIMIT} version slots free, and a rotation needs ${neededSlots}`,
  );
}

/**
 * Preflight and the token with which the client regenerates its own secret.
 * @returns null where versions were scheduled for deletion and Vault must be looked at anew
 * @throws RotationError DEADLINE_TOO_SHORT, NO_VERSION_SLOTS, or what the token request brought
 */
export async function tokenOfCurrent(
  invocation: Invocation,
  { credential, versionNo }: { readonly credential: Credential; readonly versionNo: number },
  tokenLifeSeconds: number | null,
  list: VersionList,
  tidy: () => Promise<number>,
): Promise<Token | null> {
  if (!(await checkRoom(invocation, list, NEEDED_SLOTS, tidy))) return null;
  const key = tokenKey(invocation.secretId, versionNo, credential.tokenEndpoint.scope);
  return invocation.tokens.get(key, invocation.settings.tokenMarginSeconds * 1000, async () => {
    const login = await credential.login(tokenLifeSeconds);
    if (login.verdict === "unknown") throw login.error;
    if (login.verdict === "accepted") {
      if (login.token !== null) return login.token;
      throw new RotationError("ISSUER_CONFIGURATION", "the issuer gives this client no token any more");
    }
    throw new RotationError("VERDICT_UNKNOWN", "the issuer refused CURRENT right after it had accepted it");
  });
}

/** Where the time went into tries to write the claim, the answer names what was wrong with those. */
function whyNoTime(memory: Memory, thrown: unknown): unknown {
  const isLate = thrown instanceof RotationError && thrown.code === "DEADLINE_TOO_SHORT";
  return isLate && memory.writeFailure !== null ? memory.writeFailure : thrown;
}

/** Preflight: everything that may fail is asked before anything changes. */
export async function prepare(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
  try {
    return await preflight(invocation, memory, observation);
  } catch (thrown) {
    throw whyNoTime(memory, thrown);
  }
}

async function preflight(invocation: Invocation, memory: Memory, observation: Observation): Promise<StageResult> {
  const { list, current } = observation;
  const { versionNo } = current;
  const makeRoom = () => tidy(invocation, memory, list, versionNo);
  const isCurrentDead = memory.logins.get(versionNo)?.login.verdict === "rejected";
  const { credential } = usable(memory, versionNo);
  if (isCurrentDead) {
    try {
      await inspect(invocation, memory, observation, credential);
      // A version that is stored before anybody has shown that they may ask only waits for an operator, and blocks others meanwhile.
      await requireAuthority(invocation, memory, observation, credential);
    } catch (thrown) {
      if (nextGrant(invocation, memory, observation) === null) return { outcome: "authority-unusable", next: "decide" };
      throw thrown;
    }
    if (!(await checkRoom(invocation, list, SLOTS_TO_FINISH, makeRoom))) return { outcome: "tidied", next: "look" };
  } else {
    await inspect(invocation, memory, observation, credential);
    const verdict = memory.logins.get(versionNo)?.login;
    const isTokenless = verdict?.verdict === "accepted" && verdict.token === null;
    if (isTokenless || !speaksForItself(memory, observation)) {
      if (!(await checkRoom(invocation, list, NEEDED_SLOTS, makeRoom))) return { outcome: "tidied", next: "look" };
      await requireAuthority(invocation, memory, observation, credential);
    } else {
      const token = await tokenOfCurrent(
        invocation,
        { credential, versionNo },
        memory.tokenLifeSeconds,
        list,
        makeRoom,
      );
      if (token === null) return { outcome: "tidied", next: "look" };
      memory.token = { client: credential.client, ...token };
    }
    await waysBack(invocation, memory, credential, list.asOf);
  }
  memory.isPrepared = true;
  return { outcome: "prepared", next: "decide" };
}

/**
 * Where the client itself may not ask for a new value, or cannot any more, another one must, and it is asked to log in before anything
 * changes.
 * @throws RotationError ISSUER_FORBIDDEN where there is none, or what its login brought
 */
async function requireAuthority(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  credential: Credential,
): Promise<Proof> {
  for (;;) {
    const grant = await grantFor(invocation, memory, observation, credential);
    const proof = await proofOf(invocation, memory, grant);
    if (proof !== null) return proof;
  }
}

/** What the issuer shows to be in the way, asked once in a call. */
async function inspect(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
  credential: Credential,
): Promise<void> {
  if (memory.isInspected) return;
  await credential.preflight?.(() => requireAuthority(invocation, memory, observation, credential));
  memory.isInspected = true;
}

/** Reads every stored version, and who else may speak for the client: CURRENT is dead, and something must be found that is not. */
export async function readOthers(
  invocation: Invocation,
  memory: Memory,
  observation: Observation,
): Promise<StageResult> {
  await readAll(invocation, memory, observation.list);
  memory.hasReadOthers = true;
  const { credential } = usable(memory, observation.current.versionNo);
  memory.authorities ??= await invocation.clients.issuers.authoritiesFor(credential, memory.place);
  return { outcome: "read", next: "decide" };
}

/**
 * Asks everything that may fail before anything changes, and gets the token that regenerates. The book-keeping in the secret's metadata is
 * reported as this stage: it comes before a change.
 */
export const fetchToken: Stage<"fetch-token", "prepare" | "read-others" | keyof typeof locks> = {
  name: "fetch-token",
  handles: { prepare, "read-others": readOthers, ...locks },
};
