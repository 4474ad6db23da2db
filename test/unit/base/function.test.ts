import { describe, expect, test } from "vitest";
import { success } from "../../../src/base/answer.ts";
import { noteValue } from "../../../src/base/call-secrets.ts";
import { RotationError } from "../../../src/base/errors.ts";
import {
  type CallContext,
  createFunction,
  type FunctionParts,
  internalFrames,
  type ReadCall,
} from "../../../src/base/function.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";

const OCID = "ocid1.vaultsecret.oc1.iad.amaaaaaaexample12345678";
const FROM_PLATFORM = { callID: "01CALL", deadline: null };

type Answer = ReturnType<typeof success>;
type Parts = FunctionParts<CallContext, Answer>;

/** A function that answers so, its clock, and what it has logged. */
function functionOf(answer: ReadCall<Answer>["answer"], given: Partial<Parts & ReadCall<Answer>> = {}) {
  const clock = createVirtualClock();
  const lines: string[] = [];
  const call = createFunction(
    { clock, entropy: createSeededEntropy(1), environment: {}, write: (line) => lines.push(line) },
    {
      read: () => ({ fields: { step: "STEP", secretId: OCID }, logFullOcids: false, answer, ...given }),
      ...given,
    } satisfies Parts,
  );
  return {
    clock,
    lines,
    call: (context: Parameters<typeof call>[1] = FROM_PLATFORM) => call(new Uint8Array(), context),
    log: () => lines.map((line): Record<string, unknown> => JSON.parse(line)),
  };
}

const throwing = (thrown: unknown) => async () => {
  throw thrown;
};

describe("a function", () => {
  test("logs a call's start and its end, with what it was and how long it took", async () => {
    const { call, log, clock } = functionOf(async () => {
      await clock.sleep(1_500);
      return success("OK", "done", 3);
    });
    // The process is older than the call.
    await clock.sleep(20_000);
    expect(await call()).toEqual({ responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 3 });
    const about = { callId: "01CALL", step: "STEP", secretId: OCID.slice(-8), level: "info" };
    expect(log()).toEqual([
      // The bundle says which version and commit it is.
      { ...about, event: "call-started", time: expect.any(String), version: "source", commit: "source" },
      {
        ...about,
        event: "call-ended",
        time: expect.any(String),
        outcome: "OK",
        responseCode: 200,
        versionNo: 3,
        returnMessage: "OK: done. Next: nothing.",
        ms: 1_500,
      },
    ]);
  });

  test("makes an id for a call to which the platform gives none", async () => {
    const { call, log } = functionOf(async () => success("OK", "done", 3));
    await call({ callID: null, deadline: null });
    expect(log()[0]).toMatchObject({ callId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f-]{27}$/) });
  });

  test("shows OCIDs whole where the settings say so", async () => {
    const { call, log } = functionOf(async () => success("OK", "done", 3), { logFullOcids: true });
    await call();
    expect(log().map(({ secretId }) => secretId)).toEqual([OCID, OCID]);
  });

  test("answers with the error of a call, logs its end as one, and logs nothing else of an expected one", async () => {
    const { call, log } = functionOf(throwing(new RotationError("CLAIM_LIVE", "somebody is at work")));
    expect(await call()).toMatchObject({ returnMessage: expect.stringMatching(/^CLAIM_LIVE: somebody is at work/) });
    expect(log().map(({ level, event, outcome }) => [level, event, outcome])).toEqual([
      ["info", "call-started", undefined],
      ["error", "call-ended", "CLAIM_LIVE"],
    ]);
  });

  test("whose event or settings are wrong answers so and has not begun", async () => {
    const { call, log } = functionOf(async () => success("OK", "done", 3), {
      read: () => {
        throw new RotationError("EVENT_INVALID", "no event of ours");
      },
    });
    expect(await call()).toMatchObject({ responseCode: 400, versionNo: null });
    expect(log().map(({ level, event, callId }) => [level, event, callId])).toEqual([
      ["error", "call-ended", "01CALL"],
    ]);
  });

  test.each([
    ["an error", new TypeError("canary"), "TypeError"],
    ["something else", "canary", "string"],
  ])(
    "that throws %s never rejects, and says where it came from but not what its text was",
    async (_what, thrown, type) => {
      const { call, lines, log } = functionOf(throwing(thrown));
      expect(await call()).toMatchObject({ responseCode: 500, returnMessage: expect.stringMatching(/^INTERNAL: /) });
      expect(log()[1]).toMatchObject({ event: "internal-error", level: "error", message: null, type });
      expect(lines.join("")).not.toContain("canary");
      const frames = log()[1]?.["frames"];
      if (thrown instanceof Error) expect(frames).toContainEqual(expect.stringContaining("function.test.ts"));
      else expect(frames).toEqual([]);
      expect((frames as string[]).length).toBeLessThanOrEqual(8);
    },
  );

  test("says what is wrong in words of its own where it ends a call by itself as INTERNAL", async () => {
    const { call, log } = functionOf(throwing(new RotationError("INTERNAL", "a step is missing")));
    await call();
    expect(log()[1]).toMatchObject({ event: "internal-error", message: "a step is missing", type: "RotationError" });
  });

  test("shows OCIDs short as long as it has not read the settings", async () => {
    const { call, log } = functionOf(async () => success("OK", "done", 3), {
      read: () => {
        throw new RotationError("EVENT_INVALID", `${OCID} is not rotated here`);
      },
    });
    await call();
    expect(log()[0]?.["returnMessage"]).toMatch(/^EVENT_INVALID: 12345678 is not rotated here\. /);
  });

  test("never masks the id of the call, even where a secret of the call is a part of it", async () => {
    const { call, log } = functionOf(async () => {
      noteValue("call-of-the-platform");
      return success("OK", "done", 3);
    });
    await call({ callID: "call-of-the-platform-4711", deadline: null });
    expect(log().map(({ event, callId }) => [event, callId])).toEqual([
      ["call-started", "call-of-the-platform-4711"],
      ["call-ended", "call-of-the-platform-4711"],
    ]);
  });

  test("masks a secret of the call in the answer", async () => {
    const { call, log } = functionOf(async () => {
      noteValue("a-client-secret-of-the-call");
      return success("OK", "made a-client-secret-of-the-call", 3);
    });
    expect(JSON.stringify(await call())).not.toContain("a-client-secret");
    expect(log()).toContainEqual(expect.objectContaining({ event: "secret-masked", in: "answer" }));
  });

  test("may log what ended a call in words of its own", async () => {
    const { call, log } = functionOf(throwing(new RotationError("CLAIM_LIVE", "somebody is at work")), {
      logFailure: (own) => own.error("call-failed"),
    });
    await call();
    expect(log().map(({ event }) => event)).toEqual(["call-started", "call-failed", "call-ended"]);
  });
});

describe("the place of an error", () => {
  const lines = Array.from({ length: 12 }, (_, index) => `at step${index} (steps.js:${index}:1)`);
  const withStack = <E extends Error>(error: E) =>
    Object.assign(error, { stack: `${error.name}: ${error.message}\n    ${lines.join("\n    ")}` });

  test("is the eight innermost lines of an unexpected one", () => {
    expect(internalFrames(withStack(new TypeError("canary")))).toEqual(lines.slice(0, 8));
  });

  test("is not told of an expected one, whose code says enough", () => {
    expect(internalFrames(withStack(new RotationError("CLAIM_LIVE", "somebody is at work")))).toEqual([]);
  });
});
