import { catalogueTexts } from "./errors.ts";
import { DOMAIN_MESSAGE_IDS, OAUTH_CODES, OCI_CODES, OCI_STATES } from "./server-codes.ts";
import { definitions } from "./settings/table.ts";
import { verbs } from "./vault-operations.ts";

/** The fixed texts of our sentences, as far as they are in tables. */
function ownTexts(): string[] {
  const settings = Object.values(definitions).flatMap(({ name, expects }) => [name, expects]);
  const operations = Object.entries(verbs).map((entry) => entry.join(" "));
  const codes = [OAUTH_CODES, DOMAIN_MESSAGE_IDS, OCI_CODES, OCI_STATES].flatMap((codes) => [...codes]);
  return [...catalogueTexts, ...settings, ...operations, ...codes];
}

/** Whether a value is part of our own texts. Masking it would hide no secret, but tear holes into our sentences. */
export function isOwnWord(value: string): boolean {
  return ownTexts().some((text) => text.includes(value));
}
