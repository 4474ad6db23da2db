import { describe, expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";
import {
  ageWords,
  clientOf,
  type DueKind,
  makeDue,
  noted,
  rotateOften,
  rotations,
  vaultAtWork,
} from "../../../support/cli-due.ts";

const cli = useCli();

const kinds = [
  ["schedule", "Vault's schedule"],
  ["issuer", "the issuer's expiry"],
  ["rule", "an expiry rule of Vault's"],
  ["absolute", "an expiry rule whose date stands still"],
  ["age", "the age of its value"],
] as const;
const ways = ["vault", "function", "local"] as const;
const cases = kinds.flatMap(([kind, words]) => ways.map((via) => [words, via, kind] as const));

async function dueWorld(kind: DueKind) {
  const w = await cli({ client: clientOf(kind) });
  await makeDue(w, kind);
  return w;
}

describe("rotate --all-due, five times", () => {
  test.each(cases)("rotates once what is due by %s, via %s", async (_words, via, kind) => {
    const w = await dueWorld(kind);
    const vault = vaultAtWork(w);
    const runs = await rotateOften(w, ["--within", "7d", "--via", via, ...ageWords(kind)]);
    await vault.stop();
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0]);
    expect(runs.map((run) => run.json()["rotated"])).toEqual([1, 0, 0, 0, 0]);
    expect(rotations(w)).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(cases)(
    "with a heal after each, looking further ahead than a value lives, by %s, via %s: once",
    async (_words, via, kind) => {
      const w = await dueWorld(kind);
      const vault = vaultAtWork(w);
      await rotateOften(w, ["--within", "60d", "--via", via, ...ageWords(kind)], noted);
      await vault.stop();
      expect(rotations(w)).toBe(1);
    },
  );
});
