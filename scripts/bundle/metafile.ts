/** What esbuild says went into a bundle, for the bill of materials. */
import path from "node:path";
import type { Metafile } from "esbuild";

const isFile = (name: string) => !name.includes(":");
/** Every file imports what stands for a global; esbuild names it by its place on this machine. */
const isNamed = (name: string) => isFile(name) && !path.isAbsolute(name);

function onlyFiles<T extends object>(inputs: Readonly<Record<string, T>>): Record<string, T> {
  const entries = Object.entries(inputs).filter(([name]) => isFile(name));
  return Object.fromEntries(
    entries.map(([name, input]) => {
      const imports = (input as Partial<Metafile["inputs"][string]>).imports?.filter(({ path: file }) => isNamed(file));
      return [name, imports === undefined ? input : { ...input, imports }];
    }),
  );
}

/** One for the bill of materials, which is made of all that a function may load. What stands in for parts of libraries is none of them. */
export const merged = (metafiles: readonly Metafile[]): Metafile => ({
  inputs: Object.assign({}, ...metafiles.map(({ inputs }) => onlyFiles(inputs))),
  outputs: Object.fromEntries(
    metafiles.flatMap(({ outputs }) =>
      Object.entries(outputs).map(([file, output]) => [file, { ...output, inputs: onlyFiles(output.inputs) }]),
    ),
  ),
});
