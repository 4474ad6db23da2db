import { DAY_MS, durationText, HOUR_MS } from "../../base/durations.ts";
import type { Settings } from "../../base/settings/settings.ts";
import type { Capabilities } from "../../clients/issuers/issuer.ts";
import { readRecord } from "../../clients/vault/notify-record.ts";
import { hostOf } from "../../notify/endpoint.ts";
import type { ToldExpiry } from "../../rotation/housekeeping/rotation-tags.ts";
import { fittingDays, MOST_DAYS } from "../inventory/ends-first.ts";
import type { Facts } from "./facts.ts";
import { type Finding, known, problem } from "./finding.ts";
import { setLine } from "./settings-check.ts";

/** Compares what the settings let last for long with the interval of Vault's schedule. */

/** A share of the interval that leaves time for a rotation that fails and is repeated. */
const SHARE = 2 / 3;

/** Null: Vault does not rotate it by itself. */
function intervalOf({ secret }: Facts): number | null {
  const rotation = known(secret)?.rotation;
  return rotation?.isScheduled === true ? rotation.intervalDays : null;
}

const days = (count: number) => `${count} day${count === 1 ? "" : "s"}`;

/**
 * Whether the older client secret may still have its grace at the next rotation. Then a UAA has no room for a new one, and Keycloak drops the older.
 * @param lifeMs how long a value lives; null: not known, or without end
 */
export function checkGrace(
  facts: Facts,
  { overlap, told }: { readonly overlap: Capabilities["overlap"] | null; readonly told: ToldExpiry | null },
  lifeMs: number | null,
): Finding[] {
  const settings = known(facts.settings);
  const { secretId } = facts;
  const interval = intervalOf(facts);
  // A Keycloak that ends no value has no policy, and so keeps no second one.
  const keepsNone = overlap === null || overlap === "none" || (overlap === "timed" && told === "never");
  if (settings === null || secretId === null || interval === null || keepsNone) return [];
  const set = { OROT_GRACE_HOURS: settings.graceHours, OROT_LONGEST_GRACE_HOURS: 0 };
  if (settings.retireAfter === "acknowledged") set.OROT_LONGEST_GRACE_HOURS = settings.longestGraceHours;
  const longest = Math.max(...Object.values(set));
  if (longest * HOUR_MS < interval * DAY_MS) return [];
  const effect = overlap === "timed" ? "which ends it early" : "which then answers GRACE_RUNNING";
  const what = `the older client secret may live for ${longest} hours, longer than the ${days(interval)} to the next rotation, ${effect}`;
  const wanted = Math.floor((longest * HOUR_MS) / DAY_MS) + 1;
  const most = lifeMs === null ? MOST_DAYS : (fittingDays(lifeMs) ?? 0);
  if (wanted <= most) return [problem("schedule", what, `oci-rotate schedule set ${secretId} --every ${wanted}d`)];
  const fitting = Math.floor(interval * (DAY_MS / HOUR_MS) * SHARE);
  const tooLong = Object.entries(set).filter(([, hours]) => hours > fitting);
  return [problem("schedule", what, ...tooLong.map(([name]) => setLine(facts, name, String(fitting))))];
}

/** Everyone's time for notices, or a subscriber's own; each with the line that sets another. */
function noticeTimes(facts: Facts, settings: Settings, secretId: string) {
  const limits = { subscriberLimit: settings.subscriberLimit, highestNo: null };
  const { subscribers } = readRecord(known(facts.secret)?.metadata ?? {}, limits);
  const own = subscribers.map(({ endpoint, noticeBeforeMs = null }) => {
    const host = hostOf(endpoint);
    return {
      whom: `${host === "mail" ? "a mail address" : host} is`,
      ms: noticeBeforeMs,
      // The endpoint itself may be a secret.
      line: (time: string) => `oci-rotate notify add ${secretId} <endpoint> --notice-before ${time}`,
    };
  });
  const line = (time: string) => setLine(facts, "OROT_NOTICE_BEFORE", time);
  return [{ whom: "subscribers are", ms: settings.noticeBeforeMs, line }, ...own];
}

/** Whether subscribers would hear of each rotation as soon as the one before it is done. */
export function checkNotice(facts: Facts): Finding[] {
  const settings = known(facts.settings);
  const interval = intervalOf(facts);
  const { secretId } = facts;
  if (settings === null || interval === null || secretId === null) return [];
  const fitting = durationText(Math.floor(interval * (DAY_MS / HOUR_MS) * (1 - SHARE)) * HOUR_MS);
  return noticeTimes(facts, settings, secretId).flatMap(({ whom, ms, line }) => {
    if (ms === null || ms < interval * DAY_MS) return [];
    const what = `${whom} told ${durationText(ms)} before a rotation, which comes every ${days(interval)}: as soon as the one before it is done`;
    return [problem("schedule", what, line(fitting))];
  });
}
