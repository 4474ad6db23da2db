/** How the function's `rotate-due` does at an identity domain with a Free domain's limits: call after call, each from the cursor of the last. */
import "../../../src/base/silence.ts";
import { HOUR_MS } from "../../../src/base/durations.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { createFleet } from "../../../src/emulator/fleet.ts";
import { type Answer, createHandler } from "../../../src/rotation/handler.ts";
import { domainLoad } from "./domain-load.ts";

export interface RotateDueFigures {
  readonly secrets: number;
  /** With a new CURRENT that logs in. */
  readonly rotated: number;
  /** Had more than one new value made. */
  readonly twice: number;
  /** Virtual time, divided by what the busier kind of request needs at the domain's own limit. */
  readonly ratio: number;
  readonly calls: number;
  readonly minutes: number;
  /** Of all requests to the domain. */
  readonly share429: number;
}

const SECRETS = 4_500;
const CALL_SECONDS = 300;
const MAX_CALLS = 100;
const LATENCY_MS = 30;
const COMPARTMENT = "ocid1.compartment.oc1..bench";
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";

const isRotated = (emulator: Emulator, secretId: string, clientId: string) => {
  const current = emulator.admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
  const content: { appSecret?: string } = JSON.parse(emulator.admin.content(secretId, current?.number ?? 0) ?? "{}");
  return (current?.number ?? 1) > 1 && emulator.admin.login(clientId, content.appSecret ?? "") === "accepted";
};

export async function rotateDueFigures(secrets = SECRETS): Promise<RotateDueFigures> {
  const clock = createVirtualClock();
  const emulator = createEmulator({
    clock,
    entropy: createSeededEntropy(1),
    switches: { "domain-limits": "free" },
    latencyMs: LATENCY_MS,
  });
  const { admin, transport } = emulator;
  const functionId = admin.createFunction();
  const fleet = createFleet(admin, clock.now(), {
    count: secrets,
    domainUrl: DOMAIN,
    functionId,
    compartmentId: COMPARTMENT,
    dueWithinDays: 0,
  });
  const handler = createHandler({
    clock,
    entropy: createSeededEntropy(2),
    transport,
    vaultAccess: () => ({
      transport,
      signer: { signHttpRequest: () => Promise.resolve() },
      vaultEndpoint: "https://vaults.emulated.example",
      secretsEndpoint: "https://secrets.vaults.emulated.example",
    }),
    environment: { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, FN_FN_ID: functionId },
    write: () => undefined,
  });
  await clock.sleep(HOUR_MS);
  const started = clock.monotonic();
  let calls = 0;
  let answer: Answer | null = null;
  do {
    calls += 1;
    const event = { action: "rotate-due", cursor: answer?.cursor };
    const deadline = new Date(clock.now() + CALL_SECONDS * 1000);
    answer = await handler(Buffer.from(JSON.stringify(event)), { callID: `bench-${calls}`, deadline });
  } while (answer.cursor !== undefined && calls < MAX_CALLS);
  const ms = clock.monotonic() - started;
  const { ratio, share429 } = domainLoad(emulator.requests, ms);
  return {
    secrets,
    rotated: fleet.secretIds.filter((id, at) => isRotated(emulator, id, fleet.clientIds[at] ?? "")).length,
    twice: fleet.clientIds.filter((id) => admin.app(id).mints > 1).length,
    ratio,
    calls,
    minutes: Number((ms / 60_000).toFixed(1)),
    share429,
  };
}
