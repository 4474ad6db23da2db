/** A line that cannot be read. It spoils only the section that it belongs to. */
export interface BadLine {
  readonly line: number;
  /** Completes "line 7 of the file ...". Never the line itself: it may hold a pass phrase. */
  readonly what: string;
}

export interface Section {
  /** Keys in lower case; without those that were given twice. A value with a line end was continued on an indented line. */
  readonly values: ReadonlyMap<string, string>;
  /** Null: all of its lines were read. */
  readonly bad: BadLine | null;
}

/** `[DEFAULT]` may appear more than once, and takes what stands before the first header. */
export const FALLBACK = "DEFAULT";

interface Open {
  readonly values: Map<string, string>;
  readonly seen: Set<string>;
  bad: BadLine | null;
}

/** The part between the brackets; a comment may follow. Null: no header; `isWhole` false: the closing bracket is missing. */
function headerOf(text: string): { readonly name: string; readonly isWhole: boolean } | null {
  if (!text.startsWith("[")) return null;
  const [, name] = /^\[(.+?)\]\s*(?:[#;].*)?$/.exec(text) ?? /^\[(.+)\]/.exec(text) ?? [];
  return name === undefined ? { name: text.slice(1).trim(), isWhole: false } : { name: name.trim(), isWhole: true };
}

/**
 * The INI dialect of the `oci` command line, which is that of Python's configparser without interpolation. `=` or `:` ends a key, whichever
 * comes first; `#` and `;` begin a comment only at the start of a line; an indented line continues the value above it.
 */
export function parseIni(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Open>();
  const open = (name: string): Open => {
    const section: Open = sections.get(name) ?? { values: new Map(), seen: new Set(), bad: null };
    sections.set(name, section);
    return section;
  };
  let current: Open | null = null;
  let key: string | null = null;
  let indentOfKey = 0;
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const told = raw.trim();
    if (told === "" || told.startsWith("#") || told.startsWith(";")) continue;
    const spoil = (section: Open, what: string) => {
      section.bad ??= { line: index + 1, what };
    };
    const indent = raw.length - raw.trimStart().length;
    if (current !== null && key !== null && indent > indentOfKey) {
      const before = current.values.get(key);
      if (before !== undefined) current.values.set(key, `${before}\n${told}`);
      continue;
    }
    indentOfKey = indent;
    const header = headerOf(told);
    if (header !== null) {
      const isAgain = sections.has(header.name) && header.name !== FALLBACK;
      current = open(header.name);
      key = null;
      if (!header.isWhole) spoil(current, "is a profile's name cut short");
      else if (isAgain) spoil(current, `begins the profile ${header.name} a second time`);
      continue;
    }
    if (current === null) {
      spoil(open(FALLBACK), "stands before the first [profile]");
      continue;
    }
    const [, name = "", value = ""] = /^([^=:]*)[=:](.*)$/.exec(told) ?? [];
    key = name.trim().toLowerCase() || null;
    if (key === null) spoil(current, "is not key=value");
    else if (current.seen.has(key)) {
      current.values.delete(key);
      spoil(current, `gives ${key} a second time`);
    } else {
      current.seen.add(key);
      current.values.set(key, value.trim());
    }
  }
  return sections;
}
