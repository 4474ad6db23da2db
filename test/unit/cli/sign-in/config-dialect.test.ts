import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CliError, problemOf } from "../../../../src/cli/cli-error.ts";
import { type Profile, readProfile } from "../../../../src/cli/sign-in/config-file.ts";
import { KEY_FILE, ociConfigs, type ProfileValues } from "../../../support/oci-configs.ts";

let home = "";
beforeAll(() => {
  home = mkdtempSync(path.join(tmpdir(), "dialect-"));
  mkdirSync(path.join(home, ".oci"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const KEYS = ["user", "fingerprint", "key_file", "tenancy", "region", "pass_phrase", "security_token_file"];
const API_KEY = ["tenancy", "user", "fingerprint", "key_file"];

/** Reads a profile and requires of it what signing in does. */
function read(text: string, profile: string): ProfileValues {
  writeFileSync(path.join(home, ".oci", "config"), text);
  const found: Profile = readProfile(
    { environment: {}, homeDirectory: home },
    { profile, configFile: null, region: null },
  );
  for (const key of found.isSession ? ["key_file", "security_token_file"] : API_KEY) found.need(key);
  expect(found.pathOf("key_file")).toBe(path.join(home, KEY_FILE.slice(2)));
  return Object.fromEntries(
    KEYS.flatMap((key) => [[key, found.get(key)] as const]).filter(
      (entry): entry is [string, string] => entry[1] !== null,
    ),
  );
}

function told(text: string, profile: string): ProfileValues | string {
  try {
    return read(text, profile);
  } catch (thrown) {
    if (!(thrown instanceof CliError)) throw thrown;
    const { what, means, next } = problemOf(thrown);
    expect(next).not.toBe("");
    return means === null ? what : `${what}; ${means}`;
  }
}

describe("a config file with", () => {
  test.each(ociConfigs)(
    "$what is read as oci reads it, or in more cases",
    ({ text, profile = "DEFAULT", official, here }) => {
      const wanted = here ?? official;
      const seen = told(text, profile);
      if (typeof wanted === "string") expect(seen).toContain(wanted);
      else expect(seen).toEqual(wanted);
    },
  );
});
