/** docs/proof.md, from the line of a run that docs/proof.json keeps. */
import type { ProveReport } from "../test/prove/report.ts";
import type { Kept } from "./mutation/kept.ts";
import { mutationSection } from "./mutation/section.ts";

const number = (value: number) => value.toLocaleString("en-US");
const table = (rows: readonly (readonly [string, string])[]) =>
  ["| figure | value |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");

function commandLine({ command }: Pick<ProveReport, "command">): string {
  if (command === null) return "";
  const { kills, lost, twice, unfinished } = command;
  return `
The command line: \`oci-rotate rotate --all-due\` killed before and after each of its remote calls, and run again: ${number(kills)} kills, **${number(lost)} lost**,
${number(twice)} rotated twice, ${number(unfinished)} left unfinished by the second run.
${adoptionLine(command.adopt)}`;
}

/** The line of a run from before it was killed has none. */
function adoptionLine(adopt: NonNullable<ProveReport["command"]>["adopt"] | undefined): string {
  if (adopt === undefined) return "";
  const { kills, lost, twice, unfinished, misled } = adopt;
  return `\`oci-rotate adopt\` likewise, for values that it reads back, adds, or has the issuer make: ${number(kills)} kills, **${number(lost)} lost**, ${number(twice)} doubled,
${number(unfinished)} left unfinished or half bound, ${number(misled)} values in CURRENT that the issuer refused at any time.
`;
}

/** The line of a run from before it was counted has none. */
function firstCalls({ remoteCalls }: Pick<ProveReport, "remoteCalls">): readonly (readonly [string, string])[] {
  const first: ProveReport["remoteCalls"]["firstRotation"] | undefined = remoteCalls.firstRotation;
  const what = "the same for a secret's first rotation, which finds out what Vault does with a second PENDING version";
  return first === undefined ? [] : [[what, `${number(first.fourStep)}, ${number(first.whole)}`]];
}

function mirrorSection({ mirror }: Pick<ProveReport, "mirror">): string {
  if (mirror === null) return "";
  const { singles, twice, frozen, pairs, pairsPossible, failed, controlTorn } = mirror;
  return `## The Retail credential mirror

Judged by what a consumer can read after every request: one set that the Credential Exchange served, whole, never an older one than before, and
the newest one in the end. From three starts (nothing stored, everything changed, only the credentials changed):

${table([
  ["every kind of fault at every request", number(singles)],
  ["the same with a second container called at once", number(twice)],
  ["a container frozen before any of its requests, and overtaken", number(frozen)],
  ["pairs of faults, the call after the fault included", `${number(pairs)} of ${number(pairsPossible)}`],
  ["**failed**", `**${number(failed)}**`],
  ["starts at which a reader of whatever is CURRENT saw a torn set (the control)", number(controlTorn)],
])}

`;
}

function adversarySection({ adversary, quiet }: Pick<ProveReport, "adversary" | "quiet">): string {
  if (!adversary || !quiet) return "";
  const { schedules, raced, controls, ...violations } = adversary;
  const found = Object.values(violations).reduce((sum, count) => sum + count, 0);
  const shown = Object.entries(controls).map(([name, count]): [string, string] => [
    `violations with the safeguard removed, control \`${name}\` (must not be 0)`,
    number(count),
  ]);
  return `## An attacker who may write a secret but not read it

The attacker writes contents, marks, names, tags and metadata, forges what subscribers acknowledge, promotes versions by number, and owns servers that answer anything.
The secrets are new, rotated, interrupted in a rotation, in each state that an adoption leaves, or hold two values that both work. The attacks come before the
event and before each request to Vault. A judge looks from outside at what the attacker received, what was changed and by what right, what was ended too early, and what was lost.
This run tried a seeded share of the attacks. \`npm run prove -- --adversary\` tries all of them.

${table([
  ["schedules", number(schedules)],
  ["**violations of any kind**", `**${number(found)}**`],
  ["lost because the attacker wrote in the very moment between a new value and its store", number(raced)],
  ["runs without the attacker, of them rotated", `${number(quiet.units)}, ${number(quiet.rotated)}`],
  ...shown,
])}

`;
}

function checkerSection({ sabotage }: Pick<ProveReport, "sabotage">): string {
  if (sabotage === null) return "";
  return `## Whether it can fail

A product that never rotates must not pass: the rotations that nothing prevented are counted above. Nor must one with a bug in its protocol: bugs are planted in the product
as it is loaded, each at the smallest piece of work that must catch it and that passes without it: a mint without a claim, 5xx read as a refusal, a value given up early, a promote without a login,
values that cross clients, secrets in each log, and more. \`npm run prove -- --sabotage\` shows each bug, and the checker's result without it and with it.

${table([["planted bugs, of them caught", `${number(sabotage.planted)}, ${number(sabotage.caught)}`]])}

`;
}

function issuersTable({ issuers }: Pick<ProveReport, "issuers">): string {
  const rows = Object.entries(issuers).map(([name, own]) => {
    const bad = own.lost + own.unverifiedPromotions + own.leaks + own.notConverged + own.otherViolations;
    const dead = Math.round(own.longestCurrentDeadMs / 1000);
    return `| ${name} | ${number(own.singles)} | ${number(own.pairs)} | ${number(bad)} | ${number(own.inherent)} | ${number(dead)} s |`;
  });
  return [
    "| issuer | single faults | pairs | violations | inherent losses | longest time with CURRENT refused |",
    "|---|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

/** Lines of earlier runs have no such part. */
function quietRows({ liveness, falseAlarms }: Pick<ProveReport, "liveness" | "falseAlarms">): [string, string][] {
  if (liveness === undefined) return [];
  return [
    [
      "rotations that nothing prevented, and how many of them rotated",
      `${number(liveness.units)}, ${number(liveness.rotations)}`,
    ],
    [
      "operators sent to the console for nothing, or a working value dropped, under one fault (under two)",
      `${number(falseAlarms.singles)} (${number(falseAlarms.pairs)})`,
    ],
  ];
}

export function proofPage(proof: ProveReport, mutation: Readonly<Record<string, Kept>>): string {
  const { control, inherent, remoteCalls } = proof;
  const reasons = Object.entries(inherent.reasons).map(([reason, count]) => `| \`${reason}\` | ${number(count)} |`);
  return `# The proof

Made by \`npm run proof\` from one run of \`npm run prove\` with seed ${proof.seed} on the code \`${proof.code}\`, whose line is [proof.json](proof.json): ${number(proof.seconds)} seconds, ${number(proof.schedulesPerSecond)} schedules a second on two cores.

## What was run

The real handler, the real stages and the real OCI SDK clients against the emulator, in one process and in virtual time. Only transport, clock,
entropy and request signer are injected. A schedule is one rotation (Vault's four steps, or the whole rotation in one call) with its faults,
and then quiet: the faults stop, and one heal, or at most two further rotations, must bring CURRENT to a client secret that works, with no
PENDING version left but an inert claim.

The checker shares no code with what it checks. It judges from the outside: the emulator's state, the requests, the answers, the log lines.

* **Single faults**, all of them: every remote call of the rotation and of the heal after it, times every kind of fault, times both flows, times
  every combination of how the issuer and Vault may behave: the client secret readable, empty, masked or refused; old tokens living or dying; a
  second authority or none; \`if-match\` honoured or ignored; a second PENDING version that deprecates the first, is refused (by 400; in some
  combinations also by 404, 409 IncorrectState, 412 or 503), or is kept next to it; every node up to date or one that is late.
* **Pairs of faults**: for each single fault of the named combinations (each way back by itself, none, and one with a subscriber) every later
  call, recovery included, times every kind: a seeded share of
  ${(proof.pairsShare * 100).toFixed(1)} % of them, and 20,000 over the other combinations. \`npm run prove -- --all-pairs\` runs the rest.
* **Other issuers** likewise, each with its own combinations: Keycloak with and without a rotation policy, Cloud Foundry UAA, Ed-Fi CMS, and an identity
  domain that takes a chosen value. If the issuer keeps two values, \`retire\` and a rotation for a compromised secret too.
* **Notifications**: each subscriber is notified of a promotion after it, at least once, under one id.
* **Random walks**: ${number(proof.walks)} longer histories over several rotations, with faults, processes killed and running in parallel,
  operators who promote, roll back, delete and regenerate by hand, clocks that are off and jump. A seed reproduces each.
* **Kinds**: refused before the effect, answer lost, landing late (after a successor has acted), killed before, killed after, 400, 401, 409, 412,
  429, 500 before and after the effect, truncated, too slow; for the run: steps repeated, skipped and reordered, a second rotation at every
  call, one that overtakes a frozen first, a deadline in the middle, UPDATING that lasts, a client secret that flickers, the issuer or Vault out for minutes
  right after the mint.
* **Secrecy**: every client secret and token of a schedule is searched for in all answers, log lines and thrown values, in clear, in base64,
  URL-encoded and JSON-escaped.

## Results

${table([
  ["schedules", number(proof.schedules)],
  ["of them single faults, pairs", `${number(proof.singles)}, ${number(proof.pairs)}`],
  ["kinds of faults", number(proof.faultKinds)],
  ["random walks over several rotations, failed", `${number(proof.walks)}, ${number(proof.walksFailed)}`],
  ["**working client secrets lost**", `**${number(proof.lost)}**`],
  ["**unverified promotions**", `**${number(proof.unverifiedPromotions)}**`],
  ["**leaks**", `**${number(proof.leaks)}**`],
  ["**not converged**", `**${number(proof.notConverged)}**`],
  ["other violations (malformed answers, loops, a claim promoted)", number(proof.otherViolations)],
  ...quietRows(proof),
  ["further rotations to converge, at most", number(proof.maxRotationsToConverge)],
  ["extra mints, at most (under two faults)", `${number(proof.maxExtraMints)} (${number(proof.maxExtraMintsInPairs)})`],
  ["written to CURRENT unverified because CURRENT was dead and time ran out", number(proof.rule4Promotions)],
  [
    "longest time with CURRENT refused, virtual",
    `${number(Math.round(proof.longestCurrentDeadMs / 1000))} s, of which 900 s are the pause before the heal`,
  ],
  [
    "remote calls without a fault: four steps, whole rotation",
    `${number(remoteCalls.fourStep)}, ${number(remoteCalls.whole)}`,
  ],
  ...firstCalls(proof),
])}
${commandLine(proof)}
${issuersTable(proof)}

Inherent losses: see below. A rotation for a compromised secret may end the value in CURRENT on purpose. Then CURRENT was refused for at most ${number(Math.round(proof.longestCurrentDeadOnPurposeMs / 1000))} s.

The plain order under the same checker (regenerate, then store; believe every status): ${number(control.schedules)} single faults, **${number(control.lost)} lost**,
${number(control.unverifiedPromotions)} unverified promotions. If it ever lost nothing, the run would fail.

## Where loss is inherent

If old tokens die and no second authority is configured, no client is left that could ask the issuer after a lost answer. This happened in ${number(inherent.count)} of the
schedules above. In each, the mint's answer never came, the process was killed before Vault had answered the store, or storing was
retried until the platform's deadline. The number is pinned for each combination and fault. Each of them answered \`LOCKED_OUT\` with what to do. With \`OROT_REQUIRE_WAY_BACK\` on there are none,
because the rotation never started.

| fault | schedules |
|---|---|
${reasons.join("\n")}

${mirrorSection(proof)}${adversarySection(proof)}${checkerSection(proof)}## Mutation testing

<!-- mutation:begin -->
${mutationSection(mutation)}
<!-- mutation:end -->

## See one schedule

\`npm run prove -- --reproduce ID\` runs one schedule and prints its requests, faults, answers and versions. An id looks like
\`read-back/four-steps/heal-later/-/7:answer-lost\`: the combination, the flow, how it recovers, the fault of the run, the faults at calls
counted from 0. \`--control\` runs the plain order on it.
`;
}
