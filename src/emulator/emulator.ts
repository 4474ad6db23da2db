import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Transport } from "../clients/http/transport.ts";
import { type Admin, createAdmin } from "./admin.ts";
import { type Core, type CorePast, createCore } from "./core/core.ts";
import { createFaults, type Faults } from "./core/faults.ts";
import type { RecordedRequest } from "./core/record.ts";
import { createSignatureVerifier, type SignatureVerifier } from "./core/signature.ts";
import { createState, type EmulatorState } from "./core/state.ts";
import { createSwitches, type Switches } from "./core/switches.ts";
import { createCaller, type EmulatedCaller } from "./core/transport.ts";
import type { InvokeFunction } from "./functions/api.ts";

export interface EmulatorOptions {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly switches?: Partial<Switches>;
  /** Short for the switch `latency-ms`. */
  readonly latencyMs?: number;
  /** Short for the switch `verify-signatures`. */
  readonly verifySignatures?: boolean;
  /** Refuses signatures whose date is far from the clock's. A virtual clock does not keep the time by which the SDK signs. */
  readonly keepsTime?: boolean;
  /** Keeps no record of requests, which would grow without end. */
  readonly forgets?: boolean;
  /** State to continue from: an earlier `emulator.state`. */
  readonly state?: EmulatorState;
  /** The matching records: an earlier `emulator.core.past()`, taken together with that state. */
  readonly past?: CorePast;
}

/**
 * OCI Vault (control and data plane), identity domains, work requests and Functions in one process. No sockets, no wall clock.
 *
 * ```ts
 * const clock = createVirtualClock();
 * const emulator = createEmulator({ clock, entropy: createSeededEntropy(1), switches: { "updating-polls": 2 } });
 * const app = emulator.admin.createApp();
 * const secretId = emulator.admin.createSecret({ name: "app", content: JSON.stringify({ iamDomainInstanceId: "idcs-1", ... }) });
 * emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
 * await emulator.transport({ method: "GET", url: `https://vaults.example/20180608/secrets/${secretId}`, headers: {}, deadline: 10_000 });
 * emulator.requests;                                   // what was asked, by call name
 * emulator.admin.versions(secretId);                   // numbers and version stages
 * emulator.admin.login(app.clientId, app.secret);      // "accepted" or "rejected"
 * ```
 *
 * The host of a request does not matter, but at the identity domain: a domain made for a host (`createApp({domain})`) serves that host,
 * every other host is the default domain. Systems are told apart by their paths.
 *
 * `switches` may be changed at any time. `state` is plain data: snapshot it with `structuredClone`, keep it with `JSON.stringify`. For
 * processes that can be killed use `startCaller`; for the rotation schedule see `scheduler.ts`, for real sockets `server.ts`.
 */
export interface Emulator {
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly switches: Switches;
  readonly faults: Faults;
  readonly state: EmulatorState;
  readonly admin: Admin;
  /** Every request that reached the emulator, or would have but for a fault, in order. */
  readonly requests: readonly RecordedRequest[];
  /** Violations of the services' documentation that were answered all the same, in words. */
  readonly violations: readonly string[];
  /** A caller without a name of its own. A fault `killed-*` leaves only that request unanswered forever; later ones continue. */
  readonly transport: Transport;
  /** A separate process: after a fault `killed-*` none of its requests is answered, neither earlier nor later ones. */
  startCaller(name: string): EmulatedCaller;
  /** Called at a fault `killed-before` or `killed-after`, with the caller's name. */
  onKill: ((caller: string, record: RecordedRequest) => void) | undefined;
  /** The function that InvokeFunction calls; undefined answers 502. */
  invoke: InvokeFunction | undefined;
  readonly signatures: SignatureVerifier;
  readonly core: Core;
}

/** Creates an emulator. Cheap: `prove` creates one per schedule. */
export function createEmulator(options: EmulatorOptions): Emulator {
  const { clock, entropy } = options;
  const state = options.state ?? createState();
  const switches = createSwitches(options.switches);
  switches["latency-ms"] = options.latencyMs ?? switches["latency-ms"];
  if (options.verifySignatures !== undefined) {
    switches["verify-signatures"] = options.verifySignatures ? "on" : "off";
  }
  const faults = createFaults();
  const signatures = createSignatureVerifier(options.keepsTime === true ? () => clock.now() : undefined);
  const invoke = () => emulator.invoke;
  const onKill = () => emulator.onKill;
  const core = createCore({
    clock,
    entropy,
    state,
    switches,
    faults,
    signatures,
    invoke,
    past: options.past ?? null,
    forgets: options.forgets ?? false,
  });
  const shared = createCaller("shared", { clock, core, switches, onKill, dies: false });
  const emulator: Emulator = {
    clock,
    entropy,
    switches,
    faults,
    state,
    admin: createAdmin({ state, core, clock, entropy, switches }),
    requests: core.requests,
    violations: core.violations,
    transport: shared.transport,
    startCaller: (name) => createCaller(name, { clock, core, switches, onKill, dies: true }),
    onKill: undefined,
    invoke: undefined,
    signatures,
    core,
  };
  return emulator;
}
