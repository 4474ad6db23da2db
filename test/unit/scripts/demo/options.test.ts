import { describe, expect, it } from "vitest";
import { helpText, readOptions } from "../../../../scripts/demo/options.ts";
import { issuerNames, profiles } from "../../../../scripts/demo/profiles.ts";

describe("the demo's command line", () => {
  it("rotates at an identity domain where no issuer is named", () => {
    expect(readOptions([])).toEqual({
      json: false,
      help: false,
      notify: false,
      mirror: false,
      adopt: false,
      issuer: "oci-iam",
      fault: null,
    });
  });

  it.each(issuerNames)("takes the issuer %s", (issuer) => {
    expect(readOptions(["--json", "--issuer", issuer])).toEqual({
      json: true,
      help: false,
      notify: false,
      mirror: false,
      adopt: false,
      issuer,
      fault: null,
    });
  });

  it("shows adoption alone", () => {
    expect(readOptions(["--adopt", "--json"])).toMatchObject({ adopt: true, mirror: false, json: true });
    for (const other of [["--mirror"], ["--notify"], ["--issuer", "uaa"], ["--fault", "promote:refused"]]) {
      expect(() => readOptions(["--adopt", ...other])).toThrow("goes only with --json.");
    }
  });

  it("shows the mirror alone", () => {
    expect(readOptions(["--mirror", "--json"])).toMatchObject({ mirror: true, json: true });
    expect(() => readOptions(["--mirror", "--issuer", "uaa"])).toThrow("--mirror goes only with --json.");
    expect(() => readOptions(["--mirror", "--fault", "promote:refused"])).toThrow("--mirror goes only with --json.");
    expect(() => readOptions(["--mirror", "--notify"])).toThrow("--mirror goes only with --json.");
  });

  it("names the known issuers where it is given another one", () => {
    expect(() => readOptions(["--issuer", "okta"])).toThrow(
      'unknown issuer "okta". Next: use --issuer with one of oci-iam, uaa, keycloak, edfi-cms.',
    );
  });

  it.each([
    ["oci-iam", "regenerate"],
    ["oci-iam", "read-app"],
    ["uaa", "install"],
    ["uaa", "retire"],
    ["keycloak", "find-client"],
    ["edfi-cms", "write-claim"],
  ] as const)("takes a fault with %s at %s", (issuer, call) => {
    const { fault } = readOptions(["--issuer", issuer, "--fault", `${call}:answer-lost`]);
    expect(fault).toEqual({ call, kind: "answer-lost" });
  });

  it.each([
    ["oci-iam", "install"],
    ["uaa", "regenerate"],
    ["keycloak", "retire"],
    ["edfi-cms", "read-app"],
  ] as const)(
    "refuses with %s a fault at %s, which is never called there, and names the calls that are",
    (issuer, call) => {
      const read = () => readOptions(["--issuer", issuer, "--fault", `${call}:answer-lost`]);
      expect(read).toThrow(`the demo makes no call "${call}" with --issuer ${issuer}.`);
      expect(read).toThrow(`Next: use one of ${profiles[issuer].calls.join(", ")}.`);
    },
  );

  it("refuses a call and a kind that nobody knows", () => {
    expect(() => readOptions(["--issuer", "uaa", "--fault", "x:answer-lost"])).toThrow('unknown call "x"');
    expect(() => readOptions(["--issuer", "uaa", "--fault", "install:x"])).toThrow('unknown kind "x"');
  });

  it("lists every issuer with its calls in its help", () => {
    for (const name of issuerNames) {
      expect(helpText).toContain(profiles[name].emulated);
      expect(helpText).toContain(profiles[name].calls.join(", "));
    }
  });
});
