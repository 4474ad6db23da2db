import { expect, test } from "vitest";
import { licenceTexts } from "../../../../scripts/bundle/licences.ts";

test("our own licence comes first, then every bundled library once with its own", () => {
  const texts = licenceTexts([
    "src/func.ts",
    "replaced:axios",
    "node_modules/axios/lib/utils.js",
    "node_modules/axios/lib/core/Axios.js",
    "node_modules/@fnproject/fdk/fn-fdk.js",
  ]);
  expect(texts.match(/^\S+ \d+\.\d+\.\d+ \(.+\)$/gm)).toEqual([
    expect.stringMatching(/^oci-rotate .* \(Apache-2\.0\)$/),
    expect.stringMatching(/^@fnproject\/fdk .* \(Apache-2\.0\)$/),
    expect.stringMatching(/^axios .* \(MIT\)$/),
  ]);
  expect(texts).toContain("Permission is hereby granted, free of charge");
});
