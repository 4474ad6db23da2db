import type { Clock } from "./clock.ts";
import { printableJson } from "./printable.ts";

type LogValue = string | number | boolean | null | undefined | readonly string[];
/** Members of a line besides its event, which none of them may replace. */
export type LogFields = Readonly<Record<string, LogValue>> & { readonly event?: never };

/** One JSON line per event. `with` returns a log that adds these members to every line. */
export interface Log {
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  with(fields: LogFields): Log;
}

/**
 * The last safety net: it masks every secret value of a call in its output, in case all other care failed. Each catch is a defect, so each
 * place is reported.
 */
export interface LastNet {
  /** @returns a copy in which no text holds a value of the call, and the paths of the texts that did */
  cast<T>(said: T): { readonly clean: T; readonly places: readonly string[] };
}

/** The last net has caught a value. This is a defect; the line names the place, never the value. */
export const SECRET_MASKED = "secret-masked";

const OCID = /ocid1\.[A-Za-z0-9._-]+/g;

/** The last eight characters of an OCID: enough to tell secrets apart, too little to map a tenancy. */
export function shortOcid(ocid: string): string {
  return ocid.slice(-8);
}

/** What belongs to no call holds no value of one. */
const NO_NET: LastNet = { cast: (said) => ({ clean: said, places: [] }) };

/**
 * @param write takes one finished line, newline included
 * @param fullOcids keeps OCIDs whole; else each is shortened to its last eight characters wherever it stands in a line
 * @param net through which every line goes
 */
export function createLog(
  write: (line: string) => void,
  clock: Clock,
  fullOcids: boolean,
  base: LogFields = {},
  net: LastNet = NO_NET,
): Log {
  const put = (level: string, event: string, fields: LogFields) => {
    const entry = { time: new Date(clock.now()).toISOString(), level, event, ...fields };
    const text = printableJson(JSON.stringify(entry));
    write(`${fullOcids ? text : text.replace(OCID, shortOcid)}\n`);
  };
  const line = (level: string, event: string, fields: LogFields) => {
    const said = { ...base, ...fields };
    const { clean, places } = net.cast(said);
    put(level, event, clean);
    if (places.length === 0) return;
    put("error", SECRET_MASKED, { ...net.cast(base).clean, in: event, places });
  };
  return {
    info: (event, fields = {}) => line("info", event, fields),
    warn: (event, fields = {}) => line("warn", event, fields),
    error: (event, fields = {}) => line("error", event, fields),
    with: (fields) => createLog(write, clock, fullOcids, { ...base, ...fields }, net),
  };
}
