import type { Clock } from "../../base/clock.ts";
import { DAY_MS } from "../../base/durations.ts";
import type { Entropy } from "../../base/entropy.ts";
import { Secret } from "../../base/secret.ts";
import type { SecretState, SecretStore, VersionList, Write } from "../../clients/vault/store.ts";
import { versionName } from "../../clients/vault/version-name.ts";
import { type Answer, answered, unknown } from "./answers.ts";

/** What Vault's questions need. */
export interface VaultProbe {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly store: SecretStore;
}

const ACTIVE_LIMIT_MS = 60_000;
const POLL_MS = 1_000;
const TRIES = 3;
const MARK = "orotProbe";

/** The secret once it is ACTIVE, or its state after a minute. */
async function settled({ clock, store }: VaultProbe): Promise<SecretState> {
  const end = clock.monotonic() + ACTIVE_LIMIT_MS;
  for (;;) {
    const state = await store.readSecret();
    if (state.lifecycle === "ACTIVE" || clock.monotonic() >= end) return state;
    await clock.sleep(POLL_MS);
  }
}

async function listed(probe: VaultProbe): Promise<VersionList> {
  for (let turn = 0; ; turn++) {
    await settled(probe);
    const list = await probe.store.listVersions();
    if (list !== null) return list;
    if (turn === TRIES) return { versions: [], asOf: 0 };
  }
}

/** Retries a write that Vault calls busy or lost to another writer, each time with the current etag. */
export async function written(probe: VaultProbe, write: (etag: string | null) => Promise<Write>): Promise<Write> {
  let last = await write((await settled(probe)).etag);
  for (let turn = 1; turn < TRIES && (last.outcome === "busy" || last.outcome === "race-lost"); turn++) {
    await probe.clock.sleep(POLL_MS);
    last = await write((await settled(probe)).etag);
  }
  return last;
}

function marked(probe: VaultProbe, metadata: SecretState["metadata"], etag: string | null, mark: string) {
  return probe.store.writeAnnotations({ metadata: { ...metadata, [MARK]: mark } }, etag);
}

/** Writes a mark into the metadata, then another one with the outdated etag. */
export async function askIfMatch(probe: VaultProbe): Promise<Answer> {
  const before = await settled(probe);
  const first = await marked(probe, before.metadata, before.etag, `${probe.clock.now()} one`);
  if (first.outcome !== "done")
    return unknown("if-match", `the first write did not go through: ${first.error.message}`);
  const after = await settled(probe);
  if (before.etag === null || after.etag === before.etag) return unknown("if-match", "a write did not change the etag");
  const stale = await marked(probe, after.metadata, before.etag, `${probe.clock.now()} two`);
  if (stale.outcome === "race-lost") return answered("if-match", "honoured", "Vault refuses a write with an old etag");
  return stale.outcome === "done"
    ? answered(
        "if-match",
        "ignored",
        "Vault takes a write with an old etag; only the names of versions keep two writers apart",
      )
    : unknown("if-match", `the write with an old etag ended unexpectedly: ${stale.error.message}`);
}

/** Writes CURRENT's own credential as another version, so that it works whatever becomes of it. */
async function writePending(probe: VaultProbe, mark: string): Promise<{ write: Write; versionNo: number | null }> {
  const content = JSON.parse((await probe.store.readCurrentText()).reveal());
  const text = new Secret(JSON.stringify({ ...content, [MARK]: mark }));
  const name = versionName(await listed(probe), null, probe.entropy);
  const write = await written(probe, (etag) => probe.store.writeVersion(name, "PENDING", text, etag));
  const found = (await listed(probe)).versions.find((version) => version.name === name);
  return { write, versionNo: found?.versionNo ?? null };
}

/** Writes the second one. Vault's status for a refusal is undocumented, so a version still absent after all tries counts as refused. */
async function writeSecond(probe: VaultProbe): ReturnType<typeof writePending> {
  let last = await writePending(probe, "second");
  for (let turn = 1; turn < TRIES && last.versionNo === null; turn++) {
    await probe.clock.sleep(POLL_MS);
    last = await writePending(probe, "second");
  }
  return last;
}

/** Writes two PENDING versions, then makes PENDING ones CURRENT, so that none is left. */
export async function askSecondPending(probe: VaultProbe): Promise<Answer> {
  const first = await writePending(probe, "first");
  if (first.versionNo === null) {
    const told = first.write.outcome === "done" ? "the first version was not found" : first.write.error.message;
    return unknown("second-pending", `the first PENDING version was not written: ${told}`);
  }
  const second = await writeSecond(probe);
  const { versions } = await listed(probe);
  const stageOf = (number: number | null) =>
    versions.find(({ versionNo }) => versionNo === number)?.versionStages ?? [];
  const stages = stageOf(first.versionNo);
  for (const versionNo of [first.versionNo, second.versionNo]) {
    if (versionNo !== null && stageOf(versionNo).includes("PENDING")) {
      await written(probe, (etag) => probe.store.promote(versionNo, etag));
    }
  }
  if (second.versionNo === null) {
    return second.write.outcome === "done"
      ? unknown("second-pending", "Vault reported success for the second PENDING version but does not list it")
      : answered("second-pending", "refused", `Vault takes no second PENDING version: ${second.write.error.message}`);
  }
  if (stages.includes("DEPRECATED"))
    return answered("second-pending", "deprecates", "the first one becomes DEPRECATED");
  return stages.includes("PENDING")
    ? answered("second-pending", "keeps-both", "both stay PENDING")
    : unknown("second-pending", "the first one has another version stage than expected");
}

/** Schedules the deletion of the oldest DEPRECATED version and writes. Cancels the deletion if it blocks writes. */
export async function askVersionDeletion(probe: VaultProbe): Promise<Answer> {
  const { versions } = await listed(probe);
  const oldest = versions.findLast(
    (version) => version.versionStages.includes("DEPRECATED") && !version.isBeingDeleted,
  );
  if (oldest === undefined) return unknown("version-deletion", "there is no DEPRECATED version to test with");
  const { versionNo } = oldest;
  const at = probe.clock.now() + 2 * DAY_MS;
  const scheduled = await written(probe, (etag) => probe.store.scheduleVersionDeletion(versionNo, at, etag));
  if (scheduled.outcome !== "done") {
    return unknown("version-deletion", `the deletion could not be scheduled: ${scheduled.error.message}`);
  }
  const { metadata } = await settled(probe);
  const write = await written(probe, (etag) => marked(probe, metadata, etag, `${probe.clock.now()} three`));
  if (write.outcome === "done") {
    return answered("version-deletion", "allows", "the secret can be written while a version awaits deletion");
  }
  await written(probe, (etag) => probe.store.cancelVersionDeletion(versionNo, etag));
  return write.outcome === "busy" || write.outcome === "refused"
    ? answered("version-deletion", "blocks", "the secret cannot be written while a version awaits deletion")
    : unknown("version-deletion", `the write ended unexpectedly: ${write.error.message}`);
}
