import { RotationError } from "../base/errors.ts";
import { mapConcurrent } from "../base/map-concurrent.ts";
import { Secret } from "../base/secret.ts";
import { admit, type Fetched, manifestOf } from "./admit.ts";
import { type MirrorCall, readWhenActive } from "./call.ts";
import type { Registration } from "./callbacks.ts";
import type { BegunCall } from "./calls.ts";
import type { Wallet } from "./ces-responses.ts";
import { findOrCreate, type Guard, keep } from "./keep.ts";
import { type Manifest, manifestText, noSet, parseManifest, partsByName, type StoredPart } from "./manifest.ts";
import { manifestName } from "./member.ts";
import { notePause, refuseWhilePaused, takeTurn } from "./turn.ts";

interface Stored {
  readonly kind: "stored" | "unchanged";
  readonly versionNo: number;
}

/** The result of a call that was to mirror. `versionNo` is the manifest's. */
export type MirrorOutcome =
  | {
      readonly kind: "stored" | "unchanged";
      readonly versionNo: number;
      readonly wallets: readonly Wallet[];
      /** Why the callbacks could not be registered, which does not stop the mirror; null: they are. */
      readonly unregistered: RotationError | null;
    }
  | { readonly kind: "covered" }
  | { readonly kind: "too-early"; readonly seconds: number };

/** Each write leaves its secret UPDATING for seconds, and until the last one applications have passwords that may be dead. */
const SECRETS_AT_ONCE = 6;
const DESCRIPTION =
  "Mirrored from the Oracle Retail Credential Exchange by oci-rotate; read it by the number in the manifest";

function base64(text: string): Secret {
  return new Secret(Buffer.from(text).toString("base64"));
}

/** The secret that names the set in force; created if missing. */
async function openManifest(call: MirrorCall): Promise<string> {
  const secretName = manifestName(call.settings.tenantId);
  const content = base64(manifestText(noSet));
  const description = "Names the versions that make up the set mirrored by oci-rotate";
  return findOrCreate(call, { secretName, content, description }, () => Promise.resolve());
}

/** What is in force now. Another text than a manifest, which an operator may have stored, is replaced by the next whole set. */
async function readManifest(call: MirrorCall, secretId: string): Promise<Manifest> {
  const state = await readWhenActive(call, call.storeOf(secretId));
  if (state === null || state.currentVersionNo === null) {
    throw new RotationError("VAULT_UNAVAILABLE", "the manifest's secret has no version to read");
  }
  const { base64: stored } = await call.contents.readVersion(secretId, state.currentVersionNo);
  return parseManifest(Buffer.from(stored.reveal(), "base64").toString("utf8")) ?? noSet;
}

/** Makes everything fetched CURRENT in its own secret, and returns the manifest that names the versions. */
async function keepAll(
  call: MirrorCall,
  fetched: readonly Fetched[],
  known: ReadonlyMap<string, StoredPart>,
  guard: Guard,
): Promise<Manifest> {
  const wanted = fetched.flatMap(({ members }) => members.flatMap(({ parts }) => parts));
  const kept = await mapConcurrent(wanted, SECRETS_AT_ONCE, ({ secretName, content }) =>
    keep(call, { secretName, content, description: DESCRIPTION }, known.get(secretName) ?? null, guard),
  );
  const stored = new Map(kept.map((part) => [part.secretName, part]));
  return manifestOf(fetched, (secretName) => {
    const part = stored.get(secretName);
    if (part === undefined) throw new TypeError("a part of a member was not kept");
    return part;
  });
}

/**
 * Stores the fetched set: first every member as a version of its own secret, then the manifest that names those
 * versions. A version's content never changes. So the old set is whole until the manifest's one write lands, and the
 * new one from then on. Idempotent.
 */
async function store(call: MirrorCall, manifestId: string, wallets: readonly Wallet[], guard: Guard): Promise<Stored> {
  const inForce = await readManifest(call, manifestId);
  const known = partsByName(inForce);
  const fetched = await admit(call, wallets, known, manifestId);
  const text = manifestText(await keepAll(call, fetched, known, guard));
  const isChanged = text !== manifestText(inForce);
  const secretName = manifestName(call.settings.tenantId);
  const { versionNo } = await keep(call, { secretName, content: base64(text), description: "" }, null, guard);
  return { kind: isChanged ? "stored" : "unchanged", versionNo };
}

/**
 * One call of the mirror: takes its turn, fetches, and stores what has changed.
 * @throws RotationError, with the set in Vault either as before or complete
 */
export async function mirror({ call, pauseMs }: BegunCall, registration: Registration): Promise<MirrorOutcome> {
  const manifestId = await openManifest(call);
  const manifestStore = call.storeOf(manifestId);
  const turn = await takeTurn(call, manifestStore);
  if (turn.kind !== "taken") return turn;
  try {
    const wallets = await call.ces.fetchWallets();
    const stored = await store(call, manifestId, wallets, turn.guard);
    return { ...stored, wallets, unregistered: await registration.ensure(call) };
  } finally {
    if (pauseMs() > 0) await notePause(call, manifestStore, pauseMs());
  }
}

/**
 * Sends requests about callbacks to the Credential Exchange, unless a pause after a 429 lasts.
 * @throws RotationError ISSUER_UNAVAILABLE during the pause, or what `ask` throws
 */
export async function aboutCallbacks<T>({ call, pauseMs }: BegunCall, ask: () => Promise<T>): Promise<T> {
  const manifestStore = call.storeOf(await openManifest(call));
  await refuseWhilePaused(call, manifestStore);
  try {
    return await ask();
  } finally {
    if (pauseMs() > 0) await notePause(call, manifestStore, pauseMs());
  }
}
