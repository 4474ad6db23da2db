import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { readGlobalOptions } from "../../../../src/cli/global-options.ts";
import { createLocalFunction } from "../../../../src/cli/local.ts";
import { signIn } from "../../../../src/cli/sign-in/sign-in.ts";
import { type CliOptions, type CliWorld, useCli } from "../../../support/cli.ts";
import { thrownBy } from "../../../support/failures.ts";

const cli = useCli();
const NO_OPTIONS = readGlobalOptions({});
const RENEWAL = "oci session authenticate --profile-name DEFAULT --region us-ashburn-1";

/** Every answer takes so long that a session ends in the middle of the run. */
function slowly(w: CliWorld, ms: number): CliOptions {
  const transport: CliOptions["transport"] = async (request) => {
    const answer = await w.emulator.transport(request);
    await w.clock.sleep(ms);
    return answer;
  };
  return { transport };
}

/** The profile names a key that OCI does not know. */
function withUnknownKey(w: CliWorld): void {
  const file = path.join(w.home, ".oci", "config");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/^fingerprint=.*$/m, `fingerprint=${Array(16).fill("00").join(":")}`));
}

describe("a session that ends in the middle of a run", () => {
  test.each([
    ["check", []],
    ["check", ["--json"]],
  ])("ends %s %j with 3 and the command that renews it", async (command, more) => {
    const w = await cli();
    w.writeSession(60_000);
    const run = await w.runWith(slowly(w, 61_000), command, w.secretId, ...more);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("the session of the profile DEFAULT ended");
    expect(run.stderr).toContain(`next:  run ${RENEWAL}.`);
    expect(run.requests.length).toBeGreaterThan(0);
  });

  test("still says that a new client secret was made and could not be stored", async () => {
    const w = await cli();
    w.writeSession(60_000);
    const transport: CliOptions["transport"] = async (request) => {
      const answer = await w.emulator.transport(request);
      if (request.url.includes("/AppClientSecretRegenerator")) await w.clock.sleep(61_000);
      return answer;
    };
    const context = w.runtime({ transport }, { stdout: "", stderr: "" });
    const thrown = await thrownBy(async () => {
      const signedIn = await signIn(context, NO_OPTIONS, () => undefined);
      return createLocalFunction(context, signedIn)({ secretId: w.secretId }, { limitMs: 120_000 });
    });
    expect(thrown).toMatchObject({
      problem: {
        code: "SESSION_EXPIRED",
        exitCode: 3,
        means: expect.stringContaining("a new client secret was made and could not be stored"),
        next: `run ${RENEWAL}, then run oci-rotate heal for this secret`,
      },
    });
  });

  test("does no harm where somebody renews it meanwhile", async () => {
    const w = await cli();
    w.writeSession(60_000);
    let sent = 0;
    const transport: CliOptions["transport"] = async (request) => {
      const answer = await w.emulator.transport(request);
      sent += 1;
      if (sent === 1) {
        await w.clock.sleep(61_000);
        w.writeSession(3_600_000);
      }
      return answer;
    };
    expect(await w.runWith({ transport }, "check", w.secretId)).toMatchObject({ exitCode: 0, stderr: "" });
  });
});

describe("a signature that OCI refuses", () => {
  test("is told as such and not as a missing policy, with exit code 3", async () => {
    const w = await cli();
    withUnknownKey(w);
    const run = await w.run("check", w.secretId);
    expect(run).toMatchObject({ exitCode: 3, stdout: "" });
    expect(run.stderr).toContain("OCI refused the signature with 401");
    expect(run.stderr).toContain("clock");
    expect(run.stderr).toContain("the profile DEFAULT");
    expect(run.stderr).not.toContain("Allow");
  });

  test("names the sign-in command where the profile has a session", async () => {
    const w = await cli();
    w.writeSession(3_600_000);
    withUnknownKey(w);
    writeFileSync(path.join(w.home, ".oci", "sessions", "DEFAULT", "token"), w.writeSession(3_600_000).token);
    w.emulator.faults.add({ call: "list-versions", kind: "unauthorized" });
    const run = await w.run("check", w.secretId);
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain(RENEWAL);
  });
});
