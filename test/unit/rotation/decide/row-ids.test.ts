import { describe, expect, test } from "vitest";
import { rules } from "../../../../src/rotation/decide/one/index.ts";

/** The questions in the order in which they are asked, each with the letter of its rows. */
const LETTERS = "UPCOIDLN";

describe("the ids of the rows", () => {
  const ids = rules.map(({ id }) => id);

  test("are the letter of a question and a number", () => {
    for (const id of ids) expect(id).toMatch(new RegExp(`^[${LETTERS}][1-9]\\d*$`));
  });

  test("are unique, and count up without a gap in the order in which the rows are asked", () => {
    const counted = [...LETTERS].flatMap((letter) => {
      const count = ids.filter((id) => id.startsWith(letter)).length;
      return Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
    });
    expect(ids).toEqual(counted);
  });
});
