import type { Clock } from "../../src/base/clock.ts";
import type { OciSigner } from "../../src/clients/http/oci-http-client.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/clients/http/transport.ts";
import type { CorePast } from "../../src/emulator/core/core.ts";
import { createSeededEntropy, type EntropyState } from "../../src/emulator/core/seeded-entropy.ts";
import type { EmulatorState } from "../../src/emulator/core/state.ts";
import type { Switches } from "../../src/emulator/core/switches.ts";
import { createVirtualClock, type VirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import type { Answer, Dependencies, Handler } from "../../src/rotation/handler.ts";
import { copyOfMemory, createProcessMemory, type ProcessMemory } from "../../src/rotation/process-memory.ts";
import { type Alarm, alarmIn } from "./alarms.ts";
import { switchesOf } from "./combinations.ts";
import { watchCredentials } from "./credentials.ts";
import { type Effects, type EffectsPast, watchEffects } from "./effects.ts";
import { type Setup, START_MS, watchedEntropy } from "./setup.ts";

/** What is judged: makes a handler as a fresh process does. */
export type Subject = (dependencies: Dependencies) => Handler;

/** How a call ended. `killed`: by a fault, or by the platform at its deadline; it gave no answer. */
export type CallEnd =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "threw"; readonly thrown: unknown }
  | { readonly kind: "killed" };

/** One invocation as seen from outside. Requests are counted from 0 over the whole schedule. */
export interface Call {
  readonly process: string;
  readonly event: unknown;
  readonly startedAt: number;
  readonly firstRequest: number;
  /** When the platform kills the process. */
  readonly deadlineAt: number;
  endedAt: number;
  /** How many requests this call sent. */
  sent: number;
  end: CallEnd | null;
  /** The answer sends an operator to the console. */
  alarm: Alarm | null;
}

export interface Process {
  readonly name: string;
  readonly isAlive: boolean;
  call(event: object, seconds?: number): Promise<Call>;
  /** Between two calls: for a process of another world that goes on from here. */
  snapshot(): ProcessSnapshot;
}

/** What a process knows between two calls. */
export interface ProcessSnapshot {
  readonly name: string;
  readonly sent: number;
  readonly entropy: EntropyState;
  readonly memory: ProcessMemory;
}

/** Emulator, clock and processes of one schedule. */
export interface World {
  readonly setup: Setup;
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly effects: Effects;
  readonly calls: readonly Call[];
  readonly log: readonly string[];
  /** Secrets and tokens of this run. */
  readonly canaries: readonly string[];
  /** @param clock the process's own, if it is not the servers' */
  startProcess(clock?: Clock): Process;
  /** Has a process go on that another world has had, in the moment of whose snapshot this world began. */
  resumeProcess(from: ProcessSnapshot): Process;
  /** Heard before a process sends its request number `sent`; the request waits for it. */
  beforeSend: ((process: string, sent: number) => Promise<void> | undefined) | undefined;
  /** What another world needs to go on from here with new processes; null: something is still under way. */
  snapshot(): Snapshot | null;
}

/** A world in which nothing is under way. What its processes know is not in it. */
export interface Snapshot {
  readonly elapsedMs: number;
  readonly entropy: EntropyState;
  readonly state: EmulatorState;
  readonly switches: Switches;
  readonly past: CorePast;
  readonly effects: EffectsPast;
  readonly calls: readonly Call[];
  readonly log: readonly string[];
  readonly canaries: readonly string[];
  readonly processes: number;
}

const PLATFORM_SECONDS = 300;
/** No call needs this many requests, however often it waits. More is a loop. */
export const MAX_REQUESTS_A_CALL = 250;

// OCI request signatures are proven by the contract tests; here nothing listens to them.
const noSigner: OciSigner = { signHttpRequest: () => Promise.resolve() };
const silence = () => new Promise<never>(() => undefined);
const encoder = new TextEncoder();

/** What may surround a world besides its emulator. */
export interface Surroundings {
  /** When it begins, ms of the Unix epoch. */
  readonly startedAt?: number;
  readonly signer?: OciSigner;
  /** Where another world of the same setup and subject stood; the beginning is its. */
  readonly from?: Snapshot;
  /** Stands between a process and the emulator. */
  readonly carry?: (process: string, request: HttpRequest, send: Transport) => Promise<HttpResponse>;
}

const straight: NonNullable<Surroundings["carry"]> = (_, request, send) => send(request);

/** Makes the world of one schedule from what its combination shares. */
export function createWorld(setup: Setup, subject: Subject, surroundings: Surroundings = {}): World {
  const { startedAt = START_MS, signer = noSigner, carry = straight, from } = surroundings;
  const clock = createVirtualClock(startedAt, from?.elapsedMs);
  const canaries = [...(from?.canaries ?? setup.canaries)];
  const entropy = createSeededEntropy(from?.entropy ?? setup.seed + 1);
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(entropy, canaries),
    switches: from?.switches ?? switchesOf(setup.combination),
    state: structuredClone(from?.state ?? setup.state),
    ...(from === undefined ? {} : { past: from.past }),
  });
  watchCredentials(emulator, canaries);
  const calls: Call[] = [...(from?.calls ?? [])];
  const log: string[] = [...(from?.log ?? [])];
  let processes = from?.processes ?? 0;

  const startProcess = (ownClock: Clock = clock): Process => {
    processes += 1;
    const memory = createProcessMemory(ownClock);
    const first = createSeededEntropy(setup.seed + 1 + processes).state;
    return runProcess({ name: `p${processes}`, sent: 0, entropy: first, memory }, ownClock);
  };
  const runProcess = ({ name, ...known }: ProcessSnapshot, ownClock: Clock): Process => {
    const caller = emulator.startCaller(name);
    let running: Call | null = null;
    const ownEntropy = createSeededEntropy(known.entropy);
    let { sent } = known;
    let isAlive = true;
    let onKill: () => void = () => undefined;
    const kill = () => {
      isAlive = false;
      onKill();
    };
    killers.set(name, kill);

    const transport: Transport = async (request) => {
      if (!isAlive) return silence();
      const number = sent;
      sent += 1;
      if (running !== null) {
        running.sent += 1;
        if (running.sent > MAX_REQUESTS_A_CALL) kill();
      }
      const askedAt = clock.monotonic();
      const hold = world.beforeSend?.(name, number);
      if (hold !== undefined) await hold;
      if (!isAlive) return silence();
      // A frozen process checks no time-out: what it was about to send leaves as it thaws.
      const deadline = request.deadline + (clock.monotonic() - askedAt);
      try {
        const response = await carry(name, { ...request, deadline }, caller.transport);
        return isAlive ? response : silence();
      } catch (thrown) {
        if (!isAlive) return silence();
        throw thrown;
      }
    };
    const handler = subject({
      clock: ownClock,
      entropy: watchedEntropy(ownEntropy, canaries),
      memory: known.memory,
      transport,
      vaultAccess: () => ({
        transport,
        signer,
        vaultEndpoint: "https://vaults.emulated.example",
        secretsEndpoint: "https://secrets.vaults.emulated.example",
        notificationsEndpoint: "https://notification.emulated.example",
        monitoringEndpoint: "https://telemetry-ingestion.emulated.example",
      }),
      environment: setup.environment,
      write: (line) => {
        log.push(line);
      },
    });

    const call: Process["call"] = async (event, seconds = PLATFORM_SECONDS) => {
      const made: Call = {
        process: name,
        event,
        startedAt: clock.now(),
        firstRequest: emulator.requests.length,
        deadlineAt: clock.now() + seconds * 1000,
        endedAt: 0,
        sent: 0,
        end: null,
        alarm: null,
      };
      calls.push(made);
      running = made;
      const timer = clock.abortAfter(seconds * 1000);
      timer.signal.addEventListener("abort", kill, { once: true });
      const killed = new Promise<CallEnd>((resolve) => {
        onKill = () => resolve({ kind: "killed" });
      });
      const context = { callID: `${name}-${calls.length}`, deadline: new Date(ownClock.now() + seconds * 1000) };
      const answered = handler(encoder.encode(JSON.stringify(event)), context).then(
        (answer): CallEnd => ({ kind: "answered", answer }),
        (thrown: unknown): CallEnd => ({ kind: "threw", thrown }),
      );
      made.end = isAlive ? await Promise.race([answered, killed]) : { kind: "killed" };
      timer.cancel();
      made.endedAt = clock.now();
      if (made.end.kind === "answered") made.alarm = alarmIn(made.end.answer, emulator, setup, clock.now());
      running = null;
      return made;
    };
    return {
      name,
      call,
      snapshot: () => ({
        ...{ name, sent, entropy: ownEntropy.state },
        memory: copyOfMemory(known.memory, clock),
      }),
      get isAlive() {
        return isAlive;
      },
    };
  };

  const killers = new Map<string, () => void>();
  emulator.onKill = (name) => killers.get(name)?.();
  const effects = watchEffects(emulator, setup, from?.effects);
  const snapshot = (): Snapshot | null => {
    if (clock.waiting > 0) return null;
    return {
      elapsedMs: clock.monotonic(),
      entropy: entropy.state,
      state: structuredClone(emulator.state),
      switches: { ...emulator.switches },
      past: emulator.core.past(),
      effects: effects.past(),
      calls: [...calls],
      log: [...log],
      canaries: [...canaries],
      processes,
    };
  };
  const world: World = {
    ...{ setup, clock, emulator, effects, calls, log, canaries, startProcess, snapshot },
    resumeProcess: (known) => runProcess({ ...known, memory: copyOfMemory(known.memory, clock) }, clock),
    beforeSend: undefined,
  };
  return world;
}
