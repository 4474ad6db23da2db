import { describe, expect, test } from "vitest";
import { confirmName, requireThrowAway } from "../../../../src/cli/probe/throw-away.ts";
import { thrownBy } from "../../../support/failures.ts";

const secret = (more: object = {}) =>
  ({
    ...{ name: "shop", tags: { "orot-probe": "throw-away" }, lifecycle: "ACTIVE" },
    rotation: { status: null, isScheduled: false },
    ...more,
  }) as never;

describe("a secret for probing", () => {
  test.each([
    ["by its tag", {}],
    ["by its name, with other tags", { name: "orot-probe-1", tags: { a: "b" } }],
    ["by its name, without any", { name: "orot-probe-1", tags: null }],
    ["even after a rotation", { rotation: { status: "SUCCEEDED", isScheduled: false } }],
  ])("is known %s", (_what, more) => {
    expect(() => requireThrowAway(secret(more), "S")).not.toThrow();
  });

  const UNMARKED = {
    code: "USAGE",
    what: "this secret is not marked for probing",
    means: "probing replaces its client secret several times; nothing was done",
    next: "use a client that no application needs, and mark its secret: free-form tag orot-probe=throw-away, or a name that begins with orot-probe-",
  };
  const BUSY = {
    code: "USAGE",
    what: "the secret is not ACTIVE, or Vault rotates it by itself",
    means: "a rotation in between would falsify the answers; nothing was done",
    next: "switch its schedule off and wait until no rotation is in progress: oci-rotate schedule show S",
  };

  test.each([
    [{ tags: { "orot-probe": "no" } }, UNMARKED],
    [{ tags: null }, UNMARKED],
    [{ tags: null, name: "an-orot-probe-1" }, UNMARKED],
    [{ rotation: { status: "IN_PROGRESS", isScheduled: false } }, BUSY],
    [{ rotation: { status: null, isScheduled: true } }, BUSY],
    [{ lifecycle: "UPDATING" }, BUSY],
  ])("is none with %j", async (more, problem) => {
    expect(await thrownBy(() => requireThrowAway(secret(more), "S"))).toMatchObject({ problem });
  });
});

describe("before a probe", () => {
  const asked: string[] = [];
  const terminal = (answer: string, isTerminal: object = {}) =>
    ({
      isTerminal: { stdin: true, stderr: true, stdout: false, ...isTerminal },
      ask: async (question: string) => {
        asked.push(question);
        return answer;
      },
    }) as never;

  test("the secret's name is to be typed", async () => {
    await confirmName(terminal(" shop\n"), { yes: false }, "shop");
    await confirmName(terminal("sh\u0007op"), { yes: false }, "sh\u0007op");
    const QUESTION = "several times. Type the secret's name to go on: ";
    expect(asked.splice(0)).toEqual([
      `This replaces the client secret in shop ${QUESTION}`,
      `This replaces the client secret in sh\\u0007op ${QUESTION}`,
    ]);
    expect(await thrownBy(() => confirmName(terminal("Shop"), { yes: false }, "shop"))).toMatchObject({
      problem: {
        code: "NOT_CONFIRMED",
        what: "the name was not typed",
        means: "nothing was done",
        next: "run it again and type the secret's name as it is in Vault",
      },
    });
    expect(asked.splice(0)).toHaveLength(1);
  });

  test("nobody is asked with --yes, nor without a terminal, where nothing is done", async () => {
    await confirmName(terminal("another"), { yes: true }, "shop");
    for (const missing of [{ stdin: false }, { stderr: false }]) {
      expect(await thrownBy(() => confirmName(terminal("shop", missing), { yes: false }, "shop"))).toMatchObject({
        problem: {
          code: "CONFIRMATION_NEEDED",
          what: "there is no terminal to ask at",
          means: "nothing was done",
          next: "add --yes to run it without a question",
        },
      });
    }
    expect(asked).toEqual([]);
  });
});
