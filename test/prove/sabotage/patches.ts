import { registerHooks } from "node:module";

/** A change of one place in a source file, made as the file is loaded. */
export interface Patch {
  /** Below `src`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Throws an Error unless the text is there exactly once: otherwise the patch does not match the code. */
export function patched(source: string, { file, find, replace }: Patch): string {
  const count = find === "" ? 0 : source.split(find).length - 1;
  if (count !== 1) {
    throw new Error(`a patch of ${file} finds its text ${count} times. Next: bring it in step with the code.`);
  }
  return source.replace(find, () => replace);
}

function textOf(source: unknown, file: string): string {
  if (typeof source === "string") return source;
  if (source instanceof Uint8Array) return Buffer.from(source).toString("utf8");
  throw new Error(`the source of ${file} is no text`);
}

/** Patches that wait for their files to be loaded. */
export interface Sabotage {
  /** Files that were not loaded after all. */
  readonly missing: readonly string[];
  end(): void;
}

/**
 * Has modules of this thread that are imported from now on changed as they are loaded; nothing of it stands in a file. Modules that are loaded
 * already stay as they are.
 * @param root the folder that the patches' files lie in
 */
export function sabotage(patches: readonly Patch[], root: URL): Sabotage {
  const waiting = new Set(patches.map(({ file }) => file));
  const hooks = registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context);
      const own = patches.filter(({ file }) => new URL(file, root).href === url);
      const [first] = own;
      if (first === undefined) return loaded;
      waiting.delete(first.file);
      return { ...loaded, source: own.reduce(patched, textOf(loaded.source, first.file)) };
    },
  });
  return {
    get missing() {
      return [...waiting];
    },
    end: () => hooks.deregister(),
  };
}
