import type { Switches } from "../core/switches.ts";
import type { DomainState, LimitedGroup, Windows } from "./state.ts";

/** Requests a second and a minute, by the domain's type (Source: Oracle's documentation of API rate limits). */
const LIMITS: Readonly<
  Record<Exclude<Switches["domain-limits"], "none">, Record<LimitedGroup, readonly [number, number]>>
> = {
  free: { token: [10, 150], other: [20, 150] },
  "oracle-apps": { token: [40, 1000], other: [50, 1500] },
  premium: { token: [65, 3400], other: [90, 5000] },
};

function isOver(window: Windows["second"], now: number, lengthMs: number, limit: number): boolean {
  if (now - window.startedAt >= lengthMs) {
    window.startedAt = now;
    window.requests = 0;
  }
  window.requests += 1;
  return window.requests > limit;
}

/** Counts a request, including refused ones, and returns whether the domain refuses it. Windows start with their first request. */
export function isOverLimit(domain: DomainState, group: LimitedGroup, now: number, switches: Switches): boolean {
  const perMinute = switches["token-limit-per-minute"];
  const type = switches["domain-limits"];
  const [second, minute] = type === "none" ? [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] : LIMITS[type][group];
  domain.limits ??= {};
  const windows = domain.limits[group] ?? {
    second: { startedAt: now, requests: 0 },
    minute: { startedAt: now, requests: 0 },
  };
  domain.limits[group] = windows;
  const ofMinute = group === "token" && perMinute !== "none" ? Math.min(perMinute, minute) : minute;
  const overSecond = isOver(windows.second, now, 1_000, second);
  return isOver(windows.minute, now, 60_000, ofMinute) || overSecond;
}
