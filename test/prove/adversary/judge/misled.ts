import { type Named, named, versionsOf } from "../condition.ts";
import type { Run } from "../finished.ts";
import { loginOf } from "../sent.ts";
import type { Turn } from "../watch.ts";
import { isFunction } from "./changes.ts";

function namedBy(run: Run, turn: Turn | undefined): Named | null {
  const version = versionsOf(run).find(({ number }) => number === turn?.number);
  return version === undefined ? null : named(run.prepared, version.content);
}

/**
 * Whoever reads CURRENT gets a value that the issuer takes for S's client. A mark may become CURRENT where Vault would drop what is pending: it
 * holds what was CURRENT before.
 */
function isServed(run: Run, turn: Turn): boolean {
  const { turns } = run.watch;
  const content = namedBy(run, turn);
  const before = namedBy(run, turns[turns.indexOf(turn) - 1]);
  // A call serves the client that it finds in CURRENT.
  if (before?.isOfS === false) return true;
  if (content === null || !content.isOfS) return false;
  const isCopy = content.isMarked && content.value === before?.value;
  return isCopy || (content.value !== null && turn.accepted.includes(content.value));
}

/** Everything that may be taken for the secret of S's client. */
function credentials(run: Run): ReadonlySet<string | null> {
  const stored = versionsOf(run).map(({ content }) => named(run.prepared, content).value);
  // A client that works without a secret is looked for by a login without one.
  return new Set([...run.watch.seen("S"), ...run.attacker.known, ...stored, ""]);
}

/** The function made a version CURRENT that is of no use, or logged in with what was never a credential: a placeholder's value. */
export function judgeMisled(run: Run): string[] {
  const { watch, sent, prepared, schedule } = run;
  const turns = watch.turns.filter((turn) => isFunction(turn.caller) && !isServed(run, turn));
  const known = credentials(run);
  // A hostile issuer gives out values that no login can carry as they are.
  const isIssuerHonest = schedule.hostile === null;
  const logins = sent.filter((one) => {
    const login = one.isVault || !isIssuerHonest ? null : loginOf(one.request);
    return login !== null && login.clientId === prepared.clients.S.clientId && !known.has(login.secret);
  });
  return [
    ...turns.map(({ number }) => `misled: the function made version ${number} CURRENT, and the issuer refuses it`),
    ...(logins.length > 0 ? ["misled: a login with a value that is none"] : []),
  ];
}
