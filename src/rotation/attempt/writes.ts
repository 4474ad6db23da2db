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
  /** The number of promotes of a version that failed with an error that usually passes. */
  readonly promotions: Map<number, number>;
  /** Versions that Vault refused to promote. */
  readonly unpromotable: Set<number>;
  /** Vault refused a second PENDING version, or would keep both. */
  refusesSecondPending: boolean;
  readonly secondPending: SecondPending;
  /** The version whose promote also noted since when it is CURRENT; null: none did. */
  currentNoted: number | null;
  /** The error of the last failed write. */
  writeFailure: RotationError | null;
  /** The number of writes answered with "the secret is UPDATING". */
  busyWrites: number;
  /** This call has cancelled deletions because a write was refused. */
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
    currentNoted: null,
    writeFailure: null,
    busyWrites: 0,
    hasCancelledDeletions: false,
  };
}

/** Records a write of content that Vault confirmed. */
export function keepWritten(writes: AttemptWrites, name: string, known: KnownContent): void {
  writes.writeFailure = null;
  writes.written.push({ name, known });
}
