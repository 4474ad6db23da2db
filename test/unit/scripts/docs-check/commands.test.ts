import { describe, expect, test } from "vitest";
import { checkCommands } from "../../../../scripts/docs-check/commands.ts";

const check = (...lines: readonly string[]) =>
  checkCommands([{ name: "page.md", text: ["```sh", ...lines, "```"].join("\n") }]);

describe("the commands of the documents", () => {
  test.each([
    'oci-rotate heal "$SECRET" --yes   # exit code 4',
    "npx oci-rotate scan --compartment $COMPARTMENT --csv | grep -o ocid1 > secrets.txt",
    'export NEW="$(oci-rotate check "$SECRET")"',
    'oci-rotate rotate $(cat secrets.txt) --since "$SINCE" --yes',
    "for one in a b; do oci-rotate heal ocid1.vaultsecret.oc1..a --yes; done",
    "npm run check-docs",
    "node scripts/check-docs.ts",
  ])("are read by the programs that they name: %s", async (line) => {
    expect(await check(line)).toEqual({ parsed: 1, problems: [] });
  });

  test.each([
    ['oci-rotate heal "$SECRET" --yess', "unknown option '--yess'"],
    ["oci-rotate mend ocid1.vaultsecret.oc1..a", "unknown command 'mend'"],
    ["oci-rotate status", "secret"],
    ['oci-rotate rotate "$SECRET" --since yesterday', "--since takes a time in UTC"],
    ["npm run check-everything", "there is no npm script check-everything"],
    ["node scripts/no-such.ts", "there is no scripts/no-such.ts"],
  ])("are told when they are wrong: %s", async (line, words) => {
    expect(await check(line)).toEqual({ parsed: 1, problems: [expect.stringContaining(words)] });
  });

  test("are read across lines, and elsewhere than in shell blocks left alone", async () => {
    expect(await check("oci-rotate heal \\", '  "$SECRET" --no-such')).toMatchObject({
      problems: [expect.stringContaining("--no-such")],
    });
    const text = "`oci-rotate heal` is a command.\n\n```text\noci-rotate nothing\n```\n";
    expect(await checkCommands([{ name: "page.md", text }])).toEqual({ parsed: 0, problems: [] });
  });

  test("run nothing", async () => {
    expect(await check("oci-rotate emulator", "oci-rotate completion bash")).toEqual({ parsed: 2, problems: [] });
  });
});
