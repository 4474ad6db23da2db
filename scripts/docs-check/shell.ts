/** What a shell block calls, told from its text. */

const HERE_DOCUMENT = /<<-?(['"]?)(\w+)\1([^\n]*)\n[\s\S]*?^\2$/gm;
/** A quoted text, or a comment. */
const QUOTED = /'[^']*'|"(?:\\.|[^"\\])*"|(?<=^|\s)#[^\n]*/gm;
const SUBSTITUTED = /\$\([^)]*\)?/g;
/** A word where a command begins, behind what is set for it alone. */
const PROGRAM = /(?:^|&&|[|;({])[ \t]*(?:(?:do|if|then|while)\s+)*(?:\w+=\S*[ \t]+)*([a-zA-Z_][\w./-]*)(?=[\s;|)]|$)/gm;

/** What is left of a quoted text: the commands whose output it takes. */
const unquoted = (quoted: string) =>
  quoted.startsWith("#") ? "" : `""${quoted.startsWith('"') ? (quoted.match(SUBSTITUTED) ?? []).join(" ") : ""}`;

/** The programs that a block calls, each once, in its order. */
export function programsOf(block: string): string[] {
  const bare = block.replaceAll(HERE_DOCUMENT, "$3").replaceAll("\\\n", " ").replaceAll(QUOTED, unquoted);
  return [...new Set([...bare.matchAll(PROGRAM)].map(([, program = ""]) => program))];
}
