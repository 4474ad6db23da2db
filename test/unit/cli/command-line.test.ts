import { expect, test } from "vitest";
import { COMMANDS, commandLine, pasteable, pasteableData, word } from "../../../src/cli/command-line.ts";
import { commands } from "../../../src/cli/commands/index.ts";
import { readGlobalOptions } from "../../../src/cli/global-options.ts";

test("a command to paste has every option that decides where it goes and as whom, quoted for the shell", () => {
  const options = readGlobalOptions({
    profile: "my profile",
    configFile: "folder/o'brien/config",
    region: "us-ashburn-1",
    endpoint: "http://127.0.0.1:8080",
    auth: "api-key",
    json: true,
    yes: true,
    debug: true,
  });
  expect(commandLine(options, ["rotate", "$(id)"])).toBe(
    `oci-rotate --profile 'my profile' --config-file ${word("folder/o'brien/config")} --region us-ashburn-1` +
      " --endpoint http://127.0.0.1:8080 --auth api-key rotate '$(id)'",
  );
});

test.each([
  ["C:\\Users\\me\\.oci\\config", "C:\\Users\\me\\.oci\\config", "'C:\\Users\\me\\.oci\\config'"],
  ["C:\\My Files\\config", "'C:\\My Files\\config'", "'C:\\My Files\\config'"],
  ["o'brien", "'o''brien'", "'o'\\''brien'"],
  ["$(id)", "'$(id)'", "'$(id)'"],
  ["@file", "'@file'", "@file"],
  ["ocid1.vaultsecret.oc1..a", "ocid1.vaultsecret.oc1..a", "ocid1.vaultsecret.oc1..a"],
])("%s is one word for PowerShell on Windows, and for a POSIX shell elsewhere", (text, onWindows, elsewhere) => {
  expect(word(text, "win32")).toBe(onWindows);
  expect(word(text, "linux")).toBe(elsewhere);
});

test("the shell's own defaults stay out of it", () => {
  const options = readGlobalOptions({ region: "us-ashburn-1" }, { profile: "PROD", region: "uk-london-1" });
  expect(options).toMatchObject({ profile: "PROD", region: "us-ashburn-1" });
  expect(commandLine(options, ["scan"])).toBe("oci-rotate --region us-ashburn-1 scan");
});

test.each([
  [{}, "oci-rotate scan"],
  [{ npm_command: "exec" }, "npx oci-rotate scan"],
  [{ npm_command: "run-script", npm_lifecycle_event: "oci-rotate" }, "npm run oci-rotate -- scan"],
  [{ npm_command: "run-script", npm_lifecycle_event: "report" }, "oci-rotate scan"],
])("the program is named as it was started: %j", (environment, line) => {
  expect(commandLine(readGlobalOptions({}, {}, environment), ["scan"])).toBe(line);
});

test("every command is known where texts are made pasteable", () => {
  expect([...COMMANDS]).toEqual(commands.map(({ name }) => name).toSorted());
});

test.each([
  ["run oci-rotate status", "run npx oci-rotate --profile P status"],
  [
    "> oci-rotate heal ocid1.a; oci-rotate db-token",
    "> npx oci-rotate --profile P heal ocid1.a; npx oci-rotate --profile P db-token",
  ],
  [
    'oci vault secret update-base64 --secret-content-content "$(oci secrets secret-bundle get)"',
    'oci --profile P vault secret update-base64 --secret-content-content "$(oci --profile P secrets secret-bundle get)"',
  ],
  ["run oci session authenticate", "run oci session authenticate"],
  ["see oci-rotate schedule set --help", "see oci-rotate schedule set --help"],
  ["clients whose secrets oci-rotate rotates", "clients whose secrets oci-rotate rotates"],
  ["npx oci-rotate --profile P scan", "npx oci-rotate --profile P scan"],
  ["npx oci-rotate scan", "npx oci-rotate scan"],
  ["https://example.org/oci-rotate scan", "https://example.org/oci-rotate scan"],
])("a text gets the same options, once: %s", (text, expected) => {
  const options = readGlobalOptions({ profile: "P" }, {}, { npm_command: "exec" });
  expect(pasteable(options, text)).toBe(expected);
});

test("OCI's own command line gets the kind of sign-in in its own spelling", () => {
  const options = readGlobalOptions({ auth: "session", configFile: "my config" });
  expect(pasteable(options, "oci fn function get")).toBe(
    "oci --config-file 'my config' --auth security_token fn function get",
  );
});

test("of a command's data only what tells an operator what to do gets them", () => {
  const options = readGlobalOptions({ profile: "P" });
  const line = "oci-rotate scan";
  const told = "oci-rotate --profile P scan";
  expect(
    pasteableData(options, { name: line, next: line, findings: [{ what: line, mend: [line], at: null }] }),
  ).toEqual({
    ...{ name: line, next: told },
    findings: [{ what: line, mend: [told], at: null }],
  });
});
