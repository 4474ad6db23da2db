import { describe, expect, test } from "vitest";
import { checkBlocks } from "../../../../scripts/docs-check/blocks.ts";
import { programsOf } from "../../../../scripts/docs-check/shell.ts";

const fence = (language: string, ...lines: readonly string[]) => [`\`\`\`${language}`, ...lines, "```", ""].join("\n");
const sort = (text: string, name = "docs/page.md") => {
  const { counts, problems } = checkBlocks([{ name, text }]);
  return { classes: Object.keys(counts).filter((one) => counts[one] !== 0), problems };
};

describe("a block of code", () => {
  test.each([
    [
      "what its programs read",
      fence("sh", "export A=b   # a value", 'oci-rotate heal "$A" | sort', "npm run build"),
      "parsed",
    ],
    [
      "what a test takes from the page",
      `<!-- run by test/e2e/hand-over-recipe.test.ts -->\n${fence("js", "a()")}`,
      "run",
    ],
    ["what needs OCI", `<!-- needs OCI -->\n${fence("sh", "fn invoke rotation oci-rotate")}`, "needsOci"],
    ["what needs another program", `<!-- needs step -->\n${fence("sh", "step crypto jwk create")}`, "needsOther"],
    ["what is no command", fence("json", '{"a": 1}'), "shown"],
    ["text in a list", `1. One\n\n   ${fence("text", "two").trim().replaceAll("\n", "\n   ")}\n`, "shown"],
  ])("has the class of %s", (_, text, found) => {
    expect(sort(text, "docs/hand-over.md")).toEqual({ classes: [found], problems: [] });
  });

  test("of a break-glass page is run by its drill", () => {
    expect(sort(fence("sh", "oci-rotate status one"), "docs/runbook/break-glass/page.md").classes).toEqual(["run"]);
  });

  test.each([
    ["no language", fence("", "anything"), "does not say its language"],
    ["a program that nothing reads", fence("sh", "curl https://example.org"), "nothing reads curl"],
    ["one behind others", fence("sh", 'export A="$(cat a | jq .b)" && docker push "$A"'), "nothing reads jq, docker"],
    ["a language that nothing runs", fence("python", "a()"), "nothing runs a block of python"],
    ["a command in a block of text", fence("text", "oci vault secret get"), "a command stands in a block of text"],
    ["broken JSON", fence("json", "{a}"), "it is no JSON"],
    ["a broken command", fence("sh", 'echo "a'), "no shell can read it"],
    [
      "a mark of no use",
      `<!-- needs OCI -->\n${fence("sh", "oci-rotate status one")}`,
      'does not count as "needs OCI"',
    ],
    ["a mark beside no command", `<!-- needs OCI -->\n${fence("json", "{}")}`, "the mark is out of place"],
    [
      "a mark that nobody knows",
      `<!-- needs luck -->\n${fence("sh", "fn deploy")}`,
      'nothing is known of "needs luck"',
    ],
    [
      "a test that is not there",
      `<!-- run by test/no.test.ts -->\n${fence("js", "a()")}`,
      "test/no.test.ts is no test",
    ],
    [
      "a test of another page",
      `<!-- run by test/unit/consumer/recipes.test.ts -->\n${fence("js", "a()")}`,
      "no test that takes anything from this page",
    ],
  ])("is unsorted with %s", (_, text, reason) => {
    expect(sort(text)).toEqual({ classes: ["unsorted"], problems: [expect.stringContaining(reason)] });
  });
});

describe("the programs of a block", () => {
  test.each([
    ["in a pipe, behind what is set for one", "A=1 curl -d 'a | b' \"$(cat x)\" | jq '.a; .b'", ["curl", "cat", "jq"]],
    ["in a loop and a function", "for one in a; do api $one; done\napi() { curl x; }", ["for", "api", "done", "curl"]],
    ["not what a here document holds", "cat > a <<EOF\ncurl\nEOF\nrm a", ["cat", "rm"]],
    ["not a comment", "rm a   # docker run", ["rm"]],
  ])("are found %s", (_, block, programs) => {
    expect(programsOf(block)).toEqual(programs);
  });
});
