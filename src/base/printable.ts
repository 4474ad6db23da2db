/**
 * Characters that show nothing themselves, but move the cursor, change colours, reverse text, hide it or end a line. By Unicode category:
 * controls (Cc: C0 with ESC, DEL, C1), formats (Cf: zero width, directions, the byte order mark, tags), surrogates (Cs), private use (Co),
 * unassigned (Cn), separators of lines and paragraphs (Zl, Zp). By property: everything that is drawn as nothing, such as the Hangul
 * fillers.
 */
const hidden = () => /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Nearly every text is of these characters only, and the sets of Unicode take as long to build as a start takes to read its settings. */
const PLAIN = /^[ -~]*$/;

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
  ).join("");
}

const withoutHidden = (text: string, shown: (character: string) => string) =>
  PLAIN.test(text) ? text : text.replace(hidden(), shown);

/** Foreign text made safe to show: hidden characters become JSON escapes. */
export function printable(text: string): string {
  return withoutHidden(text, escaped);
}

/**
 * Makes finished JSON safe to show without changing its meaning. JSON itself escapes only C0 and surrogates. The line ends of its layout
 * stay; its texts contain none.
 */
export function printableJson(json: string): string {
  return withoutHidden(json, (character) => (character === "\n" ? character : escaped(character)));
}
