import fc from "fast-check";
import { expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";

const RUNS = { numRuns: 200 };
const space = fc.stringMatching(/^[ \n\r\t]{0,3}$/);
const name = fc.string({ unit: "binary", maxLength: 8 }).filter((text) => text !== "appSecret" && text !== "_rotation");
const number = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
/** Values as text, so that a notation which JSON.parse would change is among them. */
const value = fc.oneof(
  fc.json(),
  number,
  fc.json().map((text) => JSON.stringify(JSON.parse(text), null, 2)),
);

interface Part {
  readonly name: string;
  readonly before: string;
  readonly text: string;
  readonly after: string;
}
const part = (names: fc.Arbitrary<string>): fc.Arbitrary<Part> =>
  fc.tuple(space, names, space, space, value, space).map(([s1, key, s2, s3, text, s4]) => ({
    name: key,
    before: `${s1}${JSON.stringify(key)}${s2}:${s3}`,
    text,
    after: s4,
  }));

const others = fc.uniqueArray(part(name), { selector: (one) => one.name, maxLength: 6 });
const secret = part(fc.constant("appSecret"));
const reserved = part(fc.constant("_rotation"));
const render = (parts: readonly Part[]) => `{${parts.map((one) => one.before + one.text + one.after).join(",")}}`;

/** The parts with `one` at any place among them. */
const placed = (parts: readonly Part[], one: Part, at: number): Part[] =>
  parts.toSpliced(at % (parts.length + 1), 0, one);

test("withSecret changes the value of the rotated member and not one byte else", () => {
  fc.assert(
    fc.property(others, secret, fc.nat(), fc.string({ unit: "binary" }), space, (rest, own, at, fresh, outer) => {
      const text = outer + render(placed(rest, own, at)) + outer;
      const expected = outer + render(placed(rest, { ...own, text: JSON.stringify(fresh) }, at)) + outer;
      const written = parseContent(new Secret(text)).withSecret("appSecret", new Secret(fresh)).reveal();
      expect(written).toBe(expected);
      expect(parseContent(new Secret(written)).member("appSecret")).toBe(fresh);
    }),
    RUNS,
  );
});

test("withSecret leaves _rotation out wherever it stands, and keeps the text and order of all other members", () => {
  fc.assert(
    fc.property(others, secret, reserved, fc.nat(), fc.nat(), (rest, own, ours, at, reservedAt) => {
      const parts = placed(rest, own, at);
      const text = render(placed(parts, ours, reservedAt));
      const written = parseContent(new Secret(text)).withSecret("appSecret", new Secret("NEW")).reveal();
      const expected = render(parts.map((one) => (one === own ? { ...one, text: '"NEW"' } : one)));
      const withoutSpace = (json: string) => JSON.stringify(tokens(json));
      expect(withoutSpace(written)).toBe(withoutSpace(expected));
      expect(parseContent(new Secret(written)).kind).toBe("credential");
    }),
    RUNS,
  );
});

/** JSON text cut into strings and single other characters; the white space between them is left out. */
function tokens(json: string): string[] {
  return json.match(/"(?:[^"\\]|\\.)*"|[^\s"]/g) ?? [];
}

test("what is taken for JSON is what JSON.parse takes for an object", () => {
  const nearly = fc
    .tuple(
      others,
      fc.nat(),
      fc.constantFrom("", ",", '"', "{", "}", "\\", "0", "-", ".", "\u0001", "/*", "u", "'", "\ufeff"),
    )
    .map(([parts, at, extra]) => {
      const text = render(parts);
      const cut = at % (text.length + 1);
      return extra === "" ? text.slice(0, cut) : text.slice(0, cut) + extra + text.slice(cut);
    });
  fc.assert(
    fc.property(nearly, (text) => {
      expect(`${isContent(text)} ${text}`).toBe(`${isJsonObject(text)} ${text}`);
    }),
    { numRuns: 2_000 },
  );
});

function isContent(text: string): boolean {
  try {
    parseContent(new Secret(text));
    return true;
  } catch (thrown) {
    // Refused for another reason: that is JSON all the same.
    return String(thrown).includes("twice") || String(thrown).includes("issuer");
  }
}

function isJsonObject(text: string): boolean {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
