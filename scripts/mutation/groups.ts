/** What `npm run mutate` changes, group by group, and which tests judge it. A group is a folder of src; `root` is the files beside the folders. */
export interface Group {
  /** Globs, separated by commas; "!" leaves out. */
  readonly files: string;
  /** The globs of the tests that judge. */
  readonly tests: readonly string[];
  /** How the names of tests begin that judge although they start the whole product; all of these would cost each survivor half a minute. */
  readonly product: readonly string[];
  /** Also tests that open sockets on this machine, for code that does nothing else. */
  readonly sockets: boolean;
  /** The score, per cent, below which a run fails. */
  readonly least: number;
  /** How many mutants are judged, where there are more; null: all of them. */
  readonly sample: number | null;
}

const MODULES = ["test/unit/*.test.ts", "test/unit/{acts,http,issuers,recovery,stages,vault}/**/*.test.ts"];

/** Where a wrong branch loses a client secret. */
const HEART = 98;
const MOST = 93;
const TERMINAL = 85;

const group = (name: string, own: Partial<Group>): Group => ({
  files: `src/${name}/**/*.ts`,
  tests: MODULES,
  product: [`test/unit/${name}/`],
  sockets: false,
  least: MOST,
  sample: null,
  ...own,
});

const tests = (...globs: string[]) => globs.map((glob) => `test/unit/${glob}.test.ts`);

export const groups: Readonly<Record<string, Group>> = {
  recovery: group("recovery", { least: HEART }),
  stages: group("stages", { least: HEART }),
  acts: group("acts", {}),
  actions: group("actions", { tests: tests("*", "actions/**/*", "notify/**/*") }),
  issuers: group("issuers", { sample: 600 }),
  vault: group("vault", { sample: 600 }),
  http: group("http", { sockets: true }),
  // Its modules are judged by tests of their own; those that start the product would make each mutant cost twice as much.
  notify: group("notify", { tests: tests("notify/**/*"), product: [], sockets: true }),
  mirror: group("mirror", { tests: [...tests("mirror/**/*"), "test/model/mirror.test.ts"], sample: 600 }),
  consumer: group("consumer", { tests: tests("consumer/**/*") }),
  // What only puts the real clock, network and principal together runs in a process of its own, where no mutant is active.
  root: group("root", { files: "src/*.ts,!src/func.ts,!src/mirror-func.ts", product: ["test/unit/"], sample: 600 }),
  cli: group("cli", { tests: tests("cli/**/*"), least: TERMINAL, sample: 600 }),
};

/** They test the product, and are tested by their own verdicts. */
const UNMEASURED: readonly string[] = ["demo", "emulator", "prove"];
const ENTRIES: readonly string[] = ["src/func.ts", "src/mirror-func.ts"];

/** The name of the group that a file of src belongs to; null: none judges it. */
export function groupOf(file: string): string | null {
  const [top, folder, ...deeper] = file.split("/");
  if (top !== "src" || folder === undefined || ENTRIES.includes(file) || !file.endsWith(".ts")) return null;
  if (deeper.length === 0) return "root";
  return UNMEASURED.includes(folder) ? null : folder;
}

/** All of it, for files that are named by hand. */
export const anyGroup = (files: string): Group => ({
  ...group("", { files, product: ["test/"], sockets: true }),
  tests: [...new Set(Object.values(groups).flatMap((own) => own.tests))],
});
