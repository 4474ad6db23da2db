import { describe, expect, test } from "vitest";
import { z } from "zod";
import { atLeast, between, judgeLine, judgeText, problemsIn, words } from "../../../../scripts/judges/judge.ts";

describe("a figure", () => {
  test.each([null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "3", "", [], {}, true, 1.5, 2])(
    "of which there must be at least three is not %j",
    (value) => {
      expect(problemsIn(z.object({ found: atLeast(3) }), { found: value })).toContain("found is ");
    },
  );

  test("is judged with its bounds", () => {
    expect(problemsIn(atLeast(3), 3)).toBeNull();
    expect(problemsIn(between(1, 2), 1)).toBeNull();
    expect(problemsIn(between(1, 2), 2)).toBeNull();
    expect(problemsIn(between(1, 2), 0.99)).not.toBeNull();
    expect(problemsIn(between(1, 2), 2.01)).not.toBeNull();
    expect(problemsIn(between(1, 2), Number.NaN)).not.toBeNull();
    expect(problemsIn(words, "")).not.toBeNull();
  });

  test("that is wrong is named with what it is, each of them", () => {
    const schema = z.object({ walks: atLeast(10), mirror: z.object({ pairs: atLeast(1) }) });
    expect(problemsIn(schema, { walks: 9, mirror: {} })).toMatch(/^walks is 9: .*; mirror\.pairs is missing: /);
  });
});

describe("the line of an output", () => {
  const judge = judgeLine(z.object({ ok: z.literal(true) }));

  test("is the last one, whatever stands before it", () => {
    expect(judge({ stdout: '{"ok":false}\nprogress\n{"ok":true}\n\n' })).toBeNull();
    expect(judge({ stdout: '{"ok":true}\n{"ok":false}\n' })).toContain("ok is false");
  });

  test.each(["", "no figures", '{"ok":true', "true"])("is refused where it holds no figures: %j", (stdout) => {
    expect(judge({ stdout })).not.toBeNull();
  });
});

test("an output of words must say what is expected", () => {
  const judge = judgeText(/^[1-9]\d* documents hold$/m);
  expect(judge({ stdout: "> docs\n31 documents hold\n" })).toBeNull();
  expect(judge({ stdout: "0 documents hold\n" })).not.toBeNull();
  expect(judge({ stdout: "" })).not.toBeNull();
});
