/**
 * What shows nothing by itself, but moves the cursor, changes colours, turns text around, hides or ends a line: by Unicode category controls
 * (Cc: C0 with ESC, DEL, C1), formats (Cf: zero width, directions, the byte order mark, tags), halves of characters (Cs), private use (Co),
 * unassigned (Cn), separators of lines and paragraphs (Zl, Zp); and by property whatever is drawn as nothing, as the Hangul fillers.
 */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}

/** A text that somebody else wrote, safe to show anywhere: hidden characters become the escapes by which JSON writes them. */
export function printable(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/**
 * Finished JSON, which says the same afterwards: JSON itself escapes C0 and halves alone. The line ends of its layout stay; in its texts there
 * are none.
 */
export function printableJson(json: string): string {
  return json.replace(HIDDEN, (character) => (character === "\n" ? character : escaped(character)));
}
