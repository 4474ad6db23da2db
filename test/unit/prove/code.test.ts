import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { codeDigest } from "../../prove/code.ts";

let src: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(src, file)), { recursive: true });
  writeFileSync(path.join(src, file), text);
};
beforeEach(() => {
  src = mkdtempSync(path.join(tmpdir(), "code-"));
  onTestFinished(() => rmSync(src, { recursive: true }));
  write("claim.ts", "one");
  write("stages/promote.ts", "two");
});

test("the digest is the same for the same code, and for a change of what takes no part", () => {
  const before = codeDigest(src);
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  write("demo/main.ts", "shown");
  write("stages/notes.md", "words");
  expect(codeDigest(src)).toBe(before);
});

test.each([
  ["a changed file", "stages/promote.ts", "three"],
  ["a new file", "stages/verify.ts", "two"],
])("%s makes it another one", (_, file, text) => {
  const before = codeDigest(src);
  write(file, text);
  expect(codeDigest(src)).not.toBe(before);
});

test("so does a file that was moved", () => {
  const before = codeDigest(src);
  rmSync(path.join(src, "claim.ts"));
  write("claims.ts", "one");
  expect(codeDigest(src)).not.toBe(before);
});

test("of the code here is there", () => {
  expect(codeDigest()).toBe(codeDigest(path.resolve("src")));
});
