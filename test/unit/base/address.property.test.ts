import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalAddress } from "../../../src/base/address.ts";

const RUNS = { numRuns: 2_000 };

/** Addresses, and texts near one: pieces of addresses in any order, with what a URL parser mends among them. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("https://", "http://", "a.example", "A.Example", "/", "/uaa", "/UAA", ":443"),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(":8443", ":80", "127.0.0.1", "0x7f.1", "[::1]", "bücher.example", "localhost"),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom("..", ".", "//", "%2e", "\\", "?", "#", "@", ";", " ", "\t", "。", "é", "\u200b"),
  },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 3 }) },
);
const near = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(""));
const well = fc
  .tuple(
    fc.constantFrom("https://", "http://"),
    fc.oneof(
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map((address) => `[${address}]`),
      fc.ipV4Extended(),
    ),
    fc.option(
      fc.integer({ min: 0, max: 65_535 }).map((port) => `:${port}`),
      { nil: "" },
    ),
    fc
      .array(fc.stringMatching(/^[\w.~-]{1,6}$/), { maxLength: 3 })
      .map((segments) => segments.map((one) => `/${one}`).join("")),
    fc.constantFrom("", "/"),
  )
  .map((parts) => parts.join(""));
const text = fc.oneof(well, near, fc.webUrl());

test("the form in which an address is compared is a form of its own: taken again, it stays as it is", () => {
  fc.assert(
    fc.property(text, (given) => {
      const address = canonicalAddress(given);
      if (address !== null) expect(canonicalAddress(address)).toBe(address);
    }),
    RUNS,
  );
});

test("what is compared is what is sent: a URL parser finds the same origin and path in it as in the text", () => {
  fc.assert(
    fc.property(text, (given) => {
      const address = canonicalAddress(given);
      if (address === null) return;
      const [sent, meant] = [new URL(address), new URL(given)];
      expect([sent.origin, sent.pathname]).toEqual([meant.origin, meant.pathname.replace(/(?<=.)\/$/, "")]);
      // Nothing but the slash of an empty path stands between the two.
      expect(sent.href.replace(/\/$/, "")).toBe(address);
      expect([meant.username, meant.password, meant.search, meant.hash]).toEqual(["", "", "", ""]);
    }),
    RUNS,
  );
});

test("addresses of the grammar are taken, unless a segment of theirs is . or ..", () => {
  let taken = 0;
  fc.assert(
    fc.property(well, (given) => {
      const hasDots = given.split("/").some((segment) => segment === "." || segment === "..");
      const address = canonicalAddress(given);
      if (address !== null) taken += 1;
      expect(address === null).toBe(hasDots || !URL.canParse(given));
    }),
    RUNS,
  );
  expect(taken).toBeGreaterThan(RUNS.numRuns / 2);
});
