import { catalogueTexts } from "./errors.ts";
import { DOMAIN_MESSAGE_IDS, OAUTH_CODES, OCI_CODES, OCI_STATES } from "./server-codes.ts";
import { definitions } from "./settings/table.ts";
import { verbs } from "./vault-operations.ts";

/** What our sentences are made of, as far as it stands in tables. */
function ownTexts(): string[] {
  const settings = Object.values(definitions).flatMap(({ name, expects }) => [name, expects]);
  const operations = Object.entries(verbs).map((entry) => entry.join(" "));
  const codes = [OAUTH_CODES, DOMAIN_MESSAGE_IDS, OCI_CODES, OCI_STATES].flatMap((codes) => [...codes]);
  return [...catalogueTexts, ...settings, ...operations, ...codes];
}

/** Whether a value is a part of what we say anyway: as a client secret it hides nothing, and without it our sentences would be holes. */
export function isOwnWord(value: string): boolean {
  return ownTexts().some((text) => text.includes(value));
}
