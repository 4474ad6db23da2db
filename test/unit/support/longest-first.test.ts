import { existsSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../../../scripts/run.ts";
import { inOrder, LONG, PROJECTS } from "../../support/longest-first.ts";

const spec = (project: string, name: string) => ({ project: { name: project }, moduleId: `/at/test/${name}.test.ts` });

test("every file named as long is there", () => {
  expect(LONG.filter((name) => !existsSync(path.join(ROOT, "test", `${name}.test.ts`)))).toEqual([]);
});

test("end-to-end tests run before all others, in a project the long files before the short ones", () => {
  const expected = PROJECTS.flatMap((project) => [
    ...LONG.filter((name) => name.startsWith(`${project}/`)).map((name) => spec(project, name)),
    spec(project, `${project}/b`),
    spec(project, `${project}/a`),
  ]);
  expect(expected[0]?.project.name).toBe("e2e");
  const short = expected.filter(({ moduleId }) => /\/[ab]\.test\.ts$/.test(moduleId));
  const long = expected.filter((file) => !short.includes(file));
  expect([...short, ...long.toReversed()].toSorted(inOrder)).toEqual(expected);
});
