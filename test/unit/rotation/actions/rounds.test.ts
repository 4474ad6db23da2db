import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { AT_ONCE } from "../../../../src/rotation/actions/many.ts";
import { Rounds, requireTimeForOne } from "../../../../src/rotation/actions/rounds.ts";
import { timeToMintMs } from "../../../../src/rotation/stages/regenerate/time.ts";
import { expectFailure } from "../../../support/failures.ts";
import { accepted, createRig, credential, type Rig } from "../rig.ts";
import { manyOf } from "./listed.ts";

/** A silent issuer's answer. */
const silent = {
  verdict: "unknown",
  error: new RotationError("ISSUER_UNAVAILABLE", "no answer"),
  final: false,
} as const;

/** Lets everything else go on, for so many turns of the event loop. */
async function pass(turns: number): Promise<void> {
  for (let passed = 0; passed < turns; passed += 1) await new Promise((resolve) => setImmediate(resolve));
}

/**
 * Heals of these secrets, which are of one client. `begun`: whose turns began, in order.
 * @param login the answer to the login of so many that came before
 */
async function healing(
  secretIds: readonly string[],
  login: (before: number, rig: Rig) => Promise<typeof accepted | typeof silent>,
  others: readonly string[] = [],
) {
  let logins = 0;
  const begun: string[] = [];
  const rig = createRig([], {}, { annotate: { outcome: "done" }, issuer: { login: () => login(logins++, rig) } });
  const many = manyOf(rig, [], (secretId) => {
    begun.push(secretId);
    const { vault } = rig.context.clients;
    const clientId = others.includes(secretId) ? secretId : "toy";
    const content = credential("S7", { clientId });
    const own = createRig([{ no: 7, stages: ["CURRENT", "LATEST"], content }]).context.clients.vault;
    const clients = { ...rig.context.clients, vault: { ...own, writeAnnotations: vault.writeAnnotations } };
    return { ...rig.context, secretId, clients: { ...clients, vaultWithin: () => clients.vault } };
  });
  const rounds = new Rounds(
    many,
    { failed: [], others: [...secretIds, ...others] },
    { name: "heal", task: { name: "HEAL" }, mints: false, whenRoom: null, limit: null },
  );
  await rounds.toTheEnd();
  return { begun, counts: rounds.counts, rig };
}

describe("secrets of one client", () => {
  test("that wait for another's turn do not begin before it ends", async () => {
    const { begun, counts } = await healing(["a", "b"], async (before) => {
      if (before === 0) await pass(30);
      return accepted;
    });
    expect(begun).toEqual(["a", "b", "b"]);
    expect(counts).toMatchObject({ fine: 2, busy: 0, remaining: 0 });
  });

  test("go behind those who have had no turn, once they have waited", async () => {
    const others = Array.from({ length: 2 * AT_ONCE }, (_, at) => `other-${at}`);
    const { begun, counts } = await healing(
      ["a", "b"],
      async (before) => {
        if (before === 0) await pass(5);
        return accepted;
      },
      others,
    );
    expect(begun.slice(0, 3)).toEqual(["a", "b", "other-0"]);
    expect(begun.lastIndexOf("b")).toBe(begun.length - 1);
    expect(counts).toMatchObject({ fine: 2 + others.length, remaining: 0 });
  });

  test("are left, not lost, if time ends while they wait", async () => {
    const { counts } = await healing(["a", "b", "c", "d"], async (_before, { clock }) => {
      await pass(30);
      clock.advance(270_000);
      return accepted;
    });
    expect(counts).toMatchObject({ fine: 1, remaining: 3 });
  });

  test("have their second turns one after the other too", async () => {
    let isAnswering = false;
    const { begun, counts } = await healing(["a", "b"], async (_before, { clock }) => {
      if (isAnswering) await pass(30);
      if (clock.monotonic() > 5_000 + 45_000) isAnswering = true;
      return isAnswering ? accepted : silent;
    });
    expect(counts).toMatchObject({ fine: 2, failed: 0, remaining: 0 });
    expect(begun.length).toBeGreaterThan(4);
  });
});

describe("before any rotation begins", () => {
  const needing = (moreMs: number) => {
    const rig = createRig();
    const many = manyOf(rig, []);
    // A login's look, the claim after it, and what a mint takes.
    const neededMs = 10_000 + 10_000 + timeToMintMs(rig.context);
    return { ...many, budget: { ...many.budget, remaining: () => neededMs + moreMs } };
  };

  test("there must be time for one, and the exact time is enough", () => {
    expect(() => requireTimeForOne(needing(0))).not.toThrow();
  });

  test("too little time is reported with how much is left and needed", async () => {
    const { settings } = createRig().context;
    const needed = 20 + timeToMintMs({ settings }) / 1000;
    await expectFailure(
      () => requireTimeForOne(needing(-1)),
      "DEADLINE_TOO_SHORT",
      `${needed - 1} s are left, and no rotation begins with less than ${needed} s`,
    );
  });
});
