import type { Clock } from "../base/clock.ts";
import { clientText, type IssuerAlias, isSameClient } from "../clients/issuers/client.ts";
import type { Credential, HeldSecret } from "../clients/issuers/issuer.ts";
import type { Verdict } from "../clients/issuers/verdict.ts";

/** How long an accepted login may stand in for another one while the issuer must not be asked. */
const LASTS_MS = 60_000;
/** A function serves a few hundred secrets at most. The oldest entry is dropped first. */
const MAX_ENTRIES = 1_000;

interface Entry extends HeldSecret {
  /** The client as text, since every login is compared with every entry. */
  readonly text: string;
  /** When the login was sent, on `Clock.monotonic`. */
  readonly askedAt: number;
}

/**
 * The client secrets that this process has just logged in with. One of them may be promoted without a second login
 * while the issuer must not be asked after a 429. Kept in memory only, each with its client, for a minute. Older
 * entries are dropped as soon as the process opens any credential again. Lives as long as the process.
 */
export interface Acceptances {
  /**
   * Whether the last login with this value at this client was accepted within the last minute, with no change of the
   * client since.
   */
  has(held: HeldSecret): boolean;
  /** The same credential. Its logins are recorded here. Its changes at the issuer drop every entry of the client. */
  remembering(credential: Credential, aliases: readonly IssuerAlias[]): Credential;
  copy(clock: Pick<Clock, "monotonic">): Acceptances;
}

export function createAcceptances(clock: Pick<Clock, "monotonic">, known: readonly Entry[] = []): Acceptances {
  let entries = known;
  const isFresh = ({ askedAt }: Entry) => clock.monotonic() - askedAt < LASTS_MS;
  const isOf = (held: HeldSecret) => {
    const text = clientText(held.client);
    return (entry: Entry) => entry.text === text && entry.clientSecret.equals(held.clientSecret);
  };
  const dropStale = () => {
    entries = entries.filter(isFresh);
  };
  const note = (held: HeldSecret, verdict: Verdict, askedAt: number) => {
    if (verdict === "unknown") return;
    const isSame = isOf(held);
    const others = entries.filter((entry) => !isSame(entry));
    const { client, clientSecret } = held;
    entries =
      verdict === "rejected"
        ? others
        : [...others, { client, clientSecret, text: clientText(client), askedAt }].slice(-MAX_ENTRIES);
  };
  const remembering: Acceptances["remembering"] = (credential, aliases) => {
    dropStale();
    const forget = () => {
      entries = entries.filter(({ client }) => !isSameClient(client, credential.client, aliases));
    };
    /** A value accepted before or during a change may be dead after it. */
    const changing =
      <A extends readonly unknown[], R>(change: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        forget();
        try {
          return await change(...args);
        } finally {
          forget();
        }
      };
    return {
      ...credential,
      withSecret: (clientSecret) => remembering(credential.withSecret(clientSecret), aliases),
      async login(tokenLifeSeconds) {
        const askedAt = clock.monotonic();
        const login = await credential.login(tokenLifeSeconds);
        note(credential, login.verdict, askedAt);
        return login;
      },
      mint: changing(credential.mint),
      install: changing(credential.install),
      retire: changing(credential.retire),
      ...(credential.keepAlone && { keepAlone: changing(credential.keepAlone) }),
    };
  };
  return {
    has: (held) => entries.filter(isFresh).some(isOf(held)),
    remembering,
    copy: (other) => createAcceptances(other, entries),
  };
}
