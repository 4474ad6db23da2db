import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { asOperator, CliError, framesOf, notConfirmed, problemOf } from "../../../src/cli/cli-error.ts";
import { TransportError } from "../../../src/clients/http/transport.ts";

describe("what ended a command is told", () => {
  test("with what it means, if there is more to say, and under another catalogue's code, if that has one", () => {
    const told = { what: "it failed", next: "wait" };
    const problem = { code: "OCI_REFUSED", what: "it failed", means: null, next: "wait", exitCode: 1 };
    expect(problemOf(new CliError("OCI_REFUSED", told))).toEqual(problem);
    const more = { means: "nothing was done", code: "VAULT_FORBIDDEN" };
    expect(problemOf(new CliError("OCI_REFUSED", { ...told, ...more }))).toEqual({ ...problem, ...more });
    expect(new CliError("OCI_REFUSED", told).message).toBe("it failed");
    expect(String(new CliError("OCI_REFUSED", told))).toBe("CliError: it failed");
  });

  test("of the pipeline's errors in words for an operator", () => {
    const error = new RotationError(
      "VAULT_FORBIDDEN",
      "as far as the function's policies reach",
      "ask dynamic-group <function's group>",
    );
    expect(problemOf(error)).toEqual({
      ...{ code: "VAULT_FORBIDDEN", what: "as far as your policies reach", means: null },
      ...{ next: "ask group <your group>", exitCode: 1 },
    });
  });

  test.each([
    [true, "whether the request took effect is not known"],
    [false, "nothing was sent"],
  ])("of a request without an answer, sent: %s", (sent, means) => {
    const error = new TransportError("CONNECTION_LOST", sent, "any");
    expect(problemOf(error)).toEqual({
      ...{ code: "CONNECTION_LOST", what: "no answer received (CONNECTION_LOST)", means, exitCode: 1 },
      next: "check the network and --endpoint or --region, then try again",
    });
  });

  test.each([
    ["vaults.us-asburn-1.oci.oraclecloud.com", "us-asburn-1"],
    ["objectstorage.eu-frankfrt-1.oraclecloud.com", "eu-frankfrt-1"],
  ])("of the host %s with the region that was meant", (host, region) => {
    const { next } = problemOf(new CliError("OCI_UNAVAILABLE", { what: `no host ${host}`, next: "wait" }));
    expect(next).toContain(region.slice(0, 2));
    expect(next).toMatch(/: correct --region, the profile or OCI_CLI_REGION$/);
  });

  test.each([["no host vaults.us-ashburn-1.oci.oraclecloud.com"], ["no host vaults.example.org"]])(
    "of %j as it is",
    (what) => {
      expect(problemOf(new CliError("OCI_UNAVAILABLE", { what, next: "wait" }))).toMatchObject({ next: "wait" });
    },
  );

  test("of anything else without its text", () => {
    for (const thrown of [new Error("canary"), "canary", { message: "canary" }]) {
      expect(problemOf(thrown)).toEqual({
        ...{ code: "INTERNAL", what: "an unexpected error ended the command", means: null, exitCode: 1 },
        next: "run it again with --debug and report what it prints",
      });
    }
  });

  test("of a question that was not confirmed", () => {
    expect(problemOf(notConfirmed())).toEqual({
      ...{ code: "NOT_CONFIRMED", what: "it was not confirmed", means: "nothing was changed", next: "nothing" },
      exitCode: 1,
    });
  });
});

test.each([
  ["dynamic-group <function's group>", "group <your group>"],
  ["it does not exist, or the function may not see it", "it does not exist in this region, or you may not see it"],
  [
    'check the OCID, and the policy line "x"',
    'check the OCID, the region (oci-rotate session shows it), and the policy line "x"',
  ],
  ["correct the function's configuration", "correct it in the environment of this shell"],
  ["the function's log", "the function's log"],
])("%j reads %j to an operator", (text, told) => {
  expect(asOperator(`${text}; ${text}`)).toBe(`${told}; ${told}`);
});

describe("where an error was thrown", () => {
  const errorWith = (code: unknown) => Object.assign(new TypeError("canary"), { code });
  const [, ...frames] = framesOf(errorWith(undefined)).split("\n");

  test("is told by the places alone, one a line", () => {
    expect(frames.length).toBeGreaterThan(0);
    for (const frame of frames) expect(frame).toMatch(/^ {4}\S.*:\d+/);
    expect(framesOf(errorWith(undefined))).not.toContain("canary");
  });

  test.each([
    ["ECONNRESET", "  TypeError ECONNRESET"],
    ["E", "  TypeError E"],
    ["A".repeat(60), `  TypeError ${"A".repeat(60)}`],
    ["A".repeat(61), "  TypeError"],
    ["canary", "  TypeError"],
    ["Xcanary", "  TypeError"],
    ["canaryX", "  TypeError"],
    ["", "  TypeError"],
    [12, "  TypeError"],
    [undefined, "  TypeError"],
  ])("begins with its name and the code %j, if that is one", (code, first) => {
    expect(framesOf(errorWith(code)).split("\n")[0]).toBe(first);
  });

  test("of what is no error says what it is", () => {
    expect(framesOf("canary")).toBe("  a string was thrown");
    expect(framesOf(null)).toBe("  a object was thrown");
  });
});
