/** Every relative link leads to a file, and to a heading of it. Every document is linked from the index of its folder. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../run.ts";
import type { Document } from "./documents.ts";

const LINK = /\[[^\]]*\]\(([^)\s]+)\)/g;
const EXTERNAL = /^[a-z]+:/;
const INDEX = "docs/README.md";

const withoutFences = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, "");

/** The fragment that GitHub gives a heading. */
const fragmentOf = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");

function fragments(file: string): Set<string> {
  const headings = withoutFences(readFileSync(file, "utf8")).matchAll(/^#{1,6} (.*)$/gm);
  return new Set([...headings].map(([, heading = ""]) => fragmentOf(heading)));
}

/** The links of a document that lead into the repository. */
const linksOf = ({ text }: Document): string[] =>
  [...withoutFences(text).matchAll(LINK)].map(([, target = ""]) => target).filter((target) => !EXTERNAL.test(target));

/** The file of a link, from the root. */
function placeOf({ name }: Document, target: string): string {
  const [place = ""] = target.split("#");
  return place === "" ? name : path.posix.join(path.posix.dirname(name), decodeURIComponent(place));
}

function problemOf(document: Document, target: string): string | null {
  const file = path.join(ROOT, placeOf(document, target));
  const [, fragment] = target.split("#");
  if (!existsSync(file)) return `${document.name}: the link ${target} leads nowhere`;
  if (fragment === undefined || statSync(file).isDirectory() || !file.endsWith(".md")) return null;
  return fragments(file).has(fragment) ? null : `${document.name}: the link ${target} names no heading there`;
}

/** The documents below docs that neither the index nor their folder's own README links. */
function unlisted(documents: readonly Document[]): string[] {
  const linked = new Map(documents.map((one) => [one.name, linksOf(one).map((target) => placeOf(one, target))]));
  const isListed = (name: string) => {
    const own = path.posix.join(path.posix.dirname(name), "README.md");
    const above = path.posix.join(path.posix.dirname(name), "../README.md");
    const indexes = [INDEX, own, above].filter((index) => index.startsWith("docs/") && index !== name);
    return indexes.some((index) => linked.get(index)?.includes(name));
  };
  const below = documents.map(({ name }) => name).filter((name) => name.startsWith("docs/") && name !== INDEX);
  return below.filter((name) => !isListed(name)).map((name) => `${name}: no index of the documents links it`);
}

export function checkLinks(documents: readonly Document[]): { readonly links: number; readonly problems: string[] } {
  const judged = documents.flatMap((one) => linksOf(one).map((target) => problemOf(one, target)));
  return { links: judged.length, problems: [...judged.filter((one) => one !== null), ...unlisted(documents)] };
}
