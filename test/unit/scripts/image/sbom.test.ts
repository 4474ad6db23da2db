import { expect, test } from "vitest";
import { problemsOfBill } from "../../../../scripts/image/sbom.ts";

const axios = { name: "axios", version: "1.2.3", purl: "pkg:npm/axios@1.2.3", licenses: [{ license: { id: "MIT" } }] };
const fdk = { ...axios, group: "@fnproject", name: "fdk", purl: "pkg:npm/%40fnproject/fdk@1.2.3" };
const LIBRARIES = ["axios@1.2.3", "@fnproject/fdk@1.2.3"];

test("a bill that lists exactly the bundled libraries, each with address and licence, is whole", () => {
  expect(problemsOfBill(LIBRARIES, [axios, fdk])).toEqual([]);
});

test.each<[string, Parameters<typeof problemsOfBill>[1], string[]]>([
  ["lacks a library", [axios], ["@fnproject/fdk@1.2.3 is bundled and not listed"]],
  [
    "has another version of one",
    [axios, { ...fdk, version: "9.9.9" }],
    ["@fnproject/fdk@1.2.3 is bundled and not listed", "@fnproject/fdk@9.9.9 is listed and not bundled"],
  ],
  ["lists what is none", [axios, fdk, { ...axios, name: "other" }], ["other@1.2.3 is listed and not bundled"]],
  ["has no licence", [axios, { ...fdk, licenses: [] }], ["@fnproject/fdk@1.2.3 has no address or no licence"]],
])("a bill that %s is not", (_what, components, problems) => {
  expect(problemsOfBill(LIBRARIES, components)).toEqual(problems);
});
