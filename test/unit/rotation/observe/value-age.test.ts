import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { verdictOn } from "../../../../src/rotation/observe/observe.ts";
import { logInWithCurrent } from "../../../../src/rotation/stages/verify-current.ts";
import { accepted, credential, rejected, startRun, type Written } from "../rig.ts";

const old = (no: number, value: string, more: Partial<Written> = {}): Written => {
  return { no, stages: ["DEPRECATED"], content: credential(value), ageSeconds: 30 * 86_400, ...more };
};
/** Stored by an operator a second ago: a client secret that was in use long ago. */
const copy: Written = { no: 9, stages: ["CURRENT", "LATEST"], content: credential("S5"), ageSeconds: 1 };

/** Asks the issuer for CURRENT, and says what that comes to and what was read for it. */
async function ask(
  versions: readonly Written[],
  login: typeof accepted | typeof rejected = rejected,
  bent?: Context["clients"]["vault"]["readVersion"],
) {
  const run = await startRun({ versions, issuer: { login: async () => login } });
  const { asked, log, attempt, seen } = run;
  const invocation = {
    ...run.context,
    clients: {
      ...run.context.clients,
      vault: { ...run.context.clients.vault, ...(bent && { readVersion: bent }) },
    },
  };
  asked.length = 0;
  const look = async () => {
    await logInWithCurrent({ context: invocation, attempt, snapshot: seen }, { versionNo: seen.current.versionNo });
    return verdictOn({ context: invocation, attempt }, seen.current, seen.list.asOf);
  };
  return { verdict: await look(), look, asked: asked, log: log };
}

describe("after a refusal of a young version", () => {
  test("the older ones are read until one shows that the value is old, and the refusal counts", async () => {
    const { verdict, asked } = await ask([old(4, "S4"), old(5, "S5"), old(6, "S6"), copy]);
    expect(verdict).toBe("rejected");
    expect(asked).toEqual(["read 6", "read 5"]);
  });

  test("nothing is read twice, nor what is young or awaits deletion itself", async () => {
    const young = old(8, "S8", { ageSeconds: 59 });
    const { verdict, look, asked } = await ask([old(4, "S4"), old(6, "S6", { isBeingDeleted: true }), young, copy]);
    expect(verdict).toBe("unknown");
    expect(await look()).toBe("unknown");
    expect(asked).toEqual(["read 4"]);
  });

  test("what cannot be read costs the wait and nothing more", async () => {
    const { verdict, log } = await ask([old(5, "S5"), copy], rejected, () =>
      Promise.reject(new RotationError("VAULT_UNAVAILABLE", "no answer")),
    );
    expect(verdict).toBe("unknown");
    expect(log).toContainEqual(
      expect.objectContaining({ event: "age-not-learnt", versionNo: 5, outcome: "VAULT_UNAVAILABLE" }),
    );
  });
});

test("nothing is read where the version is old itself, or works", async () => {
  const ancient = await ask([old(5, "S5"), { ...copy, ageSeconds: 60 }]);
  expect([ancient.verdict, ancient.asked]).toEqual(["rejected", []]);
  const good = await ask([old(5, "S5"), copy], accepted);
  expect([good.verdict, good.asked]).toEqual(["accepted", []]);
});
