import type { Run } from "../finished.ts";
import type { Owner } from "../prepare.ts";
import type { Change } from "../watch.ts";

export const isFunction = (caller: string) => /^p\d/.test(caller);

/** A value that the attacker wrote or has seen is accepted for a client that is not his. */
export function judgePlanted({ watch, attacker }: Run): string[] {
  const victims: readonly Owner[] = ["S", "B", "U"];
  return victims
    .filter((owner) => [...watch.seen(owner)].some((value) => attacker.known.has(value)))
    .map((owner) => `planted: the issuer accepts a value of the attacker's for the client of ${owner}`);
}

/** For which secret the function was at work when it sent a request: that of its last request to Vault. */
function secretAtWork({ world, prepared }: Run, { sequence, caller }: Change): string | null {
  const record = world.emulator.requests
    .slice(0, sequence)
    .findLast((one) => one.caller === caller && one.secretId !== null && one.secretId !== prepared.secretIds.U);
  return record?.secretId ?? null;
}

/** Whether the request that made a change used another client's right. */
function isByOthersRight({ world, prepared }: Run, { sequence }: Change): boolean {
  const authorization = world.emulator.requests[sequence - 1]?.authorization.reveal() ?? "";
  const { U } = prepared.clients;
  const tokens = U === null ? [] : prepared.ground.tokens(world.emulator, U.clientId);
  return [prepared.signature, ...tokens].some((proof) => authorization.includes(proof));
}

function isForeign(run: Run, change: Change): boolean {
  const { secretIds } = run.prepared;
  const secretId = secretAtWork(run, change);
  if (change.owner === "U") return true;
  if (change.owner === "S" && change.sequence <= run.boundAfter && isByOthersRight(run, change)) return true;
  // His own client named by S changes by its own right: that is his own affair.
  if (change.owner === "O") return secretId !== secretIds.O && isByOthersRight(run, change);
  return secretId !== secretIds[change.owner];
}

/** What an issuer accepts was changed for another client than that to which the secret of the call is bound. */
export function judgeForeign(run: Run): string[] {
  return run.watch.changes
    .filter((change) => isFunction(change.caller) && isForeign(run, change))
    .map(({ owner, sequence }) => `foreign: request ${sequence - 1} changed the client of ${owner}`);
}
