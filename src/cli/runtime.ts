import type { AuthenticationDetailsProvider } from "oci-common";
import type { Clock } from "../base/clock.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Transport } from "../clients/http/transport.ts";

/** Who signs the requests, in the SDK's terms. */
export type Principal = Pick<AuthenticationDetailsProvider, "getKeyId" | "getPrivateKey" | "getPassphrase">;

/** An instance's own principal, and the instance's region. */
export interface InstancePrincipal {
  readonly principal: Principal;
  readonly region: string | null;
}

/**
 * Everything that a command takes from the outside, so that the same code runs in a process, in a test and in virtual time. Only `main.ts`
 * creates a real one. Files are the exception: Node reads and writes them, below `homeDirectory` or where the operator says.
 */
export interface Runtime {
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Sends all requests, including the SDK's. */
  readonly transport: Transport;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  /** Writes text as it is, line ends included. Commands use `Output` instead. */
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal; null if stdout is not one. */
  readonly columns: number | null;
  /** Asks at the terminal and resolves with the typed text. Rejects when `signal` aborts or the input ends. */
  readonly ask: (question: string) => Promise<string>;
  /** All of standard input, as text. Rejects when `signal` aborts, or beyond 10 MB. */
  readonly readInput: () => Promise<string>;
  /** Runs a program with this process's terminal. Resolves with its exit code; null: it did not end in time; "absent": there is no such program. */
  readonly execute: (command: string, args: readonly string[], limitMs: number) => Promise<number | "absent" | null>;
  /** Asks the instance's metadata service. Rejects if there is none. */
  readonly instancePrincipal: () => Promise<InstancePrincipal>;
  /** The folder of the built function, for the emulator. */
  readonly functionBundle: string;
  /** Aborts at Ctrl-C: start nothing new, finish what is in progress. A second Ctrl-C ends the process. */
  readonly signal: AbortSignal;
}
