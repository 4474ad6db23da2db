import { issuerOf } from "../../src/emulator/core/issuers.ts";
import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import type { ProvenIssuer } from "./issuers/issuer.ts";

/** How long a login may serve a promote while a second one is forbidden, including the requests in between. */
const MAX_MS = 60_000 + 2_000;

/** A client secret at its client. */
export interface Held {
  readonly clientId: string | null;
  readonly value: string;
}

function isLoginWith(issuer: ProvenIssuer, record: RecordedRequest, { clientId, value }: Held): boolean {
  const login = issuer.loginOf(record);
  return login !== null && login.id === clientId && login.secret === value;
}

/** The answer 200 reached the process: it saw this value accepted. */
export function sawAccepted(issuer: ProvenIssuer, record: RecordedRequest, held: Held): boolean {
  return record.fault === null && record.status === 200 && isLoginWith(issuer, record, held);
}

/**
 * Whether a promote may rest on a login of an earlier call of the same process: a minute old at most, followed by a 429 of the issuer, by
 * no refusal of the value, and by no change at the issuer.
 * @param before what the process has sent until then
 */
export function mayRest(issuer: ProvenIssuer, before: readonly RecordedRequest[], held: Held, at: number): boolean {
  const index = before.findLastIndex((record) => sawAccepted(issuer, record, held));
  const login = before[index];
  if (login === undefined || at - login.time > MAX_MS) return false;
  const since = before.slice(index + 1).filter(({ system }) => issuerOf(system) !== undefined);
  const contradicts = (record: RecordedRequest) =>
    issuer.changing.includes(record.call) || (isLoginWith(issuer, record, held) && sawRefused(record));
  return since.some(({ status }) => status === 429) && !since.some(contradicts);
}

function sawRefused({ status, fault }: RecordedRequest): boolean {
  return status === 401 && (fault === null || fault === "unauthorized");
}
