/** The first failing test ends the judgement of a mutant, so the order of the test files decides what it costs. */

/** How many folders, from `src` and `test/unit` down, two files have in common; one more if the test is named after the file. */
function nearness(testFile: string, file: string): number {
  const place = testFile.slice(testFile.indexOf("test/unit/") + "test/unit/".length).split("/");
  const own = file.slice("src/".length).split("/");
  const apart = own.findIndex((part, depth) => place[depth] !== part);
  const name = own.at(-1)?.replace(/\.ts$/, "") ?? "";
  return apart + (apart === own.length - 1 && place[apart]?.startsWith(name) ? 1 : 0);
}

export interface Candidate {
  /** From the folder of package.json. */
  readonly file: string;
  /** Whether it starts the whole product: a second for its imports alone. */
  readonly isCostly: boolean;
}

/** Cheap files first, of these the ones that stand nearest to the changed file. @param changed null: no mutant is active */
export function inOrder(changed: string | null): (one: Candidate, other: Candidate) => number {
  const near = ({ file }: Candidate) => (changed === null ? 0 : nearness(file, changed));
  return (one, other) =>
    Number(one.isCostly) - Number(other.isCostly) || near(other) - near(one) || one.file.localeCompare(other.file);
}
