import { printable } from "../../base/printable.ts";
import { commandLine } from "../command-line.ts";
import type { GlobalOptions } from "../global-options.ts";
import { mendOf } from "../inventory/ends-first.ts";
import { paintVerdict, planPairs, type Shown } from "../one-secret/plan-view.ts";
import type { Style } from "../output/style.ts";
import { renderPairs, renderTable } from "../output/table.ts";
import { instantAndSpan, spanText } from "../output/times.ts";
import type { StatusReport } from "./report.ts";

type Pair = readonly [name: string, value: string];

/** The command that continues; null: nothing needs to be done by hand. */
function commandFor(options: GlobalOptions, report: StatusReport): string | null {
  const { secretId, state, plan, endsOn, checkedAt, versions } = report;
  if (plan.changes) return commandLine(options, ["heal", secretId]);
  if (state === "poisoned") return commandLine(options, ["rotate", secretId]);
  if (endsOn === null) return null;
  const current = versions.find(({ versionNo }) => versionNo === report.current?.versionNo);
  const madeAt = current === undefined ? null : Date.parse(current.createdAt);
  return commandLine(options, mendOf(secretId, Date.parse(endsOn), madeAt, Date.parse(checkedAt)));
}

function clientPairs(report: StatusReport): Pair[] {
  const { issuer, clientId, owner, contact } = report;
  const people = [owner, contact].filter((text) => text !== null).map(printable);
  return [
    ["client", issuer === null ? "not known" : printable(`${clientId ?? "unknown"} at ${issuer}`)],
    ...(people.length === 0 ? [] : [["owner", people.join(", ")] as const]),
  ];
}

function rotationText({ rotation }: StatusReport, at: (instant: string) => string): string {
  const { functionId, targetType, intervalDays, scheduled, status, last, next } = rotation;
  if (targetType === null) return "none set up in Vault";
  const target = functionId === null ? `by ${printable(targetType)}` : `by ${printable(functionId)}`;
  return [
    scheduled && intervalDays !== null ? `every ${intervalDays} d ${target}` : `not scheduled, ${target}`,
    ...(status === null ? [] : [printable(status)]),
    last === null ? "never yet" : `last ${at(last)}`,
    ...(next === null ? [] : [`next ${at(next)}`]),
  ].join("; ");
}

function lockPairs({ claim, lease }: StatusReport, at: (instant: string) => string): Pair[] {
  const whose = (callId: string | null) => (callId === null ? "of a newer edition" : `of call ${printable(callId)}`);
  const end = ({ live, until }: { live: boolean; until: string }) =>
    live ? `its writer's until ${at(until)}` : `over since ${at(until)}`;
  return [
    [
      "claim",
      claim === null
        ? "none"
        : `version ${claim.versionNo} ${whose(claim.callId)}, since ${at(claim.since)}, ${end(claim)}`,
    ],
    ...(lease === null ? [] : [["lease", `${whose(lease.callId)}, ${end(lease)}`] as const]),
  ];
}

function overlapText({ overlap }: StatusReport, at: (instant: string) => string): string {
  if (overlap === null) return "none";
  const until =
    overlap.until === null ? "the issuer ends it, or a heal sets its end" : `lives until ${at(overlap.until)}`;
  return `version ${overlap.versionNo} still works; ${until}`;
}

function workPairs({ workRequest }: StatusReport, at: (instant: string) => string): Pair[] {
  if (workRequest === null) return [];
  const { status, percent, accepted, finished, problems } = workRequest;
  const when = finished === null ? `accepted ${at(accepted)}` : `finished ${at(finished)}`;
  return [
    ["work request", `${printable(status)}, ${percent} %, ${when}`],
    ...problems.map(({ message }) => ["", printable(message)] as const),
  ];
}

/** A date of another version says nothing about the client secret in use. */
function expiryPairs(
  { expiresOn, expiresOnVersionNo, neverExpires, current }: StatusReport,
  at: (instant: string) => string,
): Pair[] {
  if (expiresOnVersionNo !== null && current !== null && expiresOnVersionNo !== current.versionNo) {
    return [["expires", `noted only for version ${expiresOnVersionNo}; a heal notes CURRENT's`]];
  }
  if (expiresOn !== null) return [["expires", `the client secret expires ${at(expiresOn)}`]];
  if (neverExpires) return [["expires", "never, as the issuer said at the last look"]];
  return expiresOnVersionNo === null
    ? []
    : [["expires", "not known: nobody who may ask has been told; each heal asks"]];
}

function notedPairs(report: StatusReport, at: (instant: string) => string): Pair[] {
  const { outcome } = report;
  return [
    [
      "last heal",
      outcome === null
        ? "noted nothing yet"
        : `${printable(outcome.code)} with version ${outcome.versionNo}, ${at(outcome.at)}`,
    ],
    ...expiryPairs(report, at),
    ...(report.endsOn === null
      ? []
      : [["too late", `the next rotation comes after the client secret ends, ${at(report.endsOn)}`] as const]),
  ];
}

function subscribersText({ subscribers }: StatusReport): string {
  if (subscribers === null) return "not known while Vault is between two states";
  const { count, unreached } = subscribers;
  if (count === 0) return "no subscribers";
  const all = `${count} ${count === 1 ? "subscriber" : "subscribers"}`;
  if (unreached.length === 0) return `${all}; each was notified of the last rotation`;
  const each = unreached.map(({ host, failures }) =>
    failures === 0 ? printable(host) : `${printable(host)} (${failures} ${failures === 1 ? "call" : "calls"} failed)`,
  );
  return `${all}; not notified of the last rotation: ${each.join(", ")}`;
}

/** Only where it matters: somebody has acknowledged CURRENT, or an older value still works. */
function acknowledgedPairs({ subscribers, overlap }: StatusReport): Pair[] {
  if (subscribers === null || subscribers.count === 0) return [];
  const { count, waiting } = subscribers;
  if (waiting.length === count && overlap === null) return [];
  const by = `CURRENT, by ${count - waiting.length} of ${count}`;
  return [["acknowledged", waiting.length === 0 ? by : `${by}; not by ${waiting.map(printable).join(", ")}`]];
}

function versionTable(style: Style, report: StatusReport, now: number): string {
  const seen = [report.current, report.pending, report.previous];
  const verdictOf = (versionNo: number): Shown | null =>
    seen.find((version) => version?.versionNo === versionNo)?.verdict ?? null;
  const rows = report.versions.map(({ versionNo, stages, name, createdAt, holds, leaving }) => {
    const verdict = verdictOf(versionNo);
    return [
      String(versionNo),
      stages.join(" "),
      name === null ? "-" : printable(name),
      spanText(Date.parse(createdAt), now),
      leaving ? "being deleted" : holds,
      verdict === null ? "" : paintVerdict(style, verdict),
    ];
  });
  return renderTable(["VERSION", "STAGES", "NAME", "AGE", "HOLDS", "ISSUER SAYS"], rows);
}

export function statusText(style: Style, options: GlobalOptions, report: StatusReport): string {
  const now = Date.parse(report.checkedAt);
  const at = (instant: string) => instantAndSpan(Date.parse(instant), now);
  const command = commandFor(options, report);
  const pairs = renderPairs([
    ["secret", `${style.bold(printable(report.name))}  ${report.secretId}, ${printable(report.lifecycle)}`],
    ...planPairs(style, report),
    ...(command === null ? [] : [["run", command] as const]),
    ...clientPairs(report),
    ["rotation", rotationText(report, at)],
    ...workPairs(report, at),
    ...lockPairs(report, at),
    ["overlap", overlapText(report, at)],
    ...notedPairs(report, at),
    ["notifies", subscribersText(report)],
    ...acknowledgedPairs(report),
  ]);
  return report.versions.length === 0 ? pairs : `${pairs}\n${versionTable(style, report, now)}`;
}

/** One line per change, for output that is not a terminal. */
export function changeLine({ checkedAt, state, current, pending, versions, plan }: StatusReport): string {
  const seen = (name: string, version: StatusReport["current"]) =>
    version === null ? `${name} none` : `${name} ${version.versionNo} ${version.verdict}`;
  const stages = versions
    .toReversed()
    .map((version) => `${version.versionNo}:${version.stages.filter((stage) => stage !== "LATEST").join("+")}`);
  return `${[checkedAt, state, seen("CURRENT", current), seen("PENDING", pending), stages.join(" "), `next: ${printable(plan.next)}`].join("  ")}\n`;
}
