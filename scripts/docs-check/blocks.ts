/**
 * Every block of code in the documents has a class. Commands are run by CI, or read by the programs that they name, or they are marked as
 * needing something that CI does not have. What is no command is shown. A mark is a comment in the line before the block:
 * `<!-- run by FILE -->` names the test or script that takes the block from the page; `<!-- needs OCI -->` says what it takes to run it.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT, run } from "../run.ts";
import { type Block, blocksOf, type Document } from "./documents.ts";
import { isDrilled } from "./drills.ts";
import { programsOf } from "./shell.ts";

const CLASSES = ["run", "parsed", "needsOci", "needsOther", "shown", "unsorted"] as const;
type BlockClass = (typeof CLASSES)[number];

/** A class, and for an unsorted block the reason. */
interface Sorted {
  readonly found: BlockClass;
  readonly reason?: string;
}

/** What is no command, by its language. */
const SHOWN: ReadonlySet<string> = new Set(["json", "mermaid", "text"]);
/** A command that stands in a block of text, where nothing would read it. */
const HIDDEN = /^(?:\$ )?(?:oci|oci-rotate|npm|npx|node|fn|docker|terraform|curl) [a-z-]/m;
/** What a block may need that CI does not have. Everything else must be run or read. */
const OTHER_NEEDS: readonly string[] = ["needs jwcrypto", "needs PowerShell", "needs step"];
/** What a block may hold and still be only read: programs that read their own commands, and those that come with a shell. */
const READ: ReadonlySet<string> = new Set(["oci", "oci-rotate", "npm", "npx", "node"]);
const SHELLS =
  "base64 cat cd cp date done echo eval export for git grep mkdir rm sleep source sort test tr true umask".split(" ");
const OF_SHELL: ReadonlySet<string> = new Set(SHELLS);

const unsorted = (reason: string): Sorted => ({ found: "unsorted", reason });

/** A test or script that is there, and takes something from the page. */
function isRunBy(file: string, page: string): boolean {
  const place = path.join(ROOT, file);
  if (!/^(?:test|scripts)\/[\w./-]+\.ts$/.test(file) || !existsSync(place)) return false;
  const text = readFileSync(place, "utf8");
  return text.includes(page) || text.includes(path.posix.basename(page));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function sortShown({ language, text, mark }: Block): Sorted {
  if (mark !== null) return unsorted("it holds no command, so the mark is out of place");
  if (HIDDEN.test(text)) return unsorted(`a command stands in a block of ${language}`);
  return language === "json" && !isJson(text) ? unsorted("it is no JSON") : { found: "shown" };
}

/** Commands that nothing carries out. */
function sortCommands({ text, mark }: Block): Sorted {
  const foreign = programsOf(text).filter((program) => !READ.has(program) && !OF_SHELL.has(program));
  if (mark === null && foreign.length === 0) return { found: "parsed" };
  if (mark === null) return unsorted(`nothing reads ${foreign.join(", ")}, and no mark says what it needs`);
  return foreign.length === 0 ? unsorted(`its programs read it, so it does not count as "${mark}"`) : sortNeeds(mark);
}

function sortNeeds(mark: string): Sorted {
  if (mark === "needs OCI") return { found: "needsOci" };
  return OTHER_NEEDS.includes(mark) ? { found: "needsOther" } : unsorted(`nothing is known of "${mark}"`);
}

function sortBlock(block: Block): Sorted {
  const { page, language, text, mark } = block;
  if (language === "") return unsorted("it does not say its language");
  if (SHOWN.has(language)) return sortShown(block);
  if (language === "sh") {
    const { status, stderr } = run("bash", ["-n", "-c", text]);
    if (status !== 0) return unsorted(`no shell can read it: ${stderr.trim()}`);
  }
  if (mark?.startsWith("run by ")) {
    const file = mark.slice("run by ".length);
    return isRunBy(file, page) ? { found: "run" } : unsorted(`${file} is no test that takes anything from this page`);
  }
  if (language === "sh") return isDrilled(page) ? { found: "run" } : sortCommands(block);
  return mark === null ? unsorted(`nothing runs a block of ${language}`) : sortNeeds(mark);
}

export function checkBlocks(documents: readonly Document[]) {
  const sorted = documents.flatMap(blocksOf).map((block) => ({ ...block, ...sortBlock(block) }));
  const count = (wanted: BlockClass) => sorted.filter(({ found }) => found === wanted).length;
  const problems = sorted.flatMap(({ page, line, reason }) =>
    reason === undefined ? [] : [`${page}:${line}: ${reason}`],
  );
  return { counts: Object.fromEntries(CLASSES.map((one) => [one, count(one)])), problems };
}
