import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { listBeside } from "../../../../src/rotation/observe/beside.ts";
import { accepted, createRig } from "../rig.ts";

describe("the login with a value that this run has just stored", () => {
  test.each([
    ["is sent beside the list", {}, false, 1],
    ["waits for the tag that binds the secret to its client", { OROT_BINDING_TAG: "rotation.client" }, false, 0],
    ["is not sent by a run that promotes nothing", {}, true, 0],
  ])("%s", async (_what, environment, endsWithPending, times) => {
    const { context } = createRig(undefined, environment);
    const attempt = createAttempt(null, false, endsWithPending);
    let logins = 0;
    const logIn = async () => {
      logins += 1;
      return accepted;
    };
    attempt.stored = { name: "orot-8", logIn, login: null };
    await listBeside({ context, attempt }, null);
    expect(logins).toBe(times);
    expect(attempt.stored.login !== null).toBe(times === 1);
  });
});
