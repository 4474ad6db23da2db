import { type EmulatedRequest, type EmulatedResponse, notEmulated } from "./wire.ts";

/** Operations of OCI that clients of a rotation are likely to try, and that this emulator has not. */
const operations: readonly (readonly [method: string, path: RegExp, name: string])[] = [
  ["POST", /^\/\d{8}\/applications$/, "CreateApplication"],
  ["DELETE", /^\/\d{8}\/applications\/[^/]+$/, "DeleteApplication"],
  ["POST", /^\/\d{8}\/applications\/[^/]+\/actions\/changeCompartment$/, "ChangeApplicationCompartment"],
  ["POST", /^\/\d{8}\/functions$/, "CreateFunction"],
  ["DELETE", /^\/\d{8}\/functions\/[^/]+$/, "DeleteFunction"],
  ["PUT", /^\/\d{8}\/topics\/[^/]+$/, "UpdateTopic"],
  ["DELETE", /^\/\d{8}\/topics\/[^/]+$/, "DeleteTopic"],
  ["POST", /^\/\d{8}\/topics\/[^/]+\/actions\/changeCompartment$/, "ChangeTopicCompartment"],
  ["POST", /^\/\d{8}\/subscriptions$/, "CreateSubscription"],
  ["GET", /^\/\d{8}\/subscriptions$/, "ListSubscriptions"],
  ["POST", /^\/\d{8}\/metrics\/actions\/summarizeMetricsData$/, "SummarizeMetricsData"],
  ["POST", /^\/\d{8}\/alarms$/, "CreateAlarm"],
  ["GET", /^\/\d{8}\/alarms$/, "ListAlarms"],
  ["POST", /^\/\d{8}\/vaults$/, "CreateVault"],
  ["GET", /^\/\d{8}\/vaults$/, "ListVaults"],
  ["GET", /^\/\d{8}\/vaults\/[^/]+$/, "GetVault"],
  ["GET", /^\/\d{8}\/keys$/, "ListKeys"],
  ["GET", /^\/\d{8}\/compartments$/, "ListCompartments"],
  ["GET", /^\/\d{8}\/compartments\/[^/]+$/, "GetCompartment"],
];

/** The answer 501, which names the operation. */
export function notAnOperation({ method, path }: EmulatedRequest): EmulatedResponse {
  const known = operations.find(([of, pattern]) => of === method && pattern.test(path))?.[2];
  return notEmulated(known === undefined ? `${method} ${path}` : `${known} (${method} ${path})`);
}
