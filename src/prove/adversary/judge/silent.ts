import { isObject, parseObject } from "../../../emulator/wire.ts";
import { named } from "../condition.ts";
import type { Run } from "../run.ts";
import type { Sent } from "../sent.ts";

interface Read {
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

/** Lines of one call, and its answer: whether they name a version. */
function isNamed({ world }: Run, call: number, number: number): boolean {
  const { process, end } = world.calls[call] ?? {};
  const callId = `"callId":"${process}-${call + 1}"`;
  const has = new RegExp(`(?<![0-9])${number}(?![0-9])`);
  const lines = world.log.filter((line) => line.includes(callId));
  const isInLine = lines.some((line) => {
    const fields = parseObject(line) ?? {};
    const isOfKind = ["version-of-another-client", "version-not-made-by-rotator"].includes(String(fields["event"]));
    return isOfKind && has.test(JSON.stringify(fields["versions"] ?? fields["versionNo"] ?? ""));
  });
  if (isInLine || end?.kind !== "answered") return isInLine;
  return /version/.test(end.answer.returnMessage) && has.test(end.answer.returnMessage);
}

/** The calls of S that ended by themselves and were not turned away at CURRENT. */
function isJudged({ world }: Run, call: number): boolean {
  const end = world.calls[call]?.end;
  if (end?.kind !== "answered") return false;
  return !/^(CONTENT_INVALID|ORIGIN_NOT_ALLOWED|ISSUER_UNKNOWN|CLIENT_CHANGED|CLIENT_NOT_BOUND|VAULT_|SETTINGS_)/.test(
    end.answer.returnMessage,
  );
}

/** What a call on S met and had to say: versions of another client than CURRENT's, and PENDING values that nobody proved to be the rotator's. */
function unsaid(run: Run, call: number, reads: readonly Read[]): number[] {
  const { prepared, attacker } = run;
  const current = reads.find(({ stages }) => stages.includes("CURRENT"));
  if (current === undefined || !named(prepared, current.content).isOfS) return [];
  const isStrange = ({ content, number }: Read) => {
    const { isOfS, isMarked } = named(prepared, content);
    return !isOfS || (isMarked && attacker.written.has(number));
  };
  const isUnproven = ({ stages, number }: Read) =>
    !prepared.ground.isIssuerChosen && stages.includes("PENDING") && attacker.written.has(number);
  const met = reads.filter((read) => isStrange(read) || isUnproven(read)).map(({ number }) => number);
  return [...new Set(met)].filter((number) => !isNamed(run, call, number));
}

/** A stranger or an unproven version was met, and neither the answer nor a line names it. */
export function judgeSilent(run: Run): string[] {
  const { world, sent, prepared } = run;
  return world.calls.flatMap((_, call) => {
    if (!isJudged(run, call)) return [];
    const reads = sent
      .filter((one) => one.call === call && one.secretId === prepared.secretIds.S)
      .map(readIn)
      .filter((read) => read !== null);
    return unsaid(run, call, reads).map((number) => `silent: call ${call} met version ${number} and does not name it`);
  });
}
