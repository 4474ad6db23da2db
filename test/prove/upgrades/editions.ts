import path from "node:path";
import { pathToFileURL } from "node:url";
import { createHandler } from "../../../src/rotation/handler.ts";
import type { Subject } from "../world.ts";
import { EARLIER } from "./earlier.ts";
import { javaSample } from "./java-sample.ts";

/** What may stand behind the function: the edition of the named commit, this one, and Oracle's sample with either mapper. */
export type EditionName = "earlier" | "now" | "sample" | "lenient-sample";
export type Editions = Readonly<Record<EditionName, Subject>>;

/** The edition of a commit, as `Subject`; its process memory is its own. */
async function load(folder: string, handler: string): Promise<Subject> {
  const { createHandler: create }: { createHandler: Subject } = await import(
    pathToFileURL(path.join(folder, handler)).href
  );
  return ({ memory: _, ...dependencies }) => create(dependencies);
}

/** @param folder where `EARLIER` is checked out */
export async function loadEditions(folder: string): Promise<Editions> {
  return {
    earlier: await load(folder, EARLIER.handler),
    now: createHandler,
    sample: javaSample(true),
    "lenient-sample": javaSample(false),
  };
}
