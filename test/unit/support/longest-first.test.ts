import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/run.ts";
import { FOLDERS, inOrder, LONG } from "../../support/longest-first.ts";

const spec = (name: string) => ({ moduleId: `/at/test/${name}.test.ts` });

test("every file named as long is there", () => {
  expect(LONG.filter((name) => !existsSync(path.join(ROOT, "test", `${name}.test.ts`)))).toEqual([]);
});

test("end-to-end tests run before all others, in a folder the long files before the short ones", () => {
  const expected = FOLDERS.flatMap((folder) => [
    ...LONG.filter((name) => name.startsWith(`${folder}/`)).map(spec),
    spec(`${folder}/b`),
    spec(`${folder}/a`),
  ]);
  expect(expected[0]?.moduleId).toContain("/e2e/");
  const short = expected.filter(({ moduleId }) => /\/[ab]\.test\.ts$/.test(moduleId));
  const long = expected.filter((file) => !short.includes(file));
  expect([...short, ...long.toReversed()].toSorted(inOrder)).toEqual(expected);
});
