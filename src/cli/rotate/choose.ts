import { dueAt, isDue } from "../../rotation/due/due.ts";
import { CliError } from "../cli-error.ts";
import { createCloserLook } from "../inventory/closer-look.ts";
import { mapInOrder } from "../inventory/in-order.ts";
import { createOperatorDirectory, type InventoryRow, inventory, placesOf } from "../inventory/inventory.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import type { Target, Via } from "./target.ts";

const LOOKS_AT_ONCE = 10;

/** The selection, as given on the command line. */
export interface Wish {
  readonly secretIds: readonly string[];
  readonly allDue: boolean;
  readonly withinMs: number;
  /** Null: no age makes a secret due. */
  readonly maxAgeMs: number | null;
  readonly compartment: readonly string[];
  readonly vault: readonly string[];
  readonly via: Via | undefined;
  readonly functionId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number | null;
  readonly isCompromised: boolean;
}

/** A secret of which only the id is known, or what a list shows. */
interface Candidate {
  readonly secretId: string;
  readonly name: string;
  readonly targetsFunction: string | null;
}

function usage(what: string, next: string): CliError {
  return new CliError("USAGE", { what, next });
}

/** @throws CliError USAGE if the options contradict each other */
export function requireSense({ secretIds, allDue, via, isCompromised }: Wish): void {
  if (allDue && secretIds.length > 0) throw usage("secrets and --all-due were both given", "give only one of them");
  if (!allDue && secretIds.length === 0) {
    throw usage("no secret was given", "give names or OCIDs of secrets, or --all-due with --compartment");
  }
  if (isCompromised && allDue) {
    throw usage("--compromised and --all-due cannot be combined", "name the secrets whose values are compromised");
  }
  if (isCompromised && via === "vault") {
    throw usage(
      "RotateSecret cannot say that a value is compromised",
      "use --via function, or --via local, with --compromised",
    );
  }
}

/** The default way: Vault rotates secrets whose rotation targets a function, unless the values are compromised, which it cannot be told. */
function targetOf({ secretId, name, targetsFunction }: Candidate, wish: Wish): Target {
  const mayVault = targetsFunction !== null && !wish.isCompromised;
  const via = wish.via ?? (mayVault ? "vault" : "function");
  const functionId = wish.functionId ?? targetsFunction;
  if (via === "function" && functionId === null) {
    throw usage(
      `the rotation of ${secretId} targets no function to call`,
      "name one with --function, or use --via local",
    );
  }
  const { since, allDue } = wish;
  const due = allDue ? { withinMs: wish.withinMs, maxAgeMs: wish.maxAgeMs } : { withinMs: null, maxAgeMs: null };
  return { secretId, name, via, functionId: via === "vault" ? targetsFunction : functionId, since, ...due };
}

/** The secrets named, or all that are due, each once, most urgent first. @throws CliError; RotationError */
export async function chooseTargets(
  runtime: Runtime,
  signedIn: SignedIn,
  wish: Wish,
  read: (secretId: string) => Promise<{ readonly name: string; readonly functionId: string | null }>,
): Promise<readonly Target[]> {
  requireSense(wish);
  if (!wish.allDue) {
    const targets: Target[] = [];
    for (const secretId of new Set(wish.secretIds)) {
      const { name, functionId } = await read(secretId);
      targets.push(targetOf({ secretId, name, targetsFunction: functionId }, wish));
    }
    return targets;
  }
  const directory = createOperatorDirectory(runtime, signedIn);
  const now = runtime.clock.now();
  const due = new Map<string, { readonly at: number; readonly target: Target }>();
  const age = wish.maxAgeMs === null ? null : { maxMs: wish.maxAgeMs, withinMs: wish.withinMs };
  const lookAt = createCloserLook(runtime, signedIn, { versions: false, content: false, waiting: false, age });
  // What is due by a date that the list shows needs no look at its age.
  const look = async (row: InventoryRow): Promise<InventoryRow> => (isDue(row, now, wish.withinMs) ? row : lookAt(row));
  const listed = inventory(directory, placesOf(runtime, wish), now);
  for await (const row of mapInOrder(listed, LOOKS_AT_ONCE, look)) {
    const { secretId, name, functionId } = row;
    const at = dueAt(row);
    if (!row.isKnown || at === null || !isDue(row, now, wish.withinMs)) continue;
    due.set(secretId, { at, target: targetOf({ secretId, name, targetsFunction: functionId }, wish) });
  }
  return [...due.values()].sort((a, b) => a.at - b.at).map(({ target }) => target);
}
