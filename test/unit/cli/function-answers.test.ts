import { describe, expect, test } from "vitest";
import { CliError } from "../../../src/cli/cli-error.ts";
import type { followCursor } from "../../../src/cli/follow-cursor.ts";
import { createFunctionClient } from "../../../src/cli/function.ts";
import { dueText, rotateDueByFunction } from "../../../src/cli/rotate/due-by-function.ts";
import type { SignedIn } from "../../../src/cli/sign-in/sign-in.ts";
import { thrownBy } from "../../support/failures.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

/** What describing a function is told after this answer. */
async function refusalAfter(status: number, body = "") {
  const signedIn = {
    signer: { signHttpRequest: () => Promise.resolve() },
    override: null,
    endpoint: () => "https://functions.example.org",
  } as unknown as SignedIn;
  const client = createFunctionClient(async () => ({ status, headers: {}, body }), createInstantClock(), signedIn);
  const thrown = await thrownBy(() => client.describe("f"));
  return thrown instanceof CliError ? thrown.problem : null;
}

test.each([
  [500, "OCI could not do it at this time", "try again later"],
  [503, "OCI could not do it at this time", "try again later"],
  [502, "the function failed or took too long", "see the function's log, then run the command again"],
  [504, "the function failed or took too long", "see the function's log, then run the command again"],
  [
    404,
    "the function does not exist in this region, or you may not see it",
    'check the OCID, and the policy line "Allow',
  ],
  [
    403,
    "the function does not exist in this region, or you may not see it",
    'check the OCID, and the policy line "Allow',
  ],
])("an answer of %i is told as what it means", async (status, means, next) => {
  expect(await refusalAfter(status)).toMatchObject({
    what: `GetFunction was answered ${status}`,
    means,
    next: expect.stringContaining(next),
  });
});

test.each(["", "{}", "<html>"])("an answer of 200 with %j is not readable", async (body) => {
  expect(await refusalAfter(200, body)).toMatchObject({
    what: "the answer to GetFunction is not readable",
    next: "try again later",
  });
});

describe("rotations by the function, call after call", () => {
  const answer = (counts: object, cursor?: string, next = "nothing") => ({
    ...{ responseCode: 200, versionNo: null, returnMessage: `OK: some words. Next: ${next}.`, ...counts },
    ...(cursor !== undefined && { cursor }),
  });
  function calling(answers: readonly ReturnType<typeof answer>[]) {
    const events: object[] = [];
    const notes: string[] = [];
    const context = {
      invoke: async (_id: string, event: object) => {
        events.push(event);
        return answers[events.length - 1];
      },
      runtime: { signal: new AbortController().signal },
      out: { note: (text: string) => notes.push(text) },
    } as unknown as Parameters<typeof followCursor>[0];
    return {
      events,
      notes,
      go: (maxAgeMs?: number) => rotateDueByFunction(context, "f", { withinMs: 86_400_000, maxAgeMs }),
    };
  }

  test("are counted together, and each call goes on where the last one ended", async () => {
    const { events, notes, go } = calling([
      answer({ rotated: 2, notDue: 1, busy: 0, failed: 0, remaining: 5 }, "one"),
      answer({ rotated: 3, notDue: 1, busy: 1, failed: 0, remaining: 0 }),
    ]);
    expect(await go(86_400_000)).toEqual({
      ...{ rotated: 5, notDue: 2, busy: 1, failed: 0, remaining: 0, calls: 2 },
      what: "5 rotated, 2 not due, 1 busy, 0 failed, 0 left",
      next: "run the same command again in a few minutes",
    });
    expect(events).toEqual([
      { action: "rotate-due", within: "1d", maxAge: "1d" },
      { action: "rotate-due", within: "1d", maxAge: "1d", cursor: "one" },
    ]);
    expect(notes).toContain("3 of 8 secrets had their turn");
  });

  test("end if a call gets nothing done", async () => {
    const { events, go } = calling([answer({ rotated: 0, remaining: 5 }, "one", "wait")]);
    expect(await go()).toMatchObject({ rotated: 0, remaining: 5, calls: 1 });
    expect(events).toEqual([{ action: "rotate-due", within: "1d" }]);
  });

  test("of which one found only what is not due go on", async () => {
    const { events, go } = calling([
      answer({ rotated: 0, notDue: 3, remaining: 5 }, "one"),
      answer({ rotated: 1, remaining: 0 }),
    ]);
    expect(await go()).toMatchObject({ rotated: 1, notDue: 3, calls: 2, next: "nothing" });
    expect(events).toHaveLength(2);
  });

  test("that could not begin are an error in the function's words", async () => {
    const { go } = calling([answer({}, undefined, "set it")]);
    expect(await thrownBy(() => go())).toMatchObject({ problem: { code: "OK", what: "some words", next: "set it" } });
  });

  test.each([
    ["nothing", "1 rotated.\n"],
    ["wait", "1 rotated.\nnext: wait\n"],
  ])("are told with what to do next: %s", (next, text) => {
    const counts = { rotated: 1, notDue: 0, busy: 0, failed: 0, remaining: 0, calls: 1 };
    expect(dueText({ ...counts, what: "1 rotated", next })).toBe(text);
  });
});
