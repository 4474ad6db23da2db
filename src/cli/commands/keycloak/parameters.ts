import * as z from "zod/mini";
import { canonicalAddress, isSafeAddress } from "../../../base/address.ts";
import { RotationError } from "../../../base/errors.ts";
import { json } from "../../../clients/issuers/responses.ts";
import { CliError } from "../../cli-error.ts";
import { duration, type Field, flag, text } from "../../fields.ts";
import type { Realm } from "../../keycloak/realm.ts";
import {
  policiesAnswer,
  profilesAnswer,
  type RealmPolicies,
  type WantedPolicy,
} from "../../keycloak/rotation-policy.ts";
import { secretOption } from "../../secret-argument.ts";

function isServerUrl(given: string): boolean {
  const address = canonicalAddress(given);
  return address !== null && isSafeAddress(address);
}
const serverUrl: Field<string> = z.pipe(
  z.string().check(z.refine(isServerUrl, "the server's https URL, as https://sso.example.org; http only on loopback")),
  z.transform((given: string) => canonicalAddress(given) ?? given),
);
const realmName: Field<string> = z
  .string()
  .check(z.regex(/^(?!\.{1,2}$)[^/\\?#%\p{C}\p{Zl}\p{Zp}]{1,255}$/u, "the name of a realm"));
const DAY = 86_400;
const LONGEST_DAYS = 3_650;

export const place = {
  url: { flags: "<url>", does: "URL of the Keycloak server, with /auth if it uses that path", takes: serverUrl },
  realm: { flags: "<realm>", does: "name of the realm", takes: realmName },
} as const;

export const authority = secretOption(
  "--authority",
  "name or OCID of the Vault secret with the administrator's credential, in the form of a second authority",
);
export const name = {
  flags: "--name <name>",
  does: "name of the profile and of the policy",
  takes: z.string().check(z.regex(/^[\w.-]{1,100}$/, "letters, digits, hyphens, dots")),
  default: "oci-rotate",
} as const;

/** Options that describe the wanted policy. */
export const wantedOptions = {
  authority,
  name,
  role: {
    flags: "--role <role>",
    does: "match clients that have this client role",
    takes: text,
    default: "rotated-by-oci-rotate",
  },
  allConfidential: {
    flags: "--all-confidential",
    does: "match every confidential client instead, including the administrator's own",
    takes: flag,
  },
  expiration: {
    flags: "--expiration <duration>",
    does: "how long a secret lives; half as long again as the interval of the schedule",
    takes: duration,
    default: "45d",
  },
  rotated: {
    flags: "--rotated <duration>",
    does: "how long the older one keeps working when Keycloak itself rotates",
    takes: duration,
    default: "2d",
  },
  remaining: {
    flags: "--remaining <duration>",
    does: "how long before expiry dynamic registration may rotate",
    takes: duration,
    default: "10d",
  },
} as const;

interface WantedValues {
  readonly name: string;
  readonly role: string;
  readonly allConfidential: boolean;
  readonly expiration: number;
  readonly rotated: number;
  readonly remaining: number;
}

/** Keycloak's own rules, checked here because Keycloak refuses without giving a reason. */
export function wantedPolicy(values: WantedValues): WantedPolicy {
  const [expiration, rotated, remaining] = [values.expiration / 1000, values.rotated / 1000, values.remaining / 1000];
  const refuse = (what: string) => new CliError("USAGE", { what, next: "correct the period" });
  if (expiration <= 0 || expiration > LONGEST_DAYS * DAY) throw refuse(`--expiration takes up to ${LONGEST_DAYS}d`);
  if (rotated > expiration) throw refuse("--rotated is longer than --expiration");
  if (remaining > expiration) throw refuse("--remaining is longer than --expiration");
  const meets = values.allConfidential
    ? ({ kind: "confidential" } as const)
    : ({ kind: "client-role", role: values.role } as const);
  return { name: values.name, meets, expiration, rotated, remaining };
}

export async function readPolicies(realm: Realm): Promise<RealmPolicies> {
  const profiles = profilesAnswer.safeParse(json(await realm.send("GET", "/client-policies/profiles")));
  const policies = policiesAnswer.safeParse(json(await realm.send("GET", "/client-policies/policies")));
  if (!profiles.success || !policies.success) {
    throw new RotationError("VERDICT_UNKNOWN", "the realm's client policies could not be read");
  }
  return { ...profiles.data, ...policies.data };
}
