import type { RotationError } from "../../base/errors.ts";
import { SecondPending } from "../observe/second-pending.ts";
import type { KnownContent } from "./read.ts";

/** A write of content that this call sent and Vault confirmed: it is not read again. */
export interface Written {
  readonly name: string;
  readonly known: KnownContent;
}

/** What this run has written to Vault, and what Vault takes and refuses. */
export class AttemptWrites {
  readonly written: Written[] = [];
  /** A version name that Vault called taken at the last write. */
  takenName: string | null = null;
  /** The name under which this call stored a value that it had minted, both answered 200. */
  ownName: string | null = null;
  /** The number of promotes of a version that failed with an error that usually passes. */
  readonly promotions = new Map<number, number>();
  /** Versions that Vault refused to promote. */
  readonly unpromotable = new Set<number>();
  /** Vault refused a second PENDING version, or would keep both. */
  refusesSecondPending = false;
  readonly secondPending = new SecondPending();
  /** The version whose promote also noted since when it is CURRENT; null: none did. */
  currentNoted: number | null = null;
  /** The error of the last failed write. */
  writeFailure: RotationError | null = null;
  /** The number of writes answered with "the secret is UPDATING". */
  busyWrites = 0;
  /** This call has cancelled deletions because a write was refused. */
  hasCancelledDeletions = false;
}

/** Records a write of content that Vault confirmed. */
export function keepWritten(writes: AttemptWrites, name: string, known: KnownContent): void {
  writes.writeFailure = null;
  writes.written.push({ name, known });
}
