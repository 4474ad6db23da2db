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

/** What a call asked of S, parted where it asked for the secret itself: there each look of the product begins. */
function looksOf({ sent, prepared }: Run, call: number): readonly (readonly Sent[])[] {
  const looks: Sent[][] = [[]];
  for (const one of sent) {
    if (one.call !== call || one.secretId !== prepared.secretIds.S) continue;
    if (one.request.method === "GET" && one.url.pathname.endsWith(`/secrets/${one.secretId}`)) looks.push([]);
    looks.at(-1)?.push(one);
  }
  return looks;
}

/**
 * The first version that one look of the call both listed as CURRENT and read, else the first that the call read as
 * CURRENT: its client is the one that the call serves. What was read beside a list that failed serves nothing.
 */
export function firstCurrent(run: Run, call: number): Pick<Read, "number" | "content"> | undefined {
  const isCurrent = ({ stages }: Pick<Read, "stages">) => stages.includes("CURRENT");
  const served = looksOf(run, call).flatMap((look) => {
    const read = new Set(look.map((one) => readIn(one)?.number));
    return look.flatMap((one) => listIn(one) ?? []).filter((listed) => isCurrent(listed) && read.has(listed.number));
  });
  const number = (served[0] ?? readsOf(run, call).find(isCurrent))?.number;
  return versionsOf(run).find((version) => version.number === number);
}
