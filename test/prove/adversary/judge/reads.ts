import { isObject, parseObject } from "../../../../src/emulator/core/wire.ts";
import { versionsOf } from "../condition.ts";
import type { Run } from "../finished.ts";
import type { Sent } from "../sent.ts";

/** A version as a call of the function's read it. */
export interface Read {
  readonly number: number;
  readonly content: string;
  readonly stages: readonly string[];
}

function readIn({ url, response }: Sent): Read | null {
  if (!url.pathname.startsWith("/20190301/secretbundles/") || response?.status !== 200) return null;
  const bundle = parseObject(response.body);
  const held = bundle?.["secretBundleContent"];
  if (bundle === undefined || !isObject(held)) return null;
  const stages = Array.isArray(bundle["stages"]) ? bundle["stages"].map(String) : [];
  return { number: Number(bundle["versionNumber"]), content: String(held["content"]), stages };
}

/** What one call read of S, in order. */
export function readsOf({ sent, prepared }: Run, call: number): readonly Read[] {
  return sent
    .filter((one) => one.call === call && one.secretId === prepared.secretIds.S)
    .map(readIn)
    .filter((read) => read !== null);
}

function listIn({ url, response }: Sent): readonly Pick<Read, "number" | "stages">[] | null {
  if (!url.pathname.endsWith("/versions") || response?.status !== 200) return null;
  // A fault may have cut it.
  const listed = parseObject(`{"items":${response.body}}`)?.["items"];
  if (!Array.isArray(listed)) return null;
  return listed.filter(isObject).map(({ versionNumber, stages }) => ({
    number: Number(versionNumber),
    stages: Array.isArray(stages) ? stages.map(String) : [],
  }));
}

/** CURRENT as the call saw it before it read anything, else the first that it read as CURRENT: its client is the one that the call serves. */
export function firstCurrent(run: Run, call: number): Pick<Read, "number" | "content"> | undefined {
  const ofS = run.sent.filter((one) => one.call === call && one.secretId === run.prepared.secretIds.S);
  const firstRead = ofS.findIndex((one) => readIn(one) !== null);
  const listed = ofS.slice(0, Math.max(0, firstRead)).findLast((one) => listIn(one) !== null);
  const seen = [...((listed && listIn(listed)) ?? []), ...ofS.flatMap((one) => readIn(one) ?? [])];
  const number = seen.find(({ stages }) => stages.includes("CURRENT"))?.number;
  return versionsOf(run).find((version) => version.number === number);
}
