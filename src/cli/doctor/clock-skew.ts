import { type Finding, ok, problem, warning } from "./finding.ts";
import type { Contact } from "./network.ts";

/** OCI refuses a signature whose date differs by more than this (Source: OCI, request signatures). */
const REFUSED_MS = 300_000;
const NOTICED_MS = 30_000;
const MEND = "set this machine's clock by NTP: timedatectl set-ntp true";

const seconds = (ms: number) => `${Math.round(Math.abs(ms) / 1000)} s`;

/** Compares this machine's clock with the servers'. */
export function checkClock(contacts: readonly Contact[]): Finding[] {
  const told = contacts.flatMap(({ name, read }) => {
    if (!("value" in read) || read.value.aheadMs === null) return [];
    const { aheadMs, withinMs } = read.value;
    return [{ name, aheadMs, sureMs: Math.max(0, Math.abs(aheadMs) - withinMs) }];
  });
  const [worst] = told.sort((a, b) => b.sureMs - a.sureMs);
  if (worst === undefined) {
    return [warning("clock", "no server sent its time, so this machine's clock was not checked", MEND)];
  }
  const { name, aheadMs, sureMs } = worst;
  if (sureMs < NOTICED_MS) return [ok("clock", "this machine's clock agrees with the servers'")];
  const what = `this machine's clock is ${seconds(aheadMs)} ${aheadMs > 0 ? "behind" : "ahead of"} that of ${name}`;
  return sureMs < REFUSED_MS
    ? [warning("clock", what, MEND)]
    : [problem("clock", `${what}: OCI refuses signatures that are more than five minutes off`, MEND)];
}
