import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RotationReport } from "../../src/emulator/vault/rotation-run.ts";
import { createScheduler } from "../../src/emulator/vault/scheduler.ts";
import { STEPS } from "../support/world.ts";
import { leaks, secretsOf } from "./canary.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type Output, type Reply, type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const MAX_CALLS = 24;

describe("a rotation by the built function", () => {
  let image: Image;
  let cloud: Cloud;
  let fn: RunningFunction | undefined;
  beforeAll(() => {
    image = openImage();
  });
  afterAll(() => image.remove());
  afterEach(async () => {
    await fn?.stop();
    await cloud.close();
  });
  const start = async (environment: Record<string, string> = {}, polls = 0) => {
    cloud = await openCloud({ "updating-polls": polls });
    fn = await startFunction(image, { ...cloud.environment(), ...environment });
    return fn;
  };
  const parsed = (lines: readonly string[]) => lines.map((line): Record<string, unknown> => JSON.parse(line));
  /** Version 1 was CURRENT before every rotation here. */
  const firstSecret = (): string => JSON.parse(cloud.emulator.admin.content(cloud.secretId, 1) ?? "{}").appSecret;

  /** Another version is CURRENT and logs in, version 1 is PREVIOUS and does not; nothing secret left the function but to where it belongs. */
  const expectRotated = ({ stdout, stderr }: Output, answers: readonly string[]) => {
    const { admin, state, violations } = cloud.emulator;
    const versions = admin.versions(cloud.secretId).map(({ versionStages }) => versionStages.join("+"));
    expect([versions[0], versions.at(-1)]).toEqual(["PREVIOUS", "CURRENT+LATEST"]);
    expect(new Set(versions.slice(1, -1))).not.toContain("PENDING");
    expect(admin.app(cloud.clientId).mints).toBe(1);
    expect(admin.login(cloud.clientId, firstSecret())).toBe("rejected");
    expect(cloud.current(cloud.secretId).login).toBe("accepted");
    expect(violations).toEqual([]);
    const secrets = secretsOf(state);
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(4);
    expect(leaks([...stdout, ...stderr, ...answers], secrets)).toBe(0);
    expect(stderr).toEqual([]);
  };

  it("runs through Vault's four steps by Vault's schedule", async () => {
    const running = await start({}, 1);
    const { emulator, secretId } = cloud;
    const replies: Reply[] = [];
    const rotated = new Promise<RotationReport>((resolve) => {
      const scheduler = createScheduler({
        emulator,
        invoke: async (_functionId, event, { callId }) => {
          const reply = await running.call(event, { headers: { "fn-call-id": callId } });
          replies.push(reply);
          return { status: reply.status, body: reply.text };
        },
        onRotation: (report) => scheduler.stop().then(() => resolve(report)),
      });
      emulator.admin.secret(secretId).nextRotationAt = emulator.clock.now();
      scheduler.start();
    });
    const report = await rotated;
    expect(report.status).toBe("SUCCEEDED");
    const { number } = cloud.current(secretId);
    expect(report.steps.map(({ step, responseCode, versionNo }) => [step, responseCode, versionNo])).toEqual([
      ["VERIFY_CONNECTION", 200, 1],
      ["CREATE_PENDING_VERSION", 200, number],
      ["UPDATE_TARGET_SYSTEM", 200, number],
      ["PROMOTE_PENDING_VERSION", 200, number],
    ]);
    for (const { json } of replies) {
      expect(Object.keys(json).sort()).toEqual(["responseCode", "returnMessage", "versionNo"]);
    }
    expect(emulator.state.workRequests.requests[report.workRequestId]?.status).toBe("SUCCEEDED");
    const calls = cloud.calls();
    expect(calls.lastIndexOf("promote") + 1).toBeLessThanOrEqual(MAX_CALLS);
    expect(calls.filter((call) => call === "regenerate")).toHaveLength(1);
    const output = await running.stop();
    expectRotated(
      output,
      replies.map(({ text }) => text),
    );
    const ended = parsed(output.stdout).filter(({ event }) => event === "call-ended");
    expect(ended.map(({ step }) => step)).toEqual(STEPS);
    const rotationId = `${secretId.slice(-8)}-1`;
    const stages = parsed(output.stdout).filter(({ event, stage }) => event === "stage" && stage !== "tidy");
    expect(stages.map(({ stage }) => stage)).toEqual([
      "verify-current",
      "verify-current",
      "fetch-token",
      "regenerate",
      "regenerate",
      "write-pending",
      "verify-pending",
      "verify-pending",
      "promote",
    ]);
    for (const line of stages) {
      const { callId, step, outcome, ms } = line;
      expect(line).toMatchObject({ rotationId, level: "info", time: expect.any(String) });
      expect([typeof callId, typeof step, typeof outcome, typeof ms]).toEqual(["string", "string", "string", "number"]);
    }
  });

  it("runs as a whole by an event made by hand, and says what each stage did", async () => {
    const running = await start();
    const { status, json, text } = await running.call({ secretId: cloud.secretId });
    expect(status).toBe(200);
    const { stages, ...rest } = json;
    const { number } = cloud.current(cloud.secretId);
    const message = new RegExp(`^OK: version ${number} holds a new client secret, logs in and is CURRENT`);
    expect(rest).toEqual({
      responseCode: 200,
      returnMessage: expect.stringMatching(message),
      versionNo: number,
      rotationId: `${cloud.secretId.slice(-8)}-1`,
    });
    expect((stages as Record<string, unknown>[]).map(({ stage, outcome }) => [stage, outcome])).toEqual([
      ["verify-current", "accepted"],
      ["fetch-token", "prepared"],
      ["regenerate", "claimed"],
      ["regenerate", "minted"],
      ["write-pending", "stored"],
      ["verify-pending", "accepted"],
      ["promote", "promoted"],
    ]);
    expectRotated(await running.stop(), [text]);
  });

  it("can be followed by the next one in the same process", async () => {
    const running = await start();
    for (const mints of [1, 2, 3]) {
      const { json } = await running.call({ secretId: cloud.secretId });
      const { number, login } = cloud.current(cloud.secretId);
      expect(json).toMatchObject({ responseCode: 200, versionNo: number });
      expect([login, cloud.emulator.admin.app(cloud.clientId).mints]).toEqual(["accepted", mints]);
      cloud.nextDay();
    }
    const { stdout, stderr } = await running.stop();
    expect(leaks([...stdout, ...stderr], secretsOf(cloud.emulator.state))).toBe(0);
  });

  it("answers check and rollback without a word about what it saw", async () => {
    const running = await start();
    const { secretId } = cloud;
    const before = await running.call({ secretId, action: "check" });
    expect(before.json).toMatchObject({ responseCode: 200, verdicts: { current: "accepted", pending: null } });
    await running.call({ secretId });
    const rollback = await running.call({ secretId, action: "rollback" });
    expect(rollback.json).toMatchObject({ responseCode: 409, versionNo: null });
    expect(rollback.json["returnMessage"]).toMatch(
      /^ROLLBACK_REFUSED: the issuer refuses the client secret in PREVIOUS/,
    );
    expectRotated(await running.stop(), [before.text, rollback.text]);
  });

  it("logs one JSON line an event, with no OCID longer than eight characters", async () => {
    const running = await start();
    await running.call({ secretId: cloud.secretId });
    const { stdout, stderr } = await running.stop();
    expect(stderr).toEqual([]);
    const lines = parsed(stdout);
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) {
      expect(line).toMatchObject({ time: expect.any(String), level: expect.any(String), event: expect.any(String) });
      expect(line["secretId"]).toBe(cloud.secretId.slice(-8));
    }
    expect(stdout.join("\n")).not.toContain("ocid1.");
  });

  it("logs whole OCIDs where the setting asks for them", async () => {
    const running = await start({ OROT_LOG_FULL_OCIDS: "true" });
    await running.call({ step: "VERIFY_CONNECTION", secretId: cloud.secretId });
    const { stdout } = await running.stop();
    for (const line of parsed(stdout)) expect(line["secretId"]).toBe(cloud.secretId);
  });

  it("frames its log where the platform asks for it, and writes nothing else besides", async () => {
    const running = await start({ FN_LOGFRAME_NAME: "frame", FN_LOGFRAME_HDR: "Fn-Call-Id" });
    await running.call({ secretId: cloud.secretId }, { headers: { "fn-call-id": "01FRAMED" } });
    await running.call("", { headers: { "fn-call-id": "01SECOND" } });
    const { stdout, stderr } = await running.stop();
    expect(stderr).toEqual(["", "frame=01FRAMED", "", "frame=01SECOND"]);
    const rest = stdout.filter((line) => line !== "" && !line.startsWith("frame="));
    expect(stdout.filter((line) => line.startsWith("frame="))).toEqual(["frame=01FRAMED", "frame=01SECOND"]);
    expect(new Set(parsed(rest).map(({ callId }) => callId))).toEqual(new Set(["01FRAMED", "01SECOND"]));
  });
});

describe("the canary of these tests", () => {
  const secret = 'a"b\\c%7E+/ü?&=';
  it.each<[string, string]>([
    ["as it is", secret],
    ["JSON-escaped", JSON.stringify({ secret })],
    ["JSON-escaped twice", JSON.stringify(JSON.stringify({ secret }))],
    ["URL-encoded", encodeURIComponent(secret)],
    ["form-encoded", new URLSearchParams({ secret }).toString()],
    ["in base64", Buffer.from(secret).toString("base64")],
    ["in base64 after one byte", Buffer.from(`:${secret}`).toString("base64")],
    ["in base64 between others", Buffer.from(`id:${secret}:more`).toString("base64")],
    ["in base64url", Buffer.from(secret).toString("base64url")],
  ])("sees a secret %s", (_name, text) => {
    expect(leaks([`{"line":"${text}"}`], [secret])).toBe(1);
  });

  it("sees none where there is none", () => {
    expect(leaks(["[secret]", secret.slice(0, 6)], [secret])).toBe(0);
  });
});
