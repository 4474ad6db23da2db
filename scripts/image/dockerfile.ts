/** What our Dockerfiles say, read without Docker, and the rules that they keep. */

interface Step {
  readonly word: string;
  readonly rest: string;
}

export interface Stage {
  readonly name: string | null;
  readonly base: string;
  readonly steps: readonly Step[];
}

export interface Dockerfile {
  /** Arguments before the first stage, with their defaults. */
  readonly args: ReadonlyMap<string, string | null>;
  readonly stages: readonly Stage[];
}

/** Where all that the function needs lies, in its image and in the stage before. */
const FOLDER = "/function";
/** That of OCI Functions. */
const USER = "1000:1000";
const READ_ONLY = "chmod -R a=rX";
/** More than these in the final stage would add to the image, or run in it. */
const FINAL_STEPS = ["WORKDIR", "COPY", "USER", "ENTRYPOINT"];

/** @throws Error on a form that it would have to guess about */
export function readDockerfile(text: string): Dockerfile {
  const args = new Map<string, string | null>();
  const stages: { name: string | null; base: string; steps: Step[] }[] = [];
  for (const line of text.split("\n").map((part) => part.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [, word = "", rest = ""] = /^([A-Z]+)\s+(.+)$/.exec(line) ?? [];
    if (word === "" || line.endsWith("\\")) throw new Error(`not understood: ${line}`);
    const stage = stages.at(-1);
    if (word === "FROM") {
      const [, base = "", name = null] = /^(\S+)(?:\s+AS\s+(\S+))?$/.exec(rest) ?? [];
      stages.push({ name, base, steps: [] });
    } else if (stage !== undefined) {
      stage.steps.push({ word, rest });
    } else {
      const [name = "", value = null] = rest.split("=");
      args.set(name, value);
    }
  }
  return { args, stages };
}

const isStage = ({ stages }: Dockerfile, base: string) => stages.some(({ name }) => name === base);

/** The images from elsewhere, in the order of the stages. */
export const basesOf = (file: Dockerfile): string[] =>
  file.stages.map(({ base }) => base).filter((base) => !isStage(file, base));

/** By a digest, or by an argument in the digest's place that has no default: Docker refuses a build without it. */
export function isPinned({ args }: Dockerfile, base: string): boolean {
  const [, digest = ""] = /@(.*)$/.exec(base) ?? [];
  if (/^sha256:[0-9a-f]{64}$/.test(digest)) return true;
  const name = /^\$\{(\w+)\}$/.exec(digest)?.[1];
  return name !== undefined && args.get(name) === null;
}

const restsOf = (stage: Stage | undefined, word: string) =>
  (stage?.steps ?? []).filter((step) => step.word === word).map(({ rest }) => rest);

/** The stage that the final one takes its folder from. */
export function sourceOfFinal({ stages }: Dockerfile): Stage | undefined {
  const [, from] = /^--from=(\S+) /.exec(restsOf(stages.at(-1), "COPY")[0] ?? "") ?? [];
  return stages.find(({ name }) => name === from);
}

function finalProblems(file: Dockerfile): string[] {
  const final = file.stages.at(-1);
  const source = sourceOfFinal(file);
  const problems = (final?.steps ?? [])
    .filter(({ word }) => !FINAL_STEPS.includes(word))
    .map(({ word }) => `the final stage has ${word}: only ${FINAL_STEPS.join(", ")} may be there`);
  const copies = restsOf(final, "COPY");
  if (copies.length !== 1 || source === undefined || copies[0] !== `--from=${source.name} ${FOLDER} ${FOLDER}`) {
    problems.push(`the final stage must copy ${FOLDER} of an earlier one, and nothing else`);
  }
  if (restsOf(final, "USER").at(-1) !== USER) problems.push(`the image must run as ${USER}`);
  if (restsOf(final, "ENTRYPOINT").filter((rest) => rest.startsWith("[")).length !== 1) {
    problems.push("the image must start its program without a shell");
  }
  return problems;
}

/** What breaks the rules, as sentences: bases by digest, an explicit user in each stage, and an image of files that its user cannot change. */
export function problemsOf(file: Dockerfile): string[] {
  const source = sourceOfFinal(file);
  const runs = restsOf(source, "RUN");
  const problems = [
    ...basesOf(file)
      .filter((base) => !isPinned(file, base))
      .map((base) => `${base} is not pinned by a digest`),
    ...file.stages
      .filter(
        (stage) =>
          restsOf(stage, "USER").some((user) => !/^\d+:\d+$/.test(user)) || restsOf(stage, "USER").length === 0,
      )
      .map(({ name }) => `the stage ${name ?? "at the end"} must name its user by numbers`),
    ...file.stages
      .flatMap((stage) => restsOf(stage, "ADD"))
      .map((rest) => `ADD ${rest}: it may fetch and unpack; use COPY`),
    ...finalProblems(file),
  ];
  const isLocked =
    runs.some((run) => run.includes(`${READ_ONLY} .`)) && runs.at(-1)?.endsWith(`${READ_ONLY} compile-cache`);
  if (isLocked !== true) problems.push(`the files and the compiled code must be made read-only with ${READ_ONLY}`);
  return problems;
}
