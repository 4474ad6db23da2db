import type { Emulator } from "../../src/emulator/emulator.ts";
import { type StoredVersion, versionAt } from "../../src/emulator/vault/state.ts";
import { seenContent } from "./contents.ts";
import { provenIssuers } from "./issuers/index.ts";
import type { ProvenIssuerName } from "./types.ts";

/** How secret and issuer stand to each other, seen past every fault, all nodes being up to date. */
export interface Condition {
  /** The issuer accepts CURRENT's client secret. */
  readonly isCurrentGood: boolean;
  /** Versions with another value than CURRENT's that the issuer accepts. */
  readonly acceptedBeside: readonly number[];
  /** Some version, of whatever version stage, holds a client secret that the issuer accepts. */
  readonly isStored: boolean;
  /**
   * PENDING versions that are not claims, by number. A refused one below CURRENT's number does not count: if Vault
   * keeps two PENDING versions, no call of Vault ends the older one's stage, and no run looks at it again.
   */
  readonly pendingCredentials: readonly number[];
}

interface Judgeable {
  readonly emulator: Emulator;
  readonly setup: {
    readonly secretId: string;
    readonly clientId: string;
    readonly combination: { readonly issuer: ProvenIssuerName };
  };
}

/** @param world a world of `prove`, or whatever else has an emulator with one rotated secret */
export function conditionOf({ emulator, setup }: Judgeable): Condition {
  const secret = emulator.admin.secret(setup.secretId);
  const issuer = provenIssuers[setup.combination.issuer];
  const isAccepted = (version: StoredVersion | undefined) => {
    const value = version === undefined ? null : seenContent(version.content).clientSecret;
    return value !== null && issuer.accepts(emulator, setup.clientId, value);
  };
  const currentNo = versionAt(secret, "CURRENT")?.number ?? 0;
  const present = secret.versions.filter((version) => !version.deleted);
  const currentValue = seenContent(versionAt(secret, "CURRENT")?.content ?? "").clientSecret;
  return {
    acceptedBeside: present
      .filter((version) => isAccepted(version) && seenContent(version.content).clientSecret !== currentValue)
      .map((version) => version.number),
    isCurrentGood: isAccepted(versionAt(secret, "CURRENT")),
    isStored: present.some(isAccepted),
    pendingCredentials: present
      .filter((version) => version.stage === "PENDING" && !seenContent(version.content).isClaim)
      .filter((version) => version.number > currentNo || isAccepted(version))
      .map((version) => version.number),
  };
}

/** CURRENT logs in and nothing is pending but claims, which are inert as long as CURRENT logs in. */
export function hasConverged(condition: Condition): boolean {
  return condition.isCurrentGood && condition.pendingCredentials.length === 0;
}
