/** How the function's `rotate-due` does at an identity domain with a Free domain's limits: call after call, each from the cursor of the last. */
import type { Answer } from "../../../src/rotation/handler.ts";
import { openScene } from "../fleet-scene.ts";
import { domainLoad, isRotated } from "./domain-load.ts";

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

export async function rotateDueFigures(secrets = SECRETS): Promise<RotateDueFigures> {
  const switches = { "domain-limits": "free" } as const;
  const scene = { secrets, switches, latencyMs: LATENCY_MS, dueWithinDays: 0 };
  const { clock, emulator, fleet, invoke } = await openScene(scene);
  const started = clock.monotonic();
  let calls = 0;
  let answer: Answer | null = null;
  do {
    calls += 1;
    answer = await invoke({ action: "rotate-due", cursor: answer?.cursor }, CALL_SECONDS);
  } while (answer.cursor !== undefined && calls < MAX_CALLS);
  const ms = clock.monotonic() - started;
  const { ratio, share429 } = domainLoad(emulator.requests, ms);
  return {
    secrets,
    rotated: fleet.secretIds.filter((id, at) => isRotated(emulator, id, fleet.clientIds[at] ?? "")).length,
    twice: fleet.clientIds.filter((id) => emulator.admin.app(id).mints > 1).length,
    ratio,
    calls,
    minutes: Number((ms / 60_000).toFixed(1)),
    share429,
  };
}
