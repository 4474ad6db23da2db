/** esbuild plugins that keep out of a function's bundle what it does not need. A rule that no longer matches fails the build. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { PartialMessage, Plugin } from "esbuild";
import type { LeftOut, Mended } from "./left-out.ts";

const INSIDE = /^.*[\\/]node_modules[\\/]/;
/** From `node_modules`, with `/`; null: a file of ours. */
const inLibraries = (file: string): string | null =>
  INSIDE.test(file) ? file.replace(INSIDE, "").replaceAll("\\", "/") : null;

/** What stands in place of a part that is left out: it loads, and whoever uses it hears its name. */
const absent = (name: string) => `
const refuse = function () { throw new Error(${JSON.stringify(`${name} is left out of this bundle`)}); };
module.exports = new Proxy(refuse, {
  get: (target, member) => (member === "__esModule" ? true : member in target ? target[member] : module.exports),
});
`;

/** @param rows each must match exactly one import of the bundle */
export function leaveOut(rows: readonly LeftOut[]): Plugin {
  const wanted = rows.flatMap(({ importer, requests }) => requests.map((request) => `${importer} ${request}`));
  return {
    name: "leave-out",
    setup(api) {
      const waiting = new Set(wanted);
      api.onResolve({ filter: /.*/ }, ({ importer, path }) => {
        const key = `${inLibraries(importer)} ${path}`;
        if (!wanted.includes(key)) return undefined;
        waiting.delete(key);
        return { path: key, namespace: "left-out" };
      });
      api.onLoad({ filter: /.*/, namespace: "left-out" }, ({ path }) => ({
        contents: absent(path.slice(path.indexOf(" ") + 1)),
      }));
      api.onEnd(() => ({
        errors: [...waiting].map(
          (row): PartialMessage => ({ text: `no import matches the row "${row}" of left-out.ts` }),
        ),
      }));
    },
  };
}

/** Modules that others stand for: Node has them, or only a part of them is used. */
export function replace(modules: Readonly<Record<string, string>>): Plugin {
  const names = Object.keys(modules);
  return {
    name: "replace",
    setup(api) {
      const waiting = new Set(names);
      api.onResolve({ filter: /^[a-z]/ }, ({ path }) => {
        if (!names.includes(path)) return undefined;
        waiting.delete(path);
        return { path, namespace: "replaced" };
      });
      api.onLoad({ filter: /.*/, namespace: "replaced" }, ({ path }) => ({
        contents: modules[path] ?? "",
        resolveDir: import.meta.dirname,
      }));
      api.onEnd(() => ({
        errors: [...waiting].map((name): PartialMessage => ({ text: `nothing imports ${name}, which is replaced` })),
      }));
    },
  };
}

/** @throws Error unless the text occurs exactly once */
export function mended(source: string, { file, text, by }: Mended): string {
  const times = source.split(text).length - 1;
  if (times !== 1) throw new Error(`${file} holds the text to mend ${times} times: ${text}`);
  return source.replace(text, () => by);
}

/** Changes texts of libraries, each of which must occur exactly once. */
export function mend(changes: readonly Mended[]): Plugin {
  return {
    name: "mend",
    setup(api) {
      const waiting = new Set(changes.map(({ file }) => file));
      api.onLoad({ filter: /[\\/]node_modules[\\/].*\.js$/ }, ({ path }) => {
        const change = changes.find(({ file }) => file === inLibraries(path));
        if (change === undefined) return undefined;
        waiting.delete(change.file);
        return { contents: mended(readFileSync(path, "utf8"), change) };
      });
      api.onEnd(() => ({
        errors: [...waiting].map(
          (file): PartialMessage => ({ text: `${file}, which is to be mended, is not in the bundle` }),
        ),
      }));
    },
  };
}

/** Libraries that are evaluated when our code first uses something of them, and not with the files that import them. */
export function loadLate(libraries: readonly string[]): Plugin {
  return {
    name: "load-late",
    setup(api) {
      const waiting = new Set(libraries);
      api.onResolve({ filter: /^[a-z]/ }, ({ path, importer, namespace, resolveDir }) => {
        if (!libraries.includes(path) || namespace !== "file" || inLibraries(importer) !== null) return undefined;
        waiting.delete(path);
        return { path, namespace: "late", pluginData: resolveDir };
      });
      api.onLoad({ filter: /.*/, namespace: "late" }, ({ path, pluginData: resolveDir }) => {
        const library = `require(${JSON.stringify(path)})`;
        const members = Object.keys(createRequire(`${resolveDir}/`)(path)).map(
          (name) => `get ${name}() { return ${library}.${name}; }`,
        );
        return { contents: `module.exports = { ${members.join(", ")} };`, resolveDir };
      });
      api.onEnd(() => ({
        errors: [...waiting].map(
          (name): PartialMessage => ({ text: `no file of ours imports ${name}, to be loaded late` }),
        ),
      }));
    },
  };
}
