import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { ROOT, runTool } from "../run.ts";

const SOURCE = "src/consumer";
const LOCAL_MODULE = /(?<=from ")\.\/([\w-]+)\.ts(?=")/g;

/** The entry points for a program that imports `oci-rotate/consumer`, in both of Node's module systems. */
export const CONSUMER_EXPORTS = {
  "./consumer": {
    import: { types: "./consumer/index.d.ts", default: "./consumer/index.js" },
    require: { types: "./consumer/index.d.cts", default: "./consumer/index.cjs" },
  },
};

/** The declarations, by module name. */
function declarations(): Map<string, string> {
  const folder = mkdtempSync(path.join(tmpdir(), "declarations-"));
  try {
    const options = ["--declaration", "--emitDeclarationOnly", "--noEmit", "false", "--outDir", folder];
    const config = path.join(folder, "tsconfig.json");
    const files = [path.join(ROOT, SOURCE, "index.ts")];
    const typeRoots = [path.join(ROOT, "node_modules", "@types")];
    writeFileSync(
      config,
      JSON.stringify({
        extends: path.join(ROOT, "tsconfig.json"),
        compilerOptions: { rootDir: path.join(ROOT, SOURCE), typeRoots },
        include: [],
        files,
      }),
    );
    const { status, stdout, stderr } = runTool("tsc", ["-p", config, ...options]);
    if (status !== 0) throw new Error(`the consumer client's types: ${stdout}${stderr}`);
    const found = new Map<string, string>();
    const add = (name: string) => {
      if (found.has(name)) return;
      const text = readFileSync(path.join(folder, `${name}.d.ts`), "utf8");
      found.set(name, text);
      for (const [, imported = ""] of text.matchAll(LOCAL_MODULE)) add(imported);
    };
    add("index");
    return found;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Builds the consumer client: one module for `import` and one for `require`, each with its own declarations.
 * @param folder of the package; `consumer/` in it is made
 * @throws Error if anything but the client's own files would be in it
 */
export async function buildConsumer(folder: string): Promise<void> {
  const target = path.join(folder, "consumer");
  mkdirSync(target, { recursive: true });
  for (const [format, ending] of [
    ["esm", "js"],
    ["cjs", "cjs"],
  ] as const) {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: [`${SOURCE}/index.ts`],
      outfile: path.join(target, `index.${ending}`),
      bundle: true,
      platform: "neutral",
      target: "es2022",
      format,
      metafile: true,
      logLevel: "silent",
    });
    const foreign = Object.keys(metafile.inputs).filter((input) => !input.startsWith(`${SOURCE}/`));
    if (foreign.length > 0) throw new Error(`the consumer client would hold ${foreign.join(", ")}`);
  }
  for (const [name, text] of declarations()) {
    writeFileSync(path.join(target, `${name}.d.ts`), text.replaceAll(LOCAL_MODULE, "./$1.js"));
    writeFileSync(path.join(target, `${name}.d.cts`), text.replaceAll(LOCAL_MODULE, "./$1.cjs"));
  }
}
