import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ROOT } from "../../scripts/run.ts";

/** Where the first stage of the Dockerfile works; a path below it is a path below the root of the repository after `npm run build`. */
const BUILD_FOLDER = "/build/";
const MIRROR_CONTEXT = "dist/mirror";

export interface Image {
  /** What the final stage copies, below the root of the repository. */
  readonly files: readonly string[];
  /** What it runs, as the function's user and in the folder that holds the files, to have Node compile them beforehand. */
  readonly warmUp: readonly string[];
  /** How the image starts, in the same folder. */
  readonly entrypoint: readonly string[];
}

/** A last part such as `*.js` stands for the files that there are. */
function expanded(file: string): string[] {
  const { dir, base } = path.posix.parse(file);
  if (!base.startsWith("*")) return [file];
  return readdirSync(path.join(ROOT, dir))
    .filter((name) => name.endsWith(base.slice(1)))
    .sort()
    .map((name) => `${dir}/${name}`);
}

const listOf = (json: string | undefined): string[] => {
  const list: unknown = JSON.parse(json ?? "[]");
  return Array.isArray(list) ? list.map(String) : [];
};

/** Reads the final stage of a Dockerfile. Throws on anything that it would have to guess about. */
export function readImage(dockerfile: string): Image {
  const lines = dockerfile.split("\n").map((line) => line.trim());
  const finalStage = lines.slice(lines.findLastIndex((line) => /^FROM\s/i.test(line)) + 1);
  const after = (word: string) => finalStage.find((line) => line.startsWith(word))?.slice(word.length);
  const workFolder = after("WORKDIR ");
  const files = finalStage
    .filter((line) => /^(?:COPY|ADD)\s/i.test(line))
    .flatMap((line) => {
      const [verb, from, ...paths] = line.split(/\s+/);
      const target = paths.pop();
      if (verb !== "COPY" || from !== "--from=build" || target !== `${workFolder}/`) {
        throw new Error(`the final stage may only copy files of the first one into its own folder: ${line}`);
      }
      return paths.flatMap((source) => {
        if (!source.startsWith(BUILD_FOLDER)) throw new Error(`${source} does not lie in ${BUILD_FOLDER}`);
        return expanded(source.slice(BUILD_FOLDER.length));
      });
    });
  const warmUp = listOf(after('RUN ["node"')?.replace(/^/, '["node"'));
  const entrypoint = listOf(after("ENTRYPOINT "));
  if (entrypoint.length === 0 || files.length === 0) throw new Error("the final stage copies or starts nothing");
  return { files, warmUp, entrypoint };
}

/** The image that `Dockerfile` describes. */
export function functionImage(): Image {
  return readImage(readFileSync(path.join(ROOT, "Dockerfile"), "utf8"));
}

/** The image that `deploy/mirror/Dockerfile` describes. It has one stage, whose context is the folder that `npm run build` fills. */
export function mirrorImage(): Image {
  const dockerfile = readFileSync(path.join(ROOT, MIRROR_CONTEXT, "Dockerfile"), "utf8");
  return readImage(
    dockerfile.replace(/^COPY (.+) (\S+)$/gm, (_line, files: string, target: string) => {
      const copied = files.split(" ").map((file) => `${BUILD_FOLDER}${MIRROR_CONTEXT}/${file}`);
      return `COPY --from=build ${copied.join(" ")} ${target}`;
    }),
  );
}

/**
 * Lays out a fresh folder that holds only what the Dockerfile copies, from what `npm run build` made, readable for every user as in the image.
 * Compiled code is not in it. The caller removes it.
 */
export function layOutImage(image = functionImage()): {
  readonly folder: string;
  readonly entrypoint: readonly string[];
  remove(): void;
} {
  const { files, entrypoint } = image;
  const folder = mkdtempSync(path.join(tmpdir(), "image-"));
  chmodSync(folder, 0o755);
  for (const file of files) {
    const copy = path.join(folder, path.basename(file));
    cpSync(path.join(ROOT, file), copy);
    chmodSync(copy, 0o644);
  }
  return { folder, entrypoint, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
