import * as z from "zod/mini";
import { asOperator, type Problem, problemOf } from "../cli-error.ts";

const levels = ["ok", "warning", "problem"] as const;

/** One examined item. */
export const findingSchema = z.object({
  area: z.string(),
  level: z.enum(levels),
  /** One sentence without a full stop. */
  what: z.string(),
  /** How to fix it, a line each: a policy line, a command, or a sentence if there is neither. */
  mend: z.array(z.string()),
});
export type Finding = z.output<typeof findingSchema>;
export type Area =
  | "sign-in"
  | "settings"
  | "function"
  | "network"
  | "clock"
  | "rights"
  | "secret"
  | "versions"
  | "schedule"
  | "issuer"
  | "ways-back"
  | "binding"
  | "notify";

export const ok = (area: Area, what: string): Finding => ({ area, level: "ok", what, mend: [] });
export const warning = (area: Area, what: string, ...mend: readonly string[]): Finding => ({
  area,
  level: "warning",
  what,
  mend: [...mend],
});
export const problem = (area: Area, what: string, ...mend: readonly string[]): Finding => ({
  area,
  level: "problem",
  what,
  mend: [...mend],
});

/** The result of a read. A failure is kept as a finding; checks that depend on it are left out. */
export type Read<T> = { readonly value: T } | { readonly failure: Problem };

export async function attempt<T>(read: () => Promise<T> | T): Promise<Read<T>> {
  try {
    return { value: await read() };
  } catch (thrown) {
    return { failure: problemOf(thrown) };
  }
}

export function known<T>(read: Read<T> | null): T | null {
  return read !== null && "value" in read ? read.value : null;
}

/** Codes of failures that say nothing about the item that was examined. */
const NOT_TOLD = new Set([
  ...["VAULT_UNAVAILABLE", "OCI_UNAVAILABLE", "ISSUER_UNAVAILABLE", "VERDICT_UNKNOWN"],
  ...["TIMED_OUT", "UNREACHABLE", "CONNECTION_LOST"],
]);

/** OCIDs for the placeholders of policy lines. Null: not known, and the placeholder stays. */
export interface Places {
  readonly compartmentId: string | null;
  readonly secretId: string | null;
}

/** A failure as a finding. If its next action names a policy line, `mend` is only that line. */
export function failed(area: Area, { code, what, means, next }: Problem, { compartmentId, secretId }: Places): Finding {
  const [, line] = /"(Allow [^"]+)"/.exec(next) ?? [];
  const filled = (line ?? next)
    .replaceAll("<compartment>", compartmentId ?? "<compartment>")
    .replaceAll("<secret>", secretId ?? "<secret>");
  const mend = asOperator(filled);
  const told = means === null ? what : `${what}: ${means}`;
  return NOT_TOLD.has(code) ? warning(area, told, mend) : problem(area, told, mend);
}
