import type { CallName } from "../../src/emulator/core/call-names.ts";
import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { isObject, parseObject } from "../../src/emulator/core/wire.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { type StoredVersion, versionAt } from "../../src/emulator/vault/state.ts";
import { seenContent } from "./contents.ts";
import { provenIssuers } from "./issuers/index.ts";
import type { ProvenIssuer } from "./issuers/issuer.ts";
import type { Setup } from "./setup.ts";

/** A request that changed something. */
export type Effect = {
  readonly record: RecordedRequest;
  /** When it took effect: later than the request if it landed late. */
  readonly at: number;
  /** After it the issuer accepts CURRENT. */
  readonly isCurrentAccepted: boolean;
} /** What the issuer accepts has changed: a value was made, installed, or taken out. */ & (
  | {
      readonly kind: "issuer";
      /** Versions above CURRENT whose value worked until then, and does no more. */
      readonly dropped: readonly number[];
    }
  | { readonly kind: "write"; readonly versionNo: number; readonly asCurrent: boolean }
  | { readonly kind: "promote"; readonly versionNo: number }
);

export interface Effects {
  /** In the order in which the changes took place. */
  readonly list: readonly Effect[];
  /** Takes in what landed since the last request. */
  finish(): void;
  /** For a watcher of a copy of the emulator. */
  past(): EffectsPast;
}

/** What has been seen so far; records by their numbers. */
export interface EffectsPast {
  readonly list: readonly Effect[];
  readonly outstanding: readonly number[];
  readonly seen: number;
  readonly generation: number;
  readonly versions: number;
  readonly current: number | undefined;
  /** Versions above CURRENT whose value worked after the last effect. */
  readonly above: readonly number[];
}

type What<E = Effect> = E extends Effect ? Omit<E, "record" | "at" | "isCurrentAccepted"> : never;

/**
 * Follows the issuer and Vault from outside and keeps which request changed what, late landings included. It looks at what changed, not at
 * statuses: an answer may belie its effect.
 */
export function watchEffects(emulator: Emulator, setup: Setup, past: EffectsPast | null = null): Effects {
  const { requests } = emulator;
  const recordOf = (number: number) => requests[number - 1] as RecordedRequest;
  const list = (past?.list ?? []).map((effect): Effect => ({ ...effect, record: recordOf(effect.record.sequence) }));
  const secret = emulator.admin.secret(setup.secretId);
  const { clientId } = setup;
  const issuer: ProvenIssuer = provenIssuers[setup.combination.issuer];
  const changing = new Set<CallName>([...issuer.changing, "write-claim", "write-pending", "promote"]);
  let outstanding = (past?.outstanding ?? []).map(recordOf);
  let seen = past?.seen ?? 0;
  let generation = past?.generation ?? issuer.generation(emulator, clientId);
  let versions = past?.versions ?? secret.versions.length;
  let current = past === null ? versionAt(secret, "CURRENT")?.number : past.current;

  const isCurrentAccepted = () => {
    const version = secret.versions[(current ?? 0) - 1];
    const value = version === undefined ? null : seenContent(version.content).clientSecret;
    return value !== null && issuer.accepts(emulator, clientId, value);
  };
  const isWorking = ({ content, deleted }: StoredVersion) => {
    const { isClaim, clientSecret } = seenContent(content);
    return !deleted && !isClaim && clientSecret !== null && issuer.accepts(emulator, clientId, clientSecret);
  };
  const workingAbove = () => secret.versions.slice(current ?? 0).filter(isWorking);
  let above = past?.above.map((number) => secret.versions[number - 1] as StoredVersion) ?? workingAbove();
  const add = (record: RecordedRequest, at: number, what: What) => {
    list.push({ record, at, isCurrentAccepted: isCurrentAccepted(), ...what });
    above = workingAbove();
  };
  const note = (record: RecordedRequest, at: number) => {
    if (issuer.changing.includes(record.call)) {
      if (issuer.generation(emulator, clientId) === generation) return;
      generation += 1;
      const dropped = above.filter((version) => !isWorking(version)).map(({ number }) => number);
      add(record, at, { kind: "issuer", dropped });
      return;
    }
    const body = parseObject(record.body.reveal()) ?? {};
    if (record.call === "promote") {
      const versionNo = Number(body["currentVersionNumber"]);
      const took = record.landedAt === null ? secret.versions[versionNo - 1]?.stage === "CURRENT" : isGood(record);
      if (!took || versionNo === current) return;
      current = versionNo;
      add(record, at, { kind: "promote", versionNo });
      return;
    }
    if (secret.versions.length === versions) return;
    versions += 1;
    const content = isObject(body["secretContent"]) ? body["secretContent"] : {};
    const asCurrent = content["stage"] !== "PENDING";
    if (asCurrent) current = versions;
    add(record, at, { kind: "write", versionNo: versions, asCurrent });
  };
  const landed = () => {
    if (outstanding.length === 0) return;
    const done = outstanding.filter((record) => record.landedAt !== null);
    outstanding = outstanding.filter((record) => record.landedAt === null);
    for (const record of done.sort((a, b) => (a.landedAt ?? 0) - (b.landedAt ?? 0))) {
      if (isGood(record)) note(record, record.landedAt ?? 0);
    }
  };
  const takeIn = (arrived: RecordedRequest | undefined) => {
    landed();
    for (; seen < requests.length; seen++) {
      const record = requests[seen];
      if (record === undefined || !changing.has(record.call)) continue;
      // Whatever has not just arrived was sent and given up under way: it arrives later.
      if (record !== arrived || record.fault === "lands-late") outstanding.push(record);
      else note(record, record.time);
    }
  };
  emulator.core.onChange(() => takeIn(requests.at(-1)));
  return {
    list,
    finish: () => {
      emulator.core.advance();
      takeIn(undefined);
    },
    past: () => {
      const numbers = outstanding.map(({ sequence }) => sequence);
      const working = above.map(({ number }) => number);
      return { list: [...list], outstanding: numbers, seen, generation, versions, current, above: working };
    },
  };
}

function isGood(record: RecordedRequest): boolean {
  return record.status !== null && record.status < 300;
}
