/**
 * The one table of characters that no renderer may let through, each with the category for which it stands. The escapes are what is shown in
 * its place, everywhere.
 */
export const hiddenCharacters: readonly (readonly [what: string, character: string, shown: string])[] = [
  ["NUL", "\u0000", "\\u0000"],
  ["backspace", "\b", "\\u0008"],
  ["tab", "\t", "\\u0009"],
  ["line feed", "\n", "\\u000a"],
  ["carriage return", "\r", "\\u000d"],
  ["ESC", "\u001b", "\\u001b"],
  ["DEL", "\u007f", "\\u007f"],
  ["NEL, of C1", "\u0085", "\\u0085"],
  ["CSI, of C1", "\u009b", "\\u009b"],
  ["soft hyphen", "\u00ad", "\\u00ad"],
  ["combining grapheme joiner", "\u034f", "\\u034f"],
  ["Arabic letter mark", "\u061c", "\\u061c"],
  ["Hangul filler", "\u115f", "\\u115f"],
  ["Mongolian vowel separator", "\u180e", "\\u180e"],
  ["zero width space", "\u200b", "\\u200b"],
  ["zero width joiner", "\u200d", "\\u200d"],
  ["right-to-left mark", "\u200f", "\\u200f"],
  ["line separator", "\u2028", "\\u2028"],
  ["paragraph separator", "\u2029", "\\u2029"],
  ["right-to-left override", "\u202e", "\\u202e"],
  ["word joiner", "\u2060", "\\u2060"],
  ["first strong isolate", "\u2068", "\\u2068"],
  ["variation selector", "\ufe0f", "\\ufe0f"],
  ["byte order mark", "\ufeff", "\\ufeff"],
  ["interlinear annotation", "\ufff9", "\\ufff9"],
  ["private use", "\ue000", "\\ue000"],
  ["noncharacter", "\uffff", "\\uffff"],
  ["unassigned", "\u0378", "\\u0378"],
  ["high half", "\ud800", "\\ud800"],
  ["low half", "\udc00", "\\udc00"],
  ["tag", "\u{e0041}", "\\udb40\\udc41"],
  ["private use of plane 16", "\u{10fffd}", "\\udbff\\udffd"],
];

/** Every hidden character, each between two letters. */
export const hiddenText = hiddenCharacters.map(([, character]) => `a${character}b`).join("");
export const shownText = hiddenCharacters.map(([, , shown]) => `a${shown}b`).join("");

/** The first hidden character that a finished text still has, but for line ends; null: none. */
export function hiddenIn(text: string): string | null {
  const found = hiddenCharacters.find(([what, character]) => what !== "line feed" && hasAlone(text, character));
  return found?.[0] ?? null;
}

/** A surrogate counts only if it is unpaired. */
function hasAlone(text: string, character: string): boolean {
  return /\p{Surrogate}/u.test(character) ? /\p{Surrogate}/u.test(text) : text.includes(character);
}
