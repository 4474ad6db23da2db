import type { AuthenticationDetailsProvider } from "oci-common";
import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Transport } from "../clients/http/transport.ts";

/** As whom requests are signed, in the SDK's terms. */
export type Principal = Pick<AuthenticationDetailsProvider, "getKeyId" | "getPrivateKey" | "getPassphrase">;

/** An instance's own principal, and the region it runs in. */
export interface InstancePrincipal {
  readonly principal: Principal;
  readonly region: string | null;
}

/**
 * Everything a command takes from the world, so that the same code runs in a process, in a test and in virtual time. Only `main.ts` makes a
 * real one. Files are read and written by Node itself, below `homeDirectory` or where the operator says.
 */
export interface Runtime {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Carries all requests, also those of the SDK. */
  readonly transport: Transport;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** Writes text as it is, line ends included. Commands use `Output` instead. */
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal; null where stdout is none. */
  readonly columns: number | null;
  /** Asks at the terminal and resolves with what was typed. Rejects when `signal` aborts or the input ends. */
  readonly ask: (question: string) => Promise<string>;
  /** Runs a program with this process's terminal; resolves with its exit code, null where it could not start or did not end in time. */
  readonly execute: (command: string, args: readonly string[], limitMs: number) => Promise<number | null>;
  /** Asks the instance's metadata service. Rejects where there is none. */
  readonly instancePrincipal: () => Promise<InstancePrincipal>;
  /** The folder of the built function, for the emulator. */
  readonly functionBundle: string;
  /** Aborts at Ctrl-C: start nothing new, end what is under way. A second Ctrl-C ends the process. */
  readonly signal: AbortSignal;
}
