import type { AdoptionFigures } from "./adoption-kills.ts";
import { type AdversaryReport, adversaryFailuresOf } from "./adversary/report.ts";
import type { Campaign, RemoteCalls } from "./campaign.ts";
import type { CommandFigures } from "./command-kills.ts";
import { faultKindCount } from "./enumerate.ts";
import type { Figures, Finding } from "./figures.ts";
import type { Liveness } from "./liveness.ts";
import type { MirrorFigures } from "./mirror/figures.ts";
import type { Part } from "./part.ts";
import { type SabotageReport, sabotageFailuresOf } from "./sabotage/report.ts";
import { WALK_ID } from "./walk-commands.ts";

const issuerFigures = [
  ...(["schedules", "singles", "pairs", "lost", "unverifiedPromotions", "leaks", "notConverged"] as const),
  ...(["otherViolations", "maxRotationsToConverge", "maxExtraMints"] as const),
  ...(["longestCurrentDeadMs", "longestCurrentDeadOnPurposeMs"] as const),
] as const;

type IssuerReport = Readonly<Record<(typeof issuerFigures)[number], number>> & { readonly inherent: number };

function issuerReport(figures: Figures): IssuerReport {
  const numbers = Object.fromEntries(issuerFigures.map((key) => [key, figures[key]]));
  return { ...(numbers as Record<(typeof issuerFigures)[number], number>), inherent: inherentCount(figures) };
}

function inherentCount({ inherent }: Figures): number {
  return Object.values(inherent).reduce((sum, by) => sum + by, 0);
}

export type MirrorReport = Omit<MirrorFigures, "findings">;

/** The line that a run ends with. */
export interface ProveReport {
  readonly schedules: number;
  readonly singles: number;
  readonly pairs: number;
  /** The part of the single faults that the run was confined to; null: all of them ran. */
  readonly part: Part | null;
  /** The share of the single faults that ran. */
  readonly singlesShare: number;
  readonly pairsShare: number;
  readonly faultKinds: number;
  readonly remoteCalls: RemoteCalls;
  readonly lost: number;
  readonly unverifiedPromotions: number;
  readonly rule4Promotions: number;
  readonly leaks: number;
  readonly notConverged: number;
  readonly otherViolations: number;
  /** Operators sent to the console for nothing, and working values dropped: 0 in singles, pinned in pairs. */
  readonly falseAlarms: { readonly singles: number; readonly pairs: number };
  /** Rotations that nothing prevented, of every unit and part of the run, and how many of them rotated. */
  readonly liveness: Liveness;
  readonly maxRotationsToConverge: number;
  readonly maxExtraMints: number;
  readonly maxExtraMintsInPairs: number;
  readonly longestCurrentDeadMs: number;
  readonly longestCurrentDeadOnPurposeMs: number;
  readonly walks: number;
  readonly walksFailed: number;
  readonly walkSteps: number;
  readonly walksWithoutWayBack: number;
  readonly walksLockedOut: number;
  readonly walkExceptions: number;
  readonly inherent: {
    readonly count: number;
    readonly reasons: Readonly<Record<string, number>>;
    /** What of it is not pinned, and other alarms in pairs beyond the pins, in words. */
    readonly unpinned: readonly string[];
  };
  /** The figures of each kind of issuer. */
  readonly issuers: Readonly<Record<string, IssuerReport>>;
  readonly control: { readonly schedules: number; readonly lost: number; readonly unverifiedPromotions: number };
  /** `oci-rotate rotate --all-due` and `oci-rotate adopt`, killed at every remote call and run again; null: they were left out. */
  readonly command: (Omit<CommandFigures, "problems"> & { readonly adopt: Omit<AdoptionFigures, "problems"> }) | null;
  /** The Retail credential mirror; null: it was left out. */
  readonly mirror: MirrorReport | null;
  /** One who may write a secret and not read it; null: it was left out. */
  readonly adversary: AdversaryReport["adversary"] | null;
  readonly quiet: AdversaryReport["quiet"] | null;
  /** Bugs planted in the product, and how many the proof caught; null: it was left out. */
  readonly sabotage: SabotageReport | null;
  readonly unsupported: readonly string[];
  readonly schedulesPerSecond: number;
  /** By the time of all threads on the processor, which other programs on the machine disturb less. Walks take time and are no schedules. */
  readonly schedulesPerCpuSecond: number;
  readonly seconds: number;
  readonly seed: number;
  /** A digest of the code that was tried: a line of other code proves nothing of this one. */
  readonly code: string;
}

const rounded = (share: number) => Math.round(share * 10_000) / 10_000;

export function reportOf(
  { figures, byIssuer, control, part, singlesShare, pairsShare, remoteCalls, unsupported, unpinned }: Campaign,
  {
    command,
    mirror,
    adversary,
    quiet,
    sabotage,
  }: Pick<ProveReport, "command" | "mirror" | "adversary" | "quiet" | "sabotage">,
  times: { readonly rotationSeconds: number; readonly rotationCpuSeconds: number; readonly seconds: number },
  { seed, code }: Pick<ProveReport, "seed" | "code">,
): ProveReport {
  const schedules = figures.schedules + control.schedules;
  const perSecond = (seconds: number) => Math.round(schedules / Math.max(seconds, 0.001));
  return {
    schedules: figures.schedules,
    singles: figures.singles,
    pairs: figures.pairs,
    part,
    singlesShare: rounded(singlesShare),
    pairsShare: rounded(pairsShare),
    faultKinds: faultKindCount,
    remoteCalls,
    lost: figures.lost,
    unverifiedPromotions: figures.unverifiedPromotions,
    rule4Promotions: figures.rule4Promotions,
    leaks: figures.leaks,
    notConverged: figures.notConverged,
    otherViolations: figures.otherViolations,
    falseAlarms: { singles: figures.falseAlarms, pairs: figures.falseAlarmsInPairs },
    liveness: livenessOf(figures, { command, mirror, quiet }),
    maxRotationsToConverge: figures.maxRotationsToConverge,
    maxExtraMints: figures.maxExtraMints,
    maxExtraMintsInPairs: figures.maxExtraMintsInPairs,
    longestCurrentDeadMs: figures.longestCurrentDeadMs,
    longestCurrentDeadOnPurposeMs: figures.longestCurrentDeadOnPurposeMs,
    walks: figures.walks,
    walksFailed: figures.walksFailed,
    walkSteps: figures.walkSteps,
    walksWithoutWayBack: figures.walksWithoutWayBack,
    walksLockedOut: figures.walksLockedOut,
    walkExceptions: figures.walkExceptions,
    inherent: { count: inherentCount(figures), reasons: figures.inherent, unpinned },
    issuers: Object.fromEntries([...byIssuer].map(([name, own]) => [name, issuerReport(own)])),
    control: { schedules: control.schedules, lost: control.lost, unverifiedPromotions: control.unverifiedPromotions },
    command,
    mirror,
    adversary,
    quiet,
    sabotage,
    unsupported,
    schedulesPerSecond: perSecond(times.rotationSeconds),
    schedulesPerCpuSecond: perSecond(times.rotationCpuSeconds),
    seconds: Math.round(times.seconds),
    seed,
    code,
  };
}

function livenessOf(
  figures: Figures,
  { command, mirror, quiet }: Pick<ProveReport, "command" | "mirror" | "quiet">,
): Liveness {
  const parts = [
    { units: figures.quiet, rotations: figures.quietRotated },
    ...(command === null ? [] : [command.liveness, command.adopt.liveness]),
    ...(mirror === null ? [] : [{ units: mirror.quiet, rotations: mirror.quietMirrored }]),
    ...(quiet === null ? [] : [{ units: quiet.units, rotations: quiet.rotated }]),
  ];
  return {
    units: parts.reduce((sum, { units }) => sum + units, 0),
    rotations: parts.reduce((sum, { rotations }) => sum + rotations, 0),
  };
}

/** The same for rotations that nothing prevented. */
export function livenessFailuresOf({ units, rotations }: Liveness): string[] {
  if (units === 0) return ["no rotation was tried without faults: a product that never rotates would pass"];
  return rotations < units ? [`without any fault ${units - rotations} of ${units} rotations do not rotate`] : [];
}

/** Why a run has failed, in words; empty: it has not. */
export function failuresOf(report: ProveReport): string[] {
  const failures: string[] = [];
  const must = {
    lost: 0,
    unverifiedPromotions: 0,
    leaks: 0,
    notConverged: 0,
    otherViolations: 0,
    walksFailed: 0,
  } as const;
  for (const key of Object.keys(must) as (keyof typeof must)[]) {
    if (report[key] > 0) failures.push(`${key} is ${report[key]} and must be 0`);
  }
  if (report.maxExtraMints > 1)
    failures.push(`one fault led to ${report.maxExtraMints} extra mints; at most 1 is allowed`);
  if (report.control.lost === 0) failures.push("the control lost nothing: the checker proves nothing");
  if (report.falseAlarms.singles > 0) {
    failures.push(`${report.falseAlarms.singles} false alarms in single faults; none is allowed`);
  }
  failures.push(...livenessFailuresOf(report.liveness));
  failures.push(...report.inherent.unpinned.map((words) => `not pinned: ${words}`));
  failures.push(...commandFailuresOf(report.command));
  failures.push(...mirrorFailuresOf(report.mirror));
  if (report.adversary !== null && report.quiet !== null) {
    failures.push(...adversaryFailuresOf({ adversary: report.adversary, quiet: report.quiet }));
  }
  if (report.sabotage !== null) failures.push(...sabotageFailuresOf(report.sabotage));
  failures.push(...report.unsupported.map((lack) => `not searched: ${lack}`));
  return failures;
}

/** The same for the command's part only. */
export function commandFailuresOf(command: ProveReport["command"]): string[] {
  if (command === null) return [];
  const { adopt, ...rotate } = command;
  return [...killFailuresOf("rotate", { ...rotate, misled: 0 }), ...killFailuresOf("adopt", adopt)];
}

function killFailuresOf(name: string, figures: Omit<AdoptionFigures, "problems">): string[] {
  const troubles = (["lost", "twice", "unfinished", "misled", "leaks"] as const).filter((key) => figures[key] > 0);
  const found = troubles.map(
    (key) => `oci-rotate ${name}, killed and run again: ${key} is ${figures[key]} and must be 0`,
  );
  found.push(...livenessFailuresOf(figures.liveness).map((words) => `oci-rotate ${name}: ${words}`));
  return figures.kills === 0 ? [`oci-rotate ${name} was killed nowhere`, ...found] : found;
}

/** The same for the mirror's part only. */
export function mirrorFailuresOf(mirror: ProveReport["mirror"]): string[] {
  if (mirror === null) return [];
  const { singles, failed, controlTorn, quiet, quietMirrored } = mirror;
  return [
    ...livenessFailuresOf({ units: quiet, rotations: quietMirrored }).map((words) => `the mirror: ${words}`),
    ...(singles === 0 ? ["the mirror was tried with no fault"] : []),
    ...(failed === 0 ? [] : [`the mirror failed in ${failed} schedules and must in none`]),
    ...(controlTorn > 0
      ? []
      : ["a consumer that reads what is CURRENT saw no torn set: the mirror's checker proves nothing"]),
  ];
}

const MAX_LINES = 60;

/** Violations for a reader: which faults they followed, then schedules to reproduce. */
export function findingsText({ violationsByFault, findings }: Figures): string {
  const groups = Object.entries(violationsByFault).sort(([, a], [, b]) => b - a);
  const lines = groups.slice(0, MAX_LINES).map(([faults, by]) => `${String(by).padStart(7)}  ${faults}`);
  if (groups.length > MAX_LINES) lines.push(`         and ${groups.length - MAX_LINES} more`);
  return [...lines, ...findings.slice(0, MAX_LINES).map(findingText)].join("\n");
}

/** How to reproduce a violation, and what it is. */
export function findingText({ id, problems }: Finding): string {
  return `--reproduce ${id.startsWith(WALK_ID) ? `'${id}'` : id}\n    ${problems.join("\n    ")}`;
}
