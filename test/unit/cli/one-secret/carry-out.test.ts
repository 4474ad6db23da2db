import { describe, expect, test } from "vitest";
import { type CliOptions, type CliWorld, useCli } from "../../../support/cli.ts";
import { answeringFunction } from "../../../support/cli-fleet.ts";

const cli = useCli();
const HEALED = { responseCode: 200, versionNo: 3, returnMessage: "OK: CURRENT works. Next: nothing." };

/** An operator who may see the secret, and whose reads of its content have this answer. */
const reading =
  (w: CliWorld, status: number, code: string): NonNullable<CliOptions["transport"]> =>
  async (request) =>
    request.url.includes("/secretbundles/")
      ? { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ code, message: "any" }) }
      : w.emulator.transport(request);

describe("where only the function may read the secret", () => {
  const forbidden = async (...words: readonly string[]) => {
    const w = await cli();
    const { functionId, events } = answeringFunction(w, [], HEALED);
    const transport = reading(w, 404, "NotAuthorizedOrNotFound");
    const run = await w.runWith({ transport }, "heal", w.secretId, "--yes", "--function", functionId, ...words);
    return { w, run, events, functionId };
  };
  const CANNOT = "the plan cannot be shown from here: the secret exists, and GetSecretBundle was answered 404";

  test("it is called all the same, without a plan", async () => {
    const { w, run, events, functionId } = await forbidden();
    expect(run).toMatchObject({ exitCode: 0, stderr: `warning: ${CANNOT}\n` });
    expect(run.stdout).toBe(
      [`secret  app  ${w.secretId}`, `by      the function ${functionId}`, "done  OK: CURRENT works", ""].join("\n"),
    );
    expect(events).toEqual([{ secretId: w.secretId, action: "heal" }]);
  });

  test("JSON says that nothing is known from before", async () => {
    const { w, run, functionId } = await forbidden("--json");
    expect(run.json()).toEqual({
      ...{ secretId: w.secretId, name: "app", via: "function", functionId, before: null },
      answer: { code: "OK", what: "CURRENT works", next: "nothing", versionNo: 3 },
    });
  });

  test.each([["--dry-run"], ["--via", "local"]])("%s ends with the missing right", async (...words) => {
    const w = await cli();
    const transport = reading(w, 404, "NotAuthorizedOrNotFound");
    const way = words[0] === "--via" ? [] : ["--function", w.deploy()];
    const run = await w.runWith({ transport }, "heal", w.secretId, "--yes", ...words, ...way);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("the secret exists, and GetSecretBundle was answered 404");
  });

  test("a Vault that cannot be asked ends it", async () => {
    const w = await cli();
    const { functionId, events } = answeringFunction(w, [], HEALED);
    const transport = reading(w, 500, "InternalServerError");
    const run = await w.runWith({ transport }, "heal", w.secretId, "--yes", "--function", functionId);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain("VAULT_UNAVAILABLE");
    expect(events).toEqual([]);
  });
});

test("a function that could not do it says what is to be done, and at a terminal that it takes a while", async () => {
  const w = await cli();
  w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
  await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
  const left = { ...HEALED, returnMessage: "OK: CURRENT works. Next: look at version 2." };
  const { functionId } = answeringFunction(w, [], left);
  const given = { answers: ["y"], environment: { NO_COLOR: "1" } };
  const run = await w.runWith(given, "heal", w.secretId, "--function", functionId);
  expect(run.exitCode).toBe(0);
  expect(run.stderr).toContain("the function is running; this may take up to five minutes\n");
  expect(run.stdout).toMatch(/\ndone {3}OK: CURRENT works\nto do {2}look at version 2\n$/);
});

test.each([
  [["--via", "local", "--function"], "--function and --via local cannot be combined", "leave one of them out"],
  [["--via", "function"], "the secret's rotation targets no function", "name one with --function, or use --via local"],
])("%j is refused", async (words, what, next) => {
  const w = await cli();
  const id = words.includes("--function") ? [w.deploy()] : [];
  const run = await w.run("heal", w.secretId, ...words, ...id, "--json");
  expect(run.exitCode).toBe(2);
  expect(run.json()).toEqual({ error: { code: "USAGE", what, means: null, next } });
});
