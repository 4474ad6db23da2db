import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import type { Group } from "./scripts/mutation/groups.ts";
import { journal } from "./scripts/mutation/journal.ts";
import { inOrder } from "./scripts/mutation/test-order.ts";

const imports = (file: string, module: string) => readFileSync(file, "utf8").includes(module);

/** A file that starts the whole product costs a second for its imports alone; one that names a module judges it in milliseconds. */
const startsTheProduct = (file: string) => imports(file, "/support/world");
/** It listens on sockets, whose time would be added to that of every mutant. */
const opensSockets = (file: string) => imports(file, "/support/loopback");

/** Stryker's number of the mutant goes to the tests as a provided value; the journal knows its file. */
function changedFile({ project }: TestSpecification): string | null {
  const { activeMutant } = project.getProvidedContext() as { readonly activeMutant?: string };
  const folder = process.env["MUTATION_FOLDER"];
  if (activeMutant === undefined || folder === undefined) return null;
  return journal(folder).choice().files[activeMutant] ?? null;
}

class CheapFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [first] = files;
    if (first === undefined) return files;
    const order = inOrder(changedFile(first));
    const candidates = files.map((specification) => {
      const { moduleId } = specification;
      return { specification, file: path.relative(process.cwd(), moduleId), isCostly: startsTheProduct(moduleId) };
    });
    return candidates.toSorted(order).map(({ specification }) => specification);
  }
}

const unitTests = readdirSync("test/unit", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".test.ts"))
  .map((name) => path.posix.join("test/unit", name.replaceAll("\\", "/")));

const { tests, product, sockets }: Pick<Group, "tests" | "product" | "sockets"> = JSON.parse(
  process.env["MUTATION_GROUP"] ?? "null",
);

// The judges of one group of `npm run mutate`.
export default defineConfig({
  test: {
    pool: "threads",
    // One module graph for all files: half of the time went into loading the SDK for each.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // A mutant that makes a test hang is caught after this long; a test on a busy machine is not.
    testTimeout: 30_000,
    setupFiles: ["test/support/setup.ts"],
    sequence: { sequencer: CheapFirst },
    include: [...tests],
    // These look at millions of views before their first test, when no mutant is active yet: they cost much and judge nothing here.
    exclude: [
      "test/unit/rotation/decide/{always,census}.test.ts",
      ...(sockets ? [] : unitTests.filter(opensSockets)),
      ...unitTests.filter((file) => startsTheProduct(file) && !product.some((start) => file.startsWith(start))),
    ],
  },
});
