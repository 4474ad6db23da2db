import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

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

const everything = [
  "test/unit/*.test.ts",
  "test/unit/{actions,acts,http,issuers,recovery,stages,vault}/**/*.test.ts",
  "test/model/second-authority.test.ts",
];
/** Where the tests of single modules suffice, those that start the product would only make each survivor cost half a minute. */
const isModules = process.env["MUTATION_JUDGES"] === "modules";
const modules = ["test/unit/claim.test.ts", "test/unit/{acts,http,issuers,recovery,stages}/**/*.test.ts"];

// The judges of `npm run mutate`: unit tests and one set-up of the model tests, without those that need sockets or processes.
export default defineConfig({
  test: {
    pool: "threads",
    // One module graph for all files: half of the time went into loading the SDK for each.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    // A mutant that makes a test hang is caught after this long.
    testTimeout: 10_000,
    setupFiles: ["test/support/setup.ts"],
    sequence: { sequencer: CheapFirst },
    include: isModules ? modules : everything,
    // These look at millions of views before their first test, when no mutant is active yet: they cost much and judge nothing here.
    exclude: [
      "test/unit/recovery/decide-{always,census}.test.ts",
      ...unitTests.filter(opensSockets),
      ...(isModules ? unitTests.filter(startsTheProduct) : []),
    ],
  },
});
