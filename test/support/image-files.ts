import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readDockerfile, sourceOfFinal } from "../../scripts/image/dockerfile.ts";
import { ROOT } from "../../scripts/run.ts";

/** Where the first stage of the Dockerfile works; a path below it is a path below the root of the repository after `npm run build`. */
const BUILD_FOLDER = "/build/";
const MIRROR_CONTEXT = "dist/mirror";

export interface Image {
  /** What the stage before the final one copies, below the root of the repository; the warm-up is removed once it has run. */
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

/** Reads what the final stage of a Dockerfile takes from the one before. Throws on anything that it would have to guess about. */
export function readImage(dockerfile: string): Image {
  const file = readDockerfile(dockerfile);
  const source = sourceOfFinal(file);
  const steps = source?.steps ?? [];
  const workFolder = steps.find(({ word }) => word === "WORKDIR")?.rest;
  const files = steps
    .filter(({ word }) => word === "COPY")
    .flatMap(({ rest }) => {
      const [from, ...paths] = rest.split(/\s+/);
      const target = paths.pop();
      if (from !== "--from=build" || target !== `${workFolder}/`) {
        throw new Error(`the stage may only copy files of the first one into its own folder: ${rest}`);
      }
      return paths.flatMap((path) => {
        if (!path.startsWith(BUILD_FOLDER)) throw new Error(`${path} does not lie in ${BUILD_FOLDER}`);
        return expanded(path.slice(BUILD_FOLDER.length));
      });
    });
  const warmUp = listOf(steps.find(({ word, rest }) => word === "RUN" && rest.startsWith('["node"'))?.rest);
  const entrypoint = listOf(file.stages.at(-1)?.steps.find(({ word }) => word === "ENTRYPOINT")?.rest);
  if (entrypoint.length === 0 || files.length === 0) throw new Error("the image holds or starts nothing");
  return { files, warmUp, entrypoint };
}

/** The image that `Dockerfile` describes. */
export function functionImage(): Image {
  return readImage(readFileSync(path.join(ROOT, "Dockerfile"), "utf8"));
}

/** The image that `deploy/mirror/Dockerfile` describes. It builds nothing: its context is the folder that `npm run build` fills. */
export function mirrorImage(): Image {
  const dockerfile = readFileSync(path.join(ROOT, MIRROR_CONTEXT, "Dockerfile"), "utf8");
  return readImage(
    dockerfile.replace(/^COPY (?!--)(.+) (\S+)$/gm, (_line, files: string, target: string) => {
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
