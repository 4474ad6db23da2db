import type { Authorization, Credential } from "../../clients/issuers/issuer.ts";
import { bearerOf } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import { earlier } from "../../rotation/due/due.ts";
import type { ToldExpiry } from "../../rotation/housekeeping/rotation-tags.ts";
import { endOfCurrent, endsFirst, mendOf } from "../inventory/ends-first.ts";
import type { Facts } from "./facts.ts";
import { type Finding, known, problem, warning } from "./finding.ts";

/** What the issuer says now of the end of CURRENT's value, to the client itself; null: it discloses nothing to anybody. */
export async function askExpiry(credential: Credential, login: Login): Promise<ToldExpiry | null> {
  if (credential.readExpiry === undefined) return null;
  const proof: Authorization | null =
    login.verdict === "accepted" && login.token !== null ? bearerOf(credential.client, login.token.value) : null;
  if (proof === null) return "unknown";
  const expiry = await credential.readExpiry(proof);
  return expiry.outcome === "read" ? (expiry.at ?? "never") : "unknown";
}

/** When CURRENT's value ends, in milliseconds since the epoch: as the issuer says now, otherwise as a rotation or a heal noted it. */
export function endOf({ secret, versions }: Facts, told: ToldExpiry | null, now: number): number | null {
  const facts = known(secret);
  if (facts === null) return null;
  if (told === "never" || typeof told === "number") {
    return earlier(told === "never" ? null : told, facts.expiresAt).expiresAt;
  }
  return endOfCurrent(facts.tags, currentIn(versions)?.versionNo ?? null, facts.expiresAt, now);
}

function currentIn(versions: Facts["versions"]) {
  return known(versions)?.versions.find(({ versionStages }) => versionStages.includes("CURRENT")) ?? null;
}

/** How long a value lives; null: not known, or without end. */
export function lifeOf({ versions }: Facts, expiresAt: number | null): number | null {
  const current = currentIn(versions);
  return current === null || expiresAt === null ? null : expiresAt - current.createdAt;
}

const day = (at: number) => new Date(at).toISOString();

/** Whether Vault's next rotation comes before the value ends. */
export function checkDates({ secret, secretId, versions }: Facts, expiresAt: number | null, now: number): Finding[] {
  const nextAt = known(secret)?.rotation.nextAt ?? null;
  if (secretId === null || nextAt === null || expiresAt === null) return [];
  if (!endsFirst({ nextRotationAt: nextAt, expiresAt })) return [];
  const what = `the next rotation, on ${day(nextAt)}, comes after the client secret ends, on ${day(expiresAt)}`;
  const madeAt = currentIn(versions)?.createdAt ?? null;
  const words = mendOf(secretId, expiresAt, madeAt, now);
  const again = words[0] === "rotate" ? [`oci-rotate doctor ${secretId}`] : [];
  return [problem("schedule", what, `oci-rotate ${words.join(" ")}`, ...again)];
}

/** That nobody may tell is not that the value never ends. */
export function checkTold({ secret, secretId, versions }: Facts, told: ToldExpiry | null, now: number): Finding[] {
  const facts = known(secret);
  if (told !== "unknown" || facts === null || secretId === null) return [];
  if (endOfCurrent(facts.tags, currentIn(versions)?.versionNo ?? null, null, now) !== null) return [];
  const mend = "let the client or a second authority view the client at the issuer (docs/issuers/keycloak.md)";
  const what = "the issuer may end the client secret, and the client may not ask when";
  return [warning("schedule", what, mend, `oci-rotate heal ${secretId}`)];
}
