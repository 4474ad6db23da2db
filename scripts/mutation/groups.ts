/** What `npm run mutate` changes, group by group, and which tests judge it. A group is a room of src, or one floor of a large room. */
export interface Group {
  /** What it is, for the documents. */
  readonly what: string;
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

/** Tests of rotation's modules; those of actions start the whole product. */
const ROTATION = [
  "test/unit/*.test.ts",
  "test/unit/rotation/*.test.ts",
  "test/unit/rotation/{attempt,decide,housekeeping,observe,plan,stages}/**/*.test.ts",
];
/** Those of base and clients reach nothing of rotation, which calls them. */
const MODULES = [...ROTATION, "test/unit/{base,clients}/**/*.test.ts"];

/** Where a wrong branch loses a client secret. */
const HEART = 98;
const MOST = 93;
const TERMINAL = 85;

const group = (folder: string, own: Partial<Group> = {}): Group => ({
  what: `\`src/${folder}\``,
  files: `src/${folder}/**/*.ts`,
  tests: MODULES,
  product: [`test/unit/${folder}/`],
  sockets: false,
  least: MOST,
  sample: null,
  ...own,
});

const tests = (...globs: string[]) => globs.map((glob) => `test/unit/${glob}.test.ts`);

const RECOVERY_FOLDERS = ["decide", "observe", "housekeeping", "attempt"].map((name) => `src/rotation/${name}/**/*.ts`);
/** They stand beside the folders of `src/rotation`. */
const RECOVERY_FILES = ["authorities", "backoff", "warnings", "ways-back"].map((name) => `src/rotation/${name}.ts`);

export const groups: Readonly<Record<string, Group>> = {
  recovery: group("rotation", {
    what: "`decide`, `observe`, `housekeeping` and what a call remembers, in `src/rotation`",
    files: [...RECOVERY_FOLDERS, ...RECOVERY_FILES].join(","),
    tests: ROTATION,
    product: [
      ...["decide/", "observe/", "housekeeping/", "attempt/"],
      ...[
        "create-adopts-pending",
        "create-beside-claims",
        "rotation-not-rotatable",
        "create-looks-after-claim",
        "create-unsaved-value",
      ],
    ].map((start) => `test/unit/rotation/${start}`),
    least: HEART,
  }),
  stages: group("rotation/stages", {
    tests: ROTATION,
    product: ["stages/", "create-", "heal-", "promote-", "retire-", "rotation-"].map(
      (start) => `test/unit/rotation/${start}`,
    ),
    least: HEART,
  }),
  actions: group("rotation/actions", {
    what: "`actions`, and what is due at which pace, in `src/rotation`",
    files: ["actions", "due", "pace"].map((name) => `src/rotation/${name}/**/*.ts`).join(","),
    tests: tests("*", "rotation/*", "rotation/{actions,due,pace,housekeeping,observe}/**/*", "notify/**/*"),
    product: ["actions", "due", "pace"].map((name) => `test/unit/rotation/${name}/`),
  }),
  rotation: group("rotation", {
    what: "`src/rotation`, the rest",
    files: ["src/rotation/*.ts", "src/rotation/plan/**/*.ts", ...RECOVERY_FILES.map((file) => `!${file}`)].join(","),
    tests: [...ROTATION, ...tests("rotation/{actions,due,pace}/**/*", "notify/**/*")],
    product: ["test/unit/"],
    sample: 600,
  }),
  issuers: group("clients/issuers", { sample: 600 }),
  vault: group("clients/vault", { sample: 600 }),
  http: group("clients", {
    what: "`src/clients/http`, `src/clients/metrics`, and the wiring next to them",
    files: "src/clients/*.ts,src/clients/http/**/*.ts,src/clients/metrics/**/*.ts",
    sockets: true,
  }),
  // Its modules are judged by tests of their own; those that start the product would make each mutant cost twice as much.
  notify: group("notify", { tests: tests("notify/**/*"), product: [], sockets: true }),
  mirror: group("mirror", { tests: [...tests("mirror/**/*"), "test/model/mirror.test.ts"], sample: 600 }),
  consumer: group("consumer", { tests: tests("consumer/**/*") }),
  // All tests load it; what all of them cover does not fit in memory. What only puts the real clock and entropy together runs in a
  // process of its own, where no mutant is active.
  base: group("base", { tests: tests("*", "base/**/*"), sample: 600 }),
  // Its two entries, as those of the functions, run in processes of their own: end-to-end tests judge them.
  cli: group("cli", {
    files: "src/cli/**/*.ts,!src/cli/main.ts,!src/cli/oci-rotate.ts",
    tests: tests("cli/**/*"),
    least: TERMINAL,
    sample: 600,
  }),
};

const covers = (glob: string, file: string) =>
  glob.endsWith("/**/*.ts")
    ? file.startsWith(glob.slice(0, -"**/*.ts".length))
    : glob.endsWith("/*.ts")
      ? file.slice(0, file.lastIndexOf("/")) === glob.slice(0, -"/*.ts".length)
      : file === glob;

function takes({ files }: Group, file: string): boolean {
  const globs = files.split(",");
  return globs.some((glob) => covers(glob, file)) && !globs.includes(`!${file}`);
}

/** The name of the group that a file of src belongs to; null: none judges it, as the two entries and the emulator. */
export function groupOf(file: string): string | null {
  if (!file.endsWith(".ts")) return null;
  return Object.entries(groups).find(([, own]) => takes(own, file))?.[0] ?? null;
}

/** All of it, for files that are named by hand. */
export const anyGroup = (files: string): Group => ({
  ...group("", { files, product: ["test/"], sockets: true }),
  tests: [...new Set(Object.values(groups).flatMap((own) => own.tests))],
});
