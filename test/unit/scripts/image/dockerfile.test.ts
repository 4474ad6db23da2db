import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { basesOf, isPinned, problemsOf, readDockerfile } from "../../../../scripts/image/dockerfile.ts";

const FILES = ["Dockerfile", "deploy/mirror/Dockerfile"];
const DIGEST = `sha256:${"0".repeat(64)}`;

describe.each(FILES)("%s", (name) => {
  const text = readFileSync(name, "utf8");

  test("keeps the rules", () => {
    expect(problemsOf(readDockerfile(text))).toEqual([]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["a base by its tag alone", (good) => good.replaceAll(/node:22@\S+/g, "node:22"), /node:22 is not pinned/],
    ["a default for a digest", (good) => good.replace(/^ARG BASE_DIGEST$/m, `ARG BASE_DIGEST=${DIGEST}`), /not pinned/],
    ["a tag in the digest's place", (good) => good.replaceAll("node:22@", "node:"), /not pinned/],
    [
      "root as the user at the end",
      (good) => good.replace(/USER 1000:1000\n(?=# NODE_DEBUG)/, "USER 0:0\n"),
      /run as 1000/,
    ],
    ["a user by name", (good) => good.replace("USER 0:0", "USER root"), /by numbers/],
    ["no user at the end", (good) => good.replace(/USER 1000:1000\n(?=# NODE_DEBUG)/, ""), /run as 1000/],
    ["more files", (good) => good.replace(/^(COPY --from=warm .*)$/m, "$1\nCOPY src /function/"), /nothing else/],
    [
      "another folder",
      (good) => good.replace("COPY --from=warm /function /function", "COPY --from=warm / /"),
      /nothing else/,
    ],
    ["a command at the end", (good) => good.replace(/^ENTRYPOINT/m, "RUN npm ci\nENTRYPOINT"), /has RUN/],
    ["files that the function may change", (good) => good.replace("chmod -R a=rX . && ", ""), /read-only/],
    ["compiled code that it may change", (good) => good.replace(" && chmod -R a=rX compile-cache", ""), /read-only/],
    ["a download", (good) => good.replace("COPY", "ADD https://example.org/x.tar /\nCOPY"), /use COPY/],
    [
      "a shell around the program",
      (good) => good.replace(/^ENTRYPOINT .*$/m, "ENTRYPOINT node func.js"),
      /without a shell/,
    ],
  ])("with %s is refused", (_what, spoil, problem) => {
    const bad = spoil(text);
    expect(bad).not.toBe(text);
    expect(problemsOf(readDockerfile(bad)).join("\n")).toMatch(problem);
  });
});

test("a stage is no base, and a digest pins one", () => {
  const file = readDockerfile(`FROM a@${DIGEST} AS first\nFROM first AS second\nFROM b:1\n`);
  expect(basesOf(file)).toEqual([`a@${DIGEST}`, "b:1"]);
  expect(basesOf(file).map((base) => isPinned(file, base))).toEqual([true, false]);
});

test.each(["RUN a \\\n  b", "from a"])("%j is not guessed about", (text) => {
  expect(() => readDockerfile(`FROM a\n${text}\n`)).toThrow(/not understood/);
});
