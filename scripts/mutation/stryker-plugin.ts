/**
 * Two plugins of Stryker, which can neither sample nor resume after a kill. The reporter draws the sample once the
 * mutants are planned, and records each result. The checker, in its own process, holds back all other mutants.
 */
import path from "node:path";
import { drawn, fileOfKey, isAskedFor, keyOf, type Mutant } from "./choice.ts";
import { type Journal, journal } from "./journal.ts";
import { isStatic } from "./score.ts";

interface Plan {
  readonly plan: "EarlyResult" | "Run";
  readonly mutant: Mutant;
}

function opened(): Journal {
  const folder = process.env["MUTATION_FOLDER"];
  if (folder === undefined) throw new Error("npm run mutate starts Stryker; by itself it does not know what to judge");
  return journal(folder);
}

const fileOf = ({ fileName }: Mutant) => path.relative(process.cwd(), fileName).replaceAll("\\", "/");

export class JournalReporter {
  readonly #journal = opened();
  readonly #keys = new Map<string, string>();

  onMutationTestingPlanReady({ mutantPlans }: { readonly mutantPlans: readonly Plan[] }): void {
    const task = this.#journal.task();
    const asked = mutantPlans.filter(({ mutant }) => isAskedFor(mutant, fileOf(mutant), task));
    const left = asked.filter(({ plan }) => plan === "EarlyResult");
    const atLoad = left.filter(({ mutant }) => isStatic(mutant)).length;
    const byKey = new Map(
      asked.flatMap(({ plan, mutant }) => (plan === "Run" ? [[keyOf(mutant, fileOf(mutant)), mutant.id]] : [])),
    );
    const keys = drawn([...byKey.keys()], task);
    const judged = this.#journal.judged();
    for (const key of keys) if (!judged.has(key)) this.#keys.set(byKey.get(key) ?? "", key);
    this.#journal.choose({
      files: Object.fromEntries([...this.#keys].map(([id, key]) => [id, fileOfKey(key)])),
      keys,
      population: byKey.size,
      silenced: left.length - atLoad,
      atLoad,
    });
  }

  onMutantTested({ id, status }: { readonly id: string; readonly status: string }): void {
    const key = this.#keys.get(id);
    if (key !== undefined) this.#journal.add({ key, status });
  }
}

export class SampleChecker {
  #chosen: ReadonlySet<string> | null = null;

  async init(): Promise<void> {}

  async check(mutants: readonly Mutant[]): Promise<Record<string, { status: string; reason?: string }>> {
    this.#chosen ??= new Set(Object.keys(opened().choice().files));
    const chosen = this.#chosen;
    const held = { status: "compileError", reason: "not in the sample, or judged before" };
    return Object.fromEntries(mutants.map(({ id }) => [id, chosen.has(id) ? { status: "passed" } : held]));
  }

  /** All at once: a message for each costs more than the check. */
  group(mutants: readonly Mutant[]): readonly (readonly string[])[] {
    return [mutants.map(({ id }) => id)];
  }
}

export const strykerPlugins = [
  { kind: "Reporter", name: "journal", injectableClass: JournalReporter },
  { kind: "Checker", name: "sample", injectableClass: SampleChecker },
];
