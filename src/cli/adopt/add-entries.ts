import { createBudget } from "../../base/budget.ts";
import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { parseAuthority } from "../../clients/issuers/authority-content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { CliError } from "../cli-error.ts";
import type { Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";

type Entries = readonly Readonly<Record<string, unknown>>[];

/** Some 120 entries fill a secret. */
export const MOST_ENTRIES = 100;
/** A version may hold 25 KB (Source: OCI Vault service limits); the write is in base64. */
const MOST_BYTES = 18_750;
const LIMIT_MS = 120_000;
const TRIES = 3;
const NAME_BYTES = 5;
const RETRY_MS = 2_000;

export const tooManyEntries = () =>
  new CliError("USAGE", {
    what: `the authority's secret has no room for these entries: it holds some 120, and ${MOST_ENTRIES} at most are added at a time`,
    means: "the authority's secret was not changed",
    next: 'give the authority the one entry {"tag": "namespace.key"}, or adopt fewer',
  });

/** The authority's text with these entries, each once. @throws CliError USAGE if they do not fit */
function withEntries(text: Secret, entries: Entries): Secret {
  const content = JSON.parse(text.reveal()) as { mayRotate?: unknown[] };
  const known = new Set((content.mayRotate ?? []).map((entry) => JSON.stringify(entry)));
  const added = entries.filter((entry) => !known.has(JSON.stringify(entry)));
  const written = JSON.stringify({ ...content, mayRotate: [...(content.mayRotate ?? []), ...added] }, null, 2);
  if (added.length > MOST_ENTRIES || Buffer.byteLength(written) > MOST_BYTES) throw tooManyEntries();
  const result = new Secret(written);
  parseAuthority(result);
  return result;
}

/**
 * Adds entries to the authority's own secret, in one write that no other writer's is lost by. Idempotent.
 * @throws CliError USAGE, RotationError as SecretStore does
 */
export async function addEntries(
  runtime: Runtime,
  { access }: SignedIn,
  authorityId: string,
  entries: Entries,
): Promise<void> {
  const { clock, entropy } = runtime;
  const callTimeoutMs = localSettings(runtime).callTimeoutSeconds * 1000;
  const budget = createBudget(clock, null, { budgetMs: LIMIT_MS, marginMs: 0, callTimeoutMs });
  const store = createOciStore(access, authorityId, { clock, entropy, budget });
  let failure: RotationError | null = null;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const { etag } = await store.readSecret();
    const text = await store.readCurrentText();
    const wanted = withEntries(text, entries);
    if (JSON.stringify(JSON.parse(text.reveal())) === JSON.stringify(JSON.parse(wanted.reveal()))) return;
    const name = `bound-${Buffer.from(entropy.bytes(NAME_BYTES)).toString("hex")}`;
    const written = await store.writeVersion(name, "CURRENT", wanted, etag);
    if (written.outcome === "refused") throw written.error;
    failure = written.outcome === "done" ? null : written.error;
    await clock.sleep(RETRY_MS);
  }
  if (failure !== null) throw failure;
  throw new RotationError("VAULT_UNAVAILABLE", "the entries of mayRotate could not be read back");
}
