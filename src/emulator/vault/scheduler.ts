import type { Emulator } from "../emulator.ts";
import type { InvokeFunction } from "../functions/api.ts";
import { beginRotation } from "./rotation.ts";
import { finish, type RotationReport, runRotation, type StepReport } from "./rotation-run.ts";
import type { StoredSecret } from "./state.ts";

export interface SchedulerOptions {
  readonly emulator: Emulator;
  /** Calls the function. A rejection counts as the platform's 502. */
  readonly invoke: InvokeFunction;
  readonly onStep?: (secretId: string, report: StepReport) => void;
  readonly onRotation?: (report: RotationReport) => void;
  /** Gets the error of a rotation that ended in a fault of the emulator itself. */
  readonly onFault?: (error: unknown) => void;
}

/**
 * Vault's rotation schedule. It runs rotations accepted by RotateSecret, and those whose `nextRotationTime` has come, through the function.
 *
 * Without `start`, `rotate` and `runDue` run the rotations and resolve when they have ended; after `start` the schedule runs by itself.
 */
export interface Scheduler {
  /** Accepts a rotation as RotateSecret does, even while another one runs, and runs it to its end. */
  rotate(secretId: string): Promise<RotationReport>;
  /** Runs every accepted or due rotation to its end. */
  runDue(): Promise<readonly RotationReport[]>;
  /** Runs rotations as they are accepted or become due, until `stop`. */
  start(): void;
  /** Starts no more rotations and waits for those in progress. */
  stop(): Promise<void>;
}

/** Node's timers take at most 2^31 - 1 ms; a longer wait consists of several. */
const LONGEST_SLEEP_MS = 2_000_000_000;

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { emulator, invoke } = options;
  const { clock, state, switches } = emulator;
  const running = new Set<Promise<RotationReport>>();
  let wake: AbortController | undefined;
  let stopped: Promise<void> | undefined;
  let stopping = false;

  const secrets = () => Object.values(state.vault.secrets);
  const run = async (secret: StoredSecret): Promise<RotationReport> => {
    const workRequest = state.workRequests.requests[secret.rotation?.workRequestId ?? ""];
    if (secret.rotation === null || workRequest === undefined) {
      throw new Error(`no rotation of ${secret.id} was accepted`);
    }
    secret.rotation.started = true;
    const report = await runRotation(emulator, secret, workRequest, invoke, (step) =>
      options.onStep?.(secret.id, step),
    );
    options.onRotation?.(report);
    return report;
  };
  const launch = (): Promise<RotationReport>[] => {
    const now = clock.now();
    return secrets().flatMap((secret) => {
      if (isScheduled(secret) && secret.nextRotationAt <= now) {
        beginRotation(secret, state.workRequests, now, switches);
      }
      if (secret.rotation === null || secret.rotation.started) return [];
      const rotation = run(secret);
      running.add(rotation);
      rotation.finally(() => running.delete(rotation)).catch((error: unknown) => options.onFault?.(error));
      return [rotation];
    });
  };
  const nextDue = () =>
    secrets().reduce(
      (earliest, secret) => (isScheduled(secret) ? Math.min(earliest, secret.nextRotationAt) : earliest),
      Number.POSITIVE_INFINITY,
    );
  const idle = async () => {
    const { signal } = wake ?? new AbortController();
    const wait = nextDue() - clock.now();
    if (wait === Number.POSITIVE_INFINITY) {
      await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      return;
    }
    await clock.sleep(Math.min(Math.max(0, wait), LONGEST_SLEEP_MS), signal).catch(() => undefined);
  };
  const loop = async () => {
    while (!stopping) {
      wake = new AbortController();
      void launch();
      await idle();
    }
    await Promise.allSettled(running);
  };

  failInterrupted(emulator);
  return {
    rotate: async (secretId) => {
      emulator.admin.rotate(secretId);
      return run(emulator.admin.secret(secretId));
    },
    runDue: () => Promise.all(launch()),
    start: () => {
      if (stopped === undefined) {
        emulator.core.onChange(() => wake?.abort());
        stopped = loop();
      }
    },
    stop: async () => {
      stopping = true;
      wake?.abort();
      await stopped;
    },
  };
}

/** Whether the schedule will begin a rotation. It begins none of a secret in deletion. */
function isScheduled(secret: StoredSecret): secret is StoredSecret & { nextRotationAt: number } {
  return secret.rotation === null && secret.nextRotationAt !== null && secret.deletionAt === undefined;
}

/** A rotation that an earlier process started but did not end has failed. */
function failInterrupted(emulator: Emulator): void {
  for (const secret of Object.values(emulator.state.vault.secrets)) {
    const workRequest = emulator.state.workRequests.requests[secret.rotation?.workRequestId ?? ""];
    if (secret.rotation?.started === true && workRequest !== undefined) {
      workRequest.errors.push({ code: "Interrupted", message: "the emulator was stopped", at: emulator.clock.now() });
      finish(emulator, secret, workRequest, "FAILED");
    }
  }
}
