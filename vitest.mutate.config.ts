import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import type { Group } from "./scripts/mutation/groups.ts";

const imports = (file: string, module: string) => readFileSync(file, "utf8").includes(module);

/** A file that starts the whole product costs a second for its imports alone; one that names a module judges it in milliseconds. */
const startsTheProduct = (file: string) => imports(file, "/support/world");
/** It listens on sockets, whose time would be added to that of every mutant. */
const opensSockets = (file: string) => imports(file, "/support/loopback");

/** The first failing test ends the judgement of a mutant, so the cheap ones come first. */
class CheapFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const known = [...files].sort((one, other) => one.moduleId.localeCompare(other.moduleId));
    const isCheap = ({ moduleId }: TestSpecification) => !startsTheProduct(moduleId);
    return [...known.filter(isCheap), ...known.filter((file) => !isCheap(file))];
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
