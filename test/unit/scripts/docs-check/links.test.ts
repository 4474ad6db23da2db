import { describe, expect, test } from "vitest";
import { checkLinks } from "../../../../scripts/docs-check/links.ts";

const page = (text: string) => ({ name: "README.md", text });

describe("the links of the documents", () => {
  test("lead to files and headings, and those to elsewhere are left alone", () => {
    const text = "[a](docs/reference.md#codes) [b](SECURITY.md) [c](https://example.org/none) [d](#the-end)\n";
    expect(checkLinks([page(text)])).toMatchObject({
      links: 3,
      problems: ["README.md: the link #the-end names no heading there"],
    });
  });

  test.each([
    ["[a](docs/none.md)", "the link docs/none.md leads nowhere"],
    ["[a](docs/reference.md#none)", "names no heading there"],
  ])("are told when they are wrong: %s", (text, words) => {
    expect(checkLinks([page(text)]).problems).toEqual([expect.stringContaining(words)]);
  });

  test("name every document below docs in an index", () => {
    const lost = { name: "docs/cli.md", text: "" };
    expect(checkLinks([page("[a](docs/cli.md)"), lost]).problems).toEqual([
      "docs/cli.md: no index of the documents links it",
    ]);
    expect(checkLinks([{ name: "docs/README.md", text: "[a](cli.md)" }, lost]).problems).toEqual([]);
  });
});
