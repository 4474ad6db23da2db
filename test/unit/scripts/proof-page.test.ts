import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { proofPage } from "../../../scripts/proof-page.ts";

const read = (name: string) => readFileSync(`docs/${name}`, "utf8");
const kept = JSON.parse(read("proof.json"));
const mutation = JSON.parse(read("mutation.json"));

test("docs/proof.md is what its kept line and the kept mutation scores make of it", () => {
  expect(proofPage(kept, mutation)).toBe(read("proof.md"));
});

test.each([
  ["schedules", { ...kept, schedules: 1 }],
  ["violations of an issuer", { ...kept, issuers: { ...kept.issuers, uaa: { ...kept.issuers.uaa, leaks: 7 } } }],
  ["the code", { ...kept, code: "0123456789abcdef" }],
  [
    "whether it can fail",
    {
      ...kept,
      ...{ sabotage: { planted: 31, caught: 30 }, liveness: { units: 1_000, rotations: 999 } },
      falseAlarms: { singles: 0, pairs: 3 },
    },
  ],
])("another line makes another page: %s", (_, line) => {
  expect(proofPage(line, mutation)).not.toBe(read("proof.md"));
});

test("what a run found out about itself is shown, each of it once", () => {
  const line = {
    ...kept,
    ...{ sabotage: { planted: 31, caught: 30 }, liveness: { units: 1_000, rotations: 999 } },
    falseAlarms: { singles: 2, pairs: 3 },
  };
  const page = proofPage(line, mutation);
  for (const shown of ["| 31, 30 |", "| 1,000, 999 |", "| 2 (3) |"]) expect(page.split(shown)).toHaveLength(2);
});
