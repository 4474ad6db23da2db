import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import type { CliErrorCode } from "../../../src/cli/cli-error.ts";
import type { CommandContext } from "../../../src/cli/command.ts";
import { createContext } from "../../../src/cli/context.ts";
import { partsOf } from "../../../src/cli/function.ts";
import type { GlobalOptions } from "../../../src/cli/global-options.ts";
import type { Runtime } from "../../../src/cli/runtime.ts";
import { type CliOptions, type CliWorld, useCli } from "../../support/cli.ts";
import { thrownBy } from "../../support/failures.ts";

const cli = useCli();

/** A context as a command gets it, and what is written through it. */
function contextIn(w: CliWorld, given: CliOptions = {}, options: Partial<GlobalOptions> = {}) {
  const written = { stdout: "", stderr: "" };
  const runtime: Runtime = w.runtime(given, written);
  const all = {
    profile: null,
    configFile: null,
    region: null,
    endpoint: null,
    auth: null,
    json: false,
    yes: false,
    debug: false,
    defaulted: [],
    program: "oci-rotate",
  };
  const context: CommandContext<unknown> = createContext(
    runtime,
    { ...all, ...options },
    {
      name: "a command",
      data: z.object({ a: z.number() }),
    },
  );
  return { context, written };
}

const problem = async (action: () => unknown) => {
  const thrown = await thrownBy(action);
  return thrown as { code: CliErrorCode; problem: { code: string; what: string; next: string; exitCode: number } };
};

describe("the pipeline, from a command", () => {
  test("rotates here, with the operator's credentials, and tells how it goes on", async () => {
    const w = await cli();
    const { context, written } = contextIn(w);
    const heard: unknown[] = [];
    const answer = await context.local({ secretId: w.secretId }, { onStage: (note) => heard.push(note) });
    expect(answer).toMatchObject({ responseCode: 200, stages: expect.any(Array), rotationId: expect.any(String) });
    expect(heard).toEqual(answer.stages);
    expect(heard.map((note) => (note as { stage: string }).stage)).toEqual(
      expect.arrayContaining(["verify-current", "regenerate", "promote"]),
    );
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.versions()).toMatch(/:CURRENT/);
    expect(written).toEqual({ stdout: "", stderr: "" });
  });

  test("takes the function's settings from the environment, and refuses one that is wrong before anything is sent", async () => {
    const w = await cli();
    const from = w.emulator.requests.length;
    const wrong = contextIn(w, { environment: { OROT_PAUSED: "perhaps" } });
    expect(await problem(() => wrong.context.local({ secretId: w.secretId }))).toMatchObject({
      code: "SETTINGS_INVALID",
    });
    expect(w.emulator.requests.slice(from)).toEqual([]);
    const paused = contextIn(w, { environment: { OROT_PAUSED: "true", HOME: "/" } });
    expect(await paused.context.local({ secretId: w.secretId })).toMatchObject({ responseCode: 409 });
  });

  test("answers as the function does where it fails", async () => {
    const w = await cli();
    const { context } = contextIn(w);
    const answer = await context.local({ secretId: `${w.secretId}x` });
    expect(answer).toMatchObject({ responseCode: 404, versionNo: null });
    expect(answer.returnMessage).toContain("group <your group>");
    expect(answer.returnMessage).not.toContain("dynamic-group");
  });

  test("prints the pipeline's log with --debug", async () => {
    const w = await cli();
    const { context, written } = contextIn(w, {}, { debug: true });
    await context.local({ secretId: w.secretId, action: "check" });
    expect(written.stderr).toContain('"event":"call-ended"');
  });
});

describe("a deployed function, from a command", () => {
  test("is looked up, called once and answers", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const from = w.emulator.requests.length;
    const { context } = contextIn(w);
    expect(await context.invoke(functionId, { secretId: w.secretId, action: "check" })).toEqual({
      responseCode: 200,
      returnMessage: expect.stringMatching(/^OK: /),
      versionNo: 1,
      verdicts: { current: "accepted", pending: null },
    });
    const calls = w.emulator.requests.slice(from).filter(({ call }) => call.endsWith("-function"));
    expect(calls.map(({ call, host }) => [call, host])).toEqual([
      ["get-function", "functions.us-ashburn-1.oci.oraclecloud.com"],
      ["invoke-function", "functions.us-ashburn-1.oci.oraclecloud.com"],
    ]);
  });

  test.each([
    ["absent", null, "OCI_REFUSED", 1, "the function does not exist in this region, or you may not see it"],
    ["failing", { status: 502, body: "" }, "OCI_UNAVAILABLE", 1, "the function failed or took too long"],
    ["another one", { status: 200, body: '{"hello":1}' }, "OCI_UNAVAILABLE", 1, "it may be another function"],
    ["silent", { status: 200, body: "" }, "OCI_UNAVAILABLE", 1, "it may be another function"],
  ])("that is %s is told apart", async (_what, answer, code, exitCode, means) => {
    const w = await cli();
    const functionId = w.deploy();
    if (answer !== null) w.emulator.invoke = async () => answer;
    const { context } = contextIn(w);
    const id = answer === null ? `${functionId}x` : functionId;
    expect(await problem(() => context.invoke(id, {}))).toMatchObject({ problem: { code, exitCode, means } });
  });

  test.each(["canary", "CANARY: canary. Next: canary.", "OK canary", "LOCKED_OUT: canary"])(
    "whose message is %s is told to be none of ours, by its length",
    (returnMessage) => {
      const told = partsOf({ returnMessage });
      expect(told.code).toBe("INTERNAL");
      expect(told.what).toContain(`${returnMessage.length} characters`);
      expect(JSON.stringify(told)).not.toMatch(/canary/i);
    },
  );

  test("refuses a signature that it does not know with exit code 3", async () => {
    const w = await cli();
    const functionId = w.deploy();
    const { context } = contextIn(w, {
      transport: async (request) =>
        w.emulator.transport({ ...request, headers: { ...request.headers, authorization: "Signature unknown" } }),
    });
    expect(await problem(() => context.invoke(functionId, {}))).toMatchObject({
      problem: { code: "SIGN_IN_REFUSED", exitCode: 3 },
    });
  });
});

describe("what a command asks and prints", () => {
  test("with --yes nobody is asked; without a terminal nothing is done", async () => {
    const w = await cli();
    expect(await contextIn(w, {}, { yes: true }).context.confirm("Really?")).toBe(true);
    expect(await problem(() => contextIn(w).context.confirm("Really?"))).toMatchObject({
      problem: { code: "CONFIRMATION_NEEDED", exitCode: 2, next: expect.stringContaining("--yes") },
    });
    for (const [answer, confirmed] of [
      ["y", true],
      ["Yes", true],
      ["", false],
      ["no", false],
    ] as const) {
      expect(await contextIn(w, { answers: [answer] }).context.confirm("Really?")).toBe(confirmed);
    }
  });

  test("JSON has the members of its schema and no others", async () => {
    const w = await cli();
    const { context, written } = contextIn(w, {}, { json: true });
    context.print({ a: 1, b: "not in the schema" }, "text");
    expect(written.stdout).toBe('{"a":1}\n');
    expect(() => context.print({ b: 1 }, "text")).toThrow();
  });

  test("notes are for a terminal, warnings for everybody", async () => {
    const w = await cli();
    for (const [given, stderr] of [
      [{}, "warning: b\n"],
      [{ answers: [], environment: { NO_COLOR: "1" } }, "a\nwarning: b\n"],
    ] as const) {
      const { context, written } = contextIn(w, given);
      context.out.note("a");
      context.out.warn("b");
      expect(written).toEqual({ stdout: "", stderr });
    }
  });
});
