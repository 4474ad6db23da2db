import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { codeDigest } from "../../prove/code.ts";

let root: string;
const write = (file: string, text: string) => {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
  writeFileSync(path.join(root, file), text);
};
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "code-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  write("src/base/secret.ts", "one");
  write("src/rotation/stages/promote.ts", "two");
  write("test/prove/checker.ts", "judge");
});

test("the digest is the same for the same code, and for a change of what takes no part", () => {
  const before = codeDigest(root);
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  write("scripts/demo/main.ts", "shown");
  write("test/unit/base/secret.test.ts", "tested");
  write("src/rotation/stages/notes.md", "words");
  expect(codeDigest(root)).toBe(before);
});

test.each([
  ["a changed file of the product", "src/rotation/stages/promote.ts", "three"],
  ["a new file of the product", "src/rotation/stages/verify.ts", "two"],
  ["a changed judge", "test/prove/checker.ts", "lenient judge"],
  ["a new file of the checker", "test/prove/issuers/uaa.ts", "two"],
])("%s makes it another one", (_, file, text) => {
  const before = codeDigest(root);
  write(file, text);
  expect(codeDigest(root)).not.toBe(before);
});

test("so does a file that was moved", () => {
  const before = codeDigest(root);
  rmSync(path.join(root, "src/base/secret.ts"));
  write("src/base/secrets.ts", "one");
  expect(codeDigest(root)).not.toBe(before);
});

test("of the code here is there", () => {
  expect(codeDigest()).toBe(codeDigest(path.resolve(".")));
});
