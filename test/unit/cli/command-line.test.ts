import { expect, test } from "vitest";
import { commandLine } from "../../../src/cli/command-line.ts";
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
    "oci-rotate rotate '$(id)' --profile 'my profile' --config-file 'folder/o'\\''brien/config' --region us-ashburn-1" +
      " --endpoint http://127.0.0.1:8080 --auth api-key",
  );
});

test("the shell's own defaults stay out of it", () => {
  const options = readGlobalOptions({ region: "us-ashburn-1" }, { profile: "PROD", region: "uk-london-1" });
  expect(options).toMatchObject({ profile: "PROD", region: "us-ashburn-1" });
  expect(commandLine(options, ["scan"])).toBe("oci-rotate scan --region us-ashburn-1");
});

test.each([
  [{}, "oci-rotate scan"],
  [{ npm_command: "exec" }, "npx oci-rotate scan"],
  [{ npm_command: "run-script", npm_lifecycle_event: "oci-rotate" }, "npm run oci-rotate -- scan"],
  [{ npm_command: "run-script", npm_lifecycle_event: "report" }, "oci-rotate scan"],
])("the program is named as it was started: %j", (environment, line) => {
  expect(commandLine(readGlobalOptions({}, {}, environment), ["scan"])).toBe(line);
});
