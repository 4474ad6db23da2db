import type { RecordedRequest } from "../../../src/emulator/core/record.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";

/** Of a Free domain, for token requests and for all others. */
const PER_MINUTE = 150;

export interface DomainLoad {
  /** The time taken, divided by what the busier kind of request needs at the domain's own limit. */
  readonly ratio: number;
  /** Of all requests to the domain. */
  readonly share429: number;
  readonly tokenRequests: number;
  readonly otherRequests: number;
}

/** What work that took so long asked of the identity domain. */
export function domainLoad(requests: readonly RecordedRequest[], ms: number): DomainLoad {
  const asked = requests.filter(({ system }) => system === "identity");
  const tokenRequests = asked.filter(({ call }) => call.startsWith("token-")).length;
  const otherRequests = asked.length - tokenRequests;
  const refused = asked.filter(({ status }) => status === 429).length;
  const leastMs = (Math.max(tokenRequests, otherRequests) / PER_MINUTE) * 60_000;
  return {
    ratio: Number((ms / leastMs).toFixed(3)),
    share429: Number((refused / asked.length).toFixed(4)),
    tokenRequests,
    otherRequests,
  };
}

/** Whether the secret has a new CURRENT that logs in. */
export function isRotated({ admin }: Emulator, secretId: string, clientId: string): boolean {
  const current = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
  const content: { appSecret?: string } = JSON.parse(admin.content(secretId, current?.number ?? 0) ?? "{}");
  return (current?.number ?? 1) > 1 && admin.login(clientId, content.appSecret ?? "") === "accepted";
}
