/** The tables of docs/reference.md that the code defines: codes and settings. */
import { type ErrorCode, RotationError } from "../src/base/errors.ts";
import { settingDefinitions } from "../src/base/settings/settings.ts";

export const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** When each code is answered. The type requires a sentence for every code of the catalogue. */
const occasions: Readonly<Record<ErrorCode, string>> = {
  EVENT_INVALID:
    "the event is invalid, and the answer names the member; or it is about a secret that a setting reserves",
  CONTENT_INVALID: "the secret's content is invalid; names the member",
  ISSUER_UNKNOWN: "the member `issuer` of the secret's content names no known issuer",
  ORIGIN_NOT_ALLOWED: "the issuer's address is not https, or not in OROT_ISSUER_ORIGINS",
  ISSUER_CONFIGURATION: "the issuer refuses for a reason that says nothing about the client secret",
  POLICY_REFUSED: "the issuer refuses the value that we chose",
  CERTIFICATE_UNTRUSTED: "no public authority and none in OROT_CA_BUNDLE signed the issuer's certificate",
  CLIENT_NOT_BOUND: "OROT_BINDING_TAG is set, and the secret's tag does not name its client; prints the value to set",
  VERSION_NOT_PROMOTABLE: "PROMOTE of a version that is neither PENDING nor CURRENT",
  SECRET_REJECTED: "`check`: the issuer refuses CURRENT",
  LOCKED_OUT: "the issuer refuses CURRENT, and no way back exists",
  SUBSCRIBER_INVALID: "`subscribe`: the scheme, the host or the limit; says which",
  VAULT_FORBIDDEN: "Vault refuses access; names the operation and the policy line that grants it",
  ISSUER_FORBIDDEN: "the client may not change its own secret, and no second authority may",
  SECRET_NOT_FOUND: "the secret is absent, or access is not permitted: Vault answers both alike",
  SECRET_NOT_ROTATABLE: "the secret is a replica, is being deleted, or has failed",
  NO_WAY_BACK: "OROT_REQUIRE_WAY_BACK is set, and there is no way back",
  NO_VERSION_SLOTS: "fewer than four of 30 versions are free",
  NOTHING_PENDING: "UPDATE or PROMOTE without a PENDING version",
  PENDING_REJECTED: "UPDATE or PROMOTE, and the PENDING version does not log in",
  GRACE_RUNNING: "the issuer keeps two values, and the grace of the older one is not over",
  RETIRE_NOT_SAFE: "a value is pending, PREVIOUS is the newer value, or the issuer holds one that Vault does not know",
  ROLLBACK_REFUSED: "PREVIOUS does not log in",
  PAUSED: "OROT_PAUSED is set",
  CLIENT_CHANGED: "CURRENT holds another client than when this call began",
  CLAIM_LIVE: "another run holds the claim",
  VERDICT_UNKNOWN: "it is too early to judge, or an answer cannot be read",
  ISSUER_UNAVAILABLE: "the issuer is unreachable or slow, or answers 429 or 5xx",
  VAULT_UNAVAILABLE: "Vault is unreachable or slow, answers 429 or 5xx, or stays UPDATING too long",
  DEADLINE_TOO_SHORT: "the time left does not cover the worst case of what must follow",
  SETTINGS_INVALID: "a setting is invalid; names it",
  INTERNAL: "a defect; the log has its place",
};

export interface CodeFacts {
  readonly code: ErrorCode;
  readonly responseCode: number;
  readonly when: string;
  readonly nextAction: string;
}

/** Every code of the error family, in the order of its `responseCode`. */
export const codes: readonly CodeFacts[] = (Object.keys(occasions) as ErrorCode[])
  .map((code) => {
    const { responseCode, nextAction } = new RotationError(code, "");
    return { code, responseCode, when: occasions[code], nextAction };
  })
  .toSorted((a, b) => a.responseCode - b.responseCode);

/** @param folder of the codes' pages, as the document names it */
export function codesTable(folder: string): string {
  const rows = codes.map(
    ({ code, responseCode, when, nextAction }) =>
      `| [${code}](${folder}/${code}.md) | ${responseCode} | ${cell(when)} | ${cell(nextAction)} |`,
  );
  return ["| Code | responseCode | When | Usual next action |", "|---|---|---|---|", ...rows].join("\n");
}

export function settingsTable(): string {
  const rows = settingDefinitions.map(
    ({ name, unit, default: fallback, meaning }) =>
      `| \`${name}\` | ${cell(unit)} | ${fallback === null ? "not set" : `\`${cell(fallback)}\``} | ${cell(meaning)} |`,
  );
  return ["| Setting | Unit | Default | Meaning |", "|---|---|---|---|", ...rows].join("\n");
}
