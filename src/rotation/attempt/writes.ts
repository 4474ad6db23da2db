import type { RotationError } from "../../base/errors.ts";
import { type SecondPending, unknownSecondPending } from "../observe/second-pending.ts";
import type { KnownContent } from "./read.ts";

/** A write of content that this call sent and Vault confirmed: it is not read again. */
export interface Written {
  readonly name: string;
  readonly known: KnownContent;
}

/** What this run has written to Vault, and what Vault takes and refuses. */
export interface AttemptWrites {
  readonly written: Written[];
  /** A version name that Vault called taken at the last write. */
  takenName: string | null;
  /** The name under which this call stored a value that it had minted, both answered 200. */
  ownName: string | null;
  /** How often the promote of a version was answered by something that passes, as a rule. */
  readonly promotions: Map<number, number>;
  /** Vault refused to promote these. */
  readonly unpromotable: Set<number>;
  /** Vault refused a second PENDING version, or shows that it would not become the only one. */
  refusesSecondPending: boolean;
  readonly secondPending: SecondPending;
  /** Why the last write that did not end well did not. */
  writeFailure: RotationError | null;
  /** How often a write was answered that the secret is between two states. */
  busyWrites: number;
  /** Deletions that this call has cancelled because a write was refused. */
  hasCancelledDeletions: boolean;
}

export function createAttemptWrites(): AttemptWrites {
  return {
    written: [],
    takenName: null,
    ownName: null,
    promotions: new Map(),
    unpromotable: new Set(),
    refusesSecondPending: false,
    secondPending: unknownSecondPending(),
    writeFailure: null,
    busyWrites: 0,
    hasCancelledDeletions: false,
  };
}
