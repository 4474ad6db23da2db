import { expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import type { SecretSchedule } from "../../../../src/clients/vault/schedule.ts";
import { whyNotNow } from "../../../../src/rotation/due/why-not-now.ts";
import { claim, credential, STARTED_AT, startRun, type Written } from "../rig.ts";

/** Days from now. */
const iso = (days: number) => new Date(STARTED_AT + days * DAY_MS).toISOString();

function scheduled(nextInDays: number | null): SecretSchedule {
  const nextAt = nextInDays === null ? null : STARTED_AT + nextInDays * DAY_MS;
  const rotation = { functionId: null, targetType: null, intervalDays: 30, isScheduled: true, status: null };
  return { rotation: { ...rotation, lastAt: null, nextAt }, expiry: null };
}

/** CURRENT, version 7, made a day ago. */
const made = (content: object, name: string) => ({ no: 7, stages: ["CURRENT", "LATEST"], content, name }) as const;
const ours = made(credential("S7"), "orot-7");
const foreign = made(credential("S7"), "by-hand");
/** Made from version 6, which holds the same value. */
const base: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S7") };
const claimed = made(claim("S7", { base: 6 }), "orot-7");

async function reasonOf(current: Written, nextInDays: number | null, tags: Readonly<Record<string, string>>) {
  const run = await startRun({
    versions: [base, current],
    stateOf: (state) => ({ ...state, tags, schedule: scheduled(nextInDays) }),
  });
  const reason = await whyNotNow({ ...run, snapshot: run.seen }, { withinMs: 60 * DAY_MS, maxAgeMs: null });
  if (reason === null) return "rotated";
  return reason.kind === "done" ? reason.code : reason.kind;
}

const OF_ANOTHER = { "orot-expires-on": `${iso(1)} v6` };

test.each<[string, string, Written, number | null, Readonly<Record<string, string>>]>([
  ["whose date is that of another version is left alone", "NOTHING_TO_DO", ours, null, OF_ANOTHER],
  ["whose date is that of the version that its claim was made from is rotated", "rotated", claimed, null, OF_ANOTHER],
  ["that this function made after its date is left alone", "ALREADY_ROTATED", ours, -2, {}],
  ["that somebody stored after its date is rotated", "rotated", foreign, -2, {}],
  ["that is a claim made after its date is rotated", "rotated", claimed, -2, {}],
  ["in the first half of its life is left alone", "NOTHING_TO_DO", ours, 16, {}],
  ["in the first half of its life is left alone, whoever stored it", "NOTHING_TO_DO", foreign, 16, {}],
  ["without a date is left alone", "NOTHING_TO_DO", foreign, null, {}],
])("a CURRENT %s", async (_what, outcome, current, nextInDays, tags) => {
  expect(await reasonOf(current, nextInDays, tags)).toBe(outcome);
});
