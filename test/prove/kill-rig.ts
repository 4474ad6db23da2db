import { fileURLToPath } from "node:url";
import type { Clock } from "../../src/base/clock.ts";
import type { Entropy } from "../../src/base/entropy.ts";
import type { FaultKind } from "../../src/emulator/core/faults.ts";
import { fakeResourcePrincipal } from "../../src/emulator/core/principal.ts";
import { parseObject } from "../../src/emulator/core/wire.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { createFunctionHost } from "../../src/emulator/functions/host.ts";
import { ensureSample, issuerSettings } from "../../src/emulator/sample.ts";
import { startServer } from "../../src/emulator/server.ts";
import type { Answer } from "../../src/rotation/handler.ts";
import { switchesOf } from "./combinations.ts";
import { claimEndsAt } from "./contents.ts";
import { watchCredentials } from "./credentials.ts";
import { watchedEntropy } from "./setup.ts";
import type { Combination } from "./types.ts";

export interface KillSeams {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly combination: Combination;
}

/** One call of the function in its process. Null: no answer, since the process was killed. */
export interface RealCall {
  readonly event: object;
  readonly answer: Answer | null;
}

/** An emulator on a loopback port and the built function as a child process on its unix socket. */
export interface KillRig {
  readonly emulator: Emulator;
  readonly setup: { readonly secretId: string; readonly clientId: string; readonly combination: Combination };
  readonly clock: Clock;
  readonly calls: readonly RealCall[];
  /** What the function wrote. */
  readonly lines: readonly string[];
  readonly canaries: readonly string[];
  /** How many processes were started. */
  readonly starts: number;
  call(event: object): Promise<Answer | null>;
  /** Has the process killed at this request, counted from now on. */
  killAt(at: number, kind: FaultKind): void;
  /** Puts another built function in place of the present one, whose process ends. */
  deploy(bundle: string): Promise<void>;
  /** Waits until no request under way can still land, and every claim has expired. */
  untilClaimsEnd(): Promise<void>;
  close(): Promise<void>;
}

const LANDING_BOUND_SECONDS = 1;
/** So that a claim ends after a few seconds; everything else as in production. */
const SHORT_TIMES = {
  OROT_CLAIM_TTL_SECONDS: "3",
  OROT_LANDING_BOUND_SECONDS: String(LANDING_BOUND_SECONDS),
  OROT_ACTIVE_WAIT_SECONDS: "1",
  OROT_CALL_TIMEOUT_SECONDS: "2",
};
/** The function goes by the `Date` header, which knows whole seconds. */
const DATE_MS = 1_000;
const START_LIMIT_MS = 60_000;
const CALL_LIMIT_MS = 120_000;
export const BUNDLE = fileURLToPath(new URL("../../dist/function/func.js", import.meta.url));

/** No process is killed until `killAt` is called. */
export async function openKillRig({ clock, entropy, combination }: KillSeams): Promise<KillRig> {
  const canaries: string[] = [];
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(entropy, canaries),
    switches: { ...switchesOf(combination), "latency-ms": 0, "updating-polls": 1 },
    verifySignatures: true,
  });
  watchCredentials(emulator, canaries);
  const server = await startServer(emulator);
  const { secretId, clientId, functionId } = ensureSample(emulator, server.url);
  const fn = emulator.state.functions.functions[functionId];
  if (fn === undefined) throw new Error("the emulator made no function");
  const lines: string[] = [];
  const calls: RealCall[] = [];
  const hostOf = (bundle: string) =>
    createFunctionHost({
      bundle,
      fn,
      config: {
        OROT_VAULT_ENDPOINT: server.url,
        OROT_SECRETS_ENDPOINT: server.url,
        ...issuerSettings(server.url),
        ...SHORT_TIMES,
      },
      principal: fakeResourcePrincipal(emulator.signatures, clock.now()),
      clock,
      startTimeoutMs: START_LIMIT_MS,
      onLine: (_stream, line) => lines.push(line),
    });
  let host = hostOf(BUNDLE);
  let startsBefore = 0;
  // The emulator has the request, and has or has not obeyed it; its answer never leaves.
  emulator.onKill = () => host.kill();
  return {
    emulator,
    setup: { secretId, clientId, combination },
    clock,
    calls,
    lines,
    canaries,
    get starts() {
      return startsBefore + host.starts;
    },
    killAt: (at, kind) => {
      const struck = emulator.requests.length + at;
      emulator.faults.next = () => (emulator.requests.length === struck ? kind : undefined);
    },
    deploy: async (bundle) => {
      await host.stop();
      startsBefore += host.starts;
      host = hostOf(bundle);
    },
    call: async (event) => {
      const text = JSON.stringify({ ...event, secretId });
      const { status, body } = await host.invoke(functionId, text, {
        callId: entropy.uuid(),
        timeoutMs: CALL_LIMIT_MS,
      });
      const parsed = status === 200 ? parseObject(body) : undefined;
      const answer: Answer | null = parsed === undefined ? null : JSON.parse(body);
      calls.push({ event, answer });
      return answer;
    },
    untilClaimsEnd: async () => {
      const end = claimEndsAt(emulator.admin.secret(secretId), LANDING_BOUND_SECONDS) + DATE_MS;
      const landed = clock.now() + LANDING_BOUND_SECONDS * 1000;
      await clock.sleep(Math.max(end, landed) - clock.now());
    },
    close: async () => {
      await host.stop();
      await server.close();
    },
  };
}
