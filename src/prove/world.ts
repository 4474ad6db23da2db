import type { Clock } from "../clock.ts";
import { createEmulator, type Emulator } from "../emulator/emulator.ts";
import { createSeededEntropy } from "../emulator/seeded-entropy.ts";
import { createVirtualClock, type VirtualClock } from "../emulator/virtual-clock.ts";
import type { Answer, Dependencies, Handler } from "../handler.ts";
import type { OciSigner } from "../http/oci-http-client.ts";
import type { HttpRequest, HttpResponse, Transport } from "../http/transport.ts";
import { type Alarm, alarmIn } from "./alarms.ts";
import { switchesOf } from "./combinations.ts";
import { watchCredentials } from "./credentials.ts";
import { type Effects, watchEffects } from "./effects.ts";
import { type Setup, START_MS, watchedEntropy } from "./setup.ts";

/** What is judged: makes a handler as a fresh process does. */
export type Subject = (dependencies: Dependencies) => Handler;

/** How a call ended. `killed`: by a fault, or by the platform at its deadline; nobody hears of it again. */
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
  /** @param clock the process's own, where it is not the servers' */
  startProcess(clock?: Clock): Process;
  /** Heard before a process sends its request number `sent`; the request waits for it. */
  beforeSend: ((process: string, sent: number) => Promise<void> | undefined) | undefined;
}

const PLATFORM_SECONDS = 300;
/** No call needs so many requests, however often it waits: more of them is a loop. */
export const MOST_REQUESTS_A_CALL = 250;

// OCI request signatures are proven by the contract tests; here nothing listens to them.
const noSigner: OciSigner = { signHttpRequest: () => Promise.resolve() };
const silence = () => new Promise<never>(() => undefined);
const encoder = new TextEncoder();

/** What may surround a world beside its emulator. */
export interface Surroundings {
  /** When it begins, ms of the Unix epoch. */
  readonly startedAt?: number;
  readonly signer?: OciSigner;
  /** Stands between a process and the emulator. */
  readonly carry?: (process: string, request: HttpRequest, send: Transport) => Promise<HttpResponse>;
}

const straight: NonNullable<Surroundings["carry"]> = (_, request, send) => send(request);

/** Makes the world of one schedule from what its combination shares. */
export function createWorld(setup: Setup, subject: Subject, surroundings: Surroundings = {}): World {
  const { startedAt = START_MS, signer = noSigner, carry = straight } = surroundings;
  const clock = createVirtualClock(startedAt);
  const canaries = [...setup.canaries];
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(createSeededEntropy(setup.seed + 1), canaries),
    switches: switchesOf(setup.combination),
    state: structuredClone(setup.state),
  });
  watchCredentials(emulator, canaries);
  const calls: Call[] = [];
  const log: string[] = [];
  let processes = 0;

  const startProcess = (ownClock: Clock = clock): Process => {
    processes += 1;
    const name = `p${processes}`;
    const caller = emulator.startCaller(name);
    let running: Call | null = null;
    let sent = 0;
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
        if (running.sent > MOST_REQUESTS_A_CALL) kill();
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
      entropy: watchedEntropy(createSeededEntropy(setup.seed + 1 + processes), canaries),
      transport,
      vaultAccess: () => ({
        transport,
        signer,
        vaultEndpoint: "https://vaults.emulated.example",
        secretsEndpoint: "https://secrets.vaults.emulated.example",
        notificationsEndpoint: "https://notification.emulated.example",
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
      get isAlive() {
        return isAlive;
      },
    };
  };

  const killers = new Map<string, () => void>();
  emulator.onKill = (name) => killers.get(name)?.();
  const effects = watchEffects(emulator, setup);
  const world: World = { setup, clock, emulator, effects, calls, log, canaries, startProcess, beforeSend: undefined };
  return world;
}
