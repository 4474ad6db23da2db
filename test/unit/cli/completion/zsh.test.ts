import { expect, test } from "vitest";
import { placesOf } from "../../../../src/cli/completion/tree.ts";
import { zshCompletion } from "../../../../src/cli/completion/zsh.ts";

const option = (name: string, value: Parameters<typeof zshCompletion>[0][number]["options"][number]["value"]) => ({
  ...{ name, does: `does ${name}`, value },
});
const script = zshCompletion([
  {
    ...{ path: "", commands: [{ name: "a:b", does: "it's this" }], choices: ["x y", "z"] },
    options: [
      option("--kind", { kind: "choice", choices: ["one", "it's"] }),
      option("--file", { kind: "file" }),
      option("--name", { kind: "any" }),
      option("--yes", { kind: "none" }),
    ],
  },
]);

test.each([
  ["a command with its description, its colon escaped", String.raw`names=('a\:b:it'\''s this')`],
  ["the values of an argument", "choices=('x y' 'z')"],
  [
    "options with what they do",
    "options=('--kind:does --kind' '--file:does --file' '--name:does --name' '--yes:does --yes')",
  ],
  ["the values of an option", String.raw`--kind") compadd -- 'one' 'it'\''s'; return ;;`],
  ["files for an option that takes one", '--file") _files; return ;;'],
  ["nothing but a word for an option that takes any value", '--name") _message value; return ;;'],
])("the zsh script offers %s", (_what, text) => {
  expect(script).toContain(text);
});

test("the zsh script waits for no value of an option that takes none", () => {
  expect(script).not.toContain('--yes") ');
});

test("the first place offers the version, and says what that does", () => {
  const [first] = placesOf([]);
  expect(first?.path).toBe("");
  expect(first?.options).toContainEqual({
    name: "--version",
    does: "output the version number",
    value: { kind: "none" },
  });
});
