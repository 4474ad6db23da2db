import { describe, expect, test } from "vitest";
import { type Budget, turnOf } from "../../../src/base/budget.ts";
import type { Credential } from "../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { type RunReport, run } from "../../../src/rotation/pipeline.ts";
import { claimTokenLifeSeconds } from "../../../src/rotation/stages/regenerate/time.ts";
import type { Task } from "../../../src/rotation/task.ts";
import { expectFailure, thrownBy } from "../../support/failures.ts";
import {
  accepted,
  BUDGET_MS,
  createRig,
  credential,
  current,
  failed,
  pending,
  rejected,
  said,
  type Written,
} from "./rig.ts";

const report = (): RunReport => ({ stages: [], rotationId: null });

describe("the token of CURRENT's login", () => {
  /** The life that a run of this task asks for; it ends before anything is changed. */
  async function asked(task: Task) {
    const lives: (number | null)[] = [];
    const login: Credential["login"] = async (seconds) => {
      lives.push(seconds ?? null);
      return accepted;
    };
    const preflight = async () => said("ISSUER_FORBIDDEN");
    const { context } = createRig([current], {}, { issuer: { login, preflight }, annotate: { outcome: "done" } });
    await run(context, task, report()).catch(() => undefined);
    return { lives, forClaim: claimTokenLifeSeconds(context) };
  }

  test.each<Task>([{ name: "CREATE_PENDING_VERSION" }, { name: "ROTATION" }])(
    "lives as long as a claim needs it in %o, which writes one",
    async (task) => {
      const { lives, forClaim } = await asked(task);
      expect(lives).toEqual([forClaim]);
    },
  );

  test.each<Task>([{ name: "VERIFY_CONNECTION" }, { name: "HEAL" }, { name: "PROMOTE_PENDING_VERSION", versionNo: 7 }])(
    "lives as long as the issuer pleases in %o",
    async (task) => {
      const { lives } = await asked(task);
      expect(lives).toEqual([null]);
    },
  );
});

test("a promote that fails until the time is over is named, with the last reason", async () => {
  const { context } = createRig(
    [current, pending],
    {},
    { issuer: { login: async () => accepted }, answer: failed("unknown") },
  );
  await expectFailure(
    () => run(context, { name: "PROMOTE_PENDING_VERSION", versionNo: 8 }, report()),
    "VAULT_UNAVAILABLE",
    "the version could not be promoted before the deadline (VAULT_UNAVAILABLE: said VAULT_UNAVAILABLE)",
  );
});

test("a run that comes to no end, although its time is never over, is ended as a defect", async () => {
  const endless: Budget = {
    remaining: () => 1_000_000,
    remainingInCall: () => 1_000_000,
    remainingUntilKilled: () => 1_000_000,
    callDeadline: () => Number.MAX_SAFE_INTEGER,
  };
  let logins = 0;
  const login = async (): Promise<Login> => {
    logins += 1;
    if (logins > 5_000) throw new Error("it goes on and on");
    return { verdict: "unknown", error: said("ISSUER_UNAVAILABLE"), final: false };
  };
  const { context } = createRig([current], {}, { issuer: { login } });
  await expectFailure(
    () => run({ ...context, budget: endless }, { name: "HEAL" }, report()),
    "INTERNAL",
    "the rotation did not come to an end",
  );
});

describe("in a heal of many, a secret whose turn is over", () => {
  /** A heal whose turn lasts so long, at an issuer whose logins each take a second. */
  function turn(ms: number, versions: readonly Written[], logins: Readonly<Record<string, Login>> = {}) {
    const asked: string[] = [];
    const rig = createRig(
      versions,
      {},
      {
        answer: { outcome: "done" },
        annotate: { outcome: "done" },
        issuer: {
          async login(this: Credential): Promise<Login> {
            const value = this.clientSecret.reveal();
            asked.push(value);
            rig.clock.advance(1_000);
            return logins[value] ?? accepted;
          },
        },
      },
    );
    const { context, clock, sent } = rig;
    const budget = turnOf(context.budget, clock, ms);
    return { asked, sent, go: () => run({ ...context, budget }, { name: "HEAL" }, report()) };
  }

  test("begins nothing more", async () => {
    const { asked, sent, go } = turn(0, [current]);
    await expectFailure(go, "DEADLINE_TOO_SHORT", "finding out what this secret needs takes longer than its turn");
    expect([asked, sent]).toEqual([[], []]);
  });

  test("asks nobody else once it is over", async () => {
    const { asked, go } = turn(500, [current, pending], { S8: rejected });
    await expectFailure(go, "DEADLINE_TOO_SHORT", "finding out what this secret needs takes longer than its turn");
    expect(asked).toEqual(["S8"]);
  });

  test("is finished if only the promote is left", async () => {
    const { asked, sent, go } = turn(500, [current, pending]);
    expect(await go()).toMatchObject({ code: "OK", versionNo: 8 });
    expect(asked).toEqual(["S8"]);
    expect(sent[0]?.slice(0, 2)).toEqual(["promote", 8]);
  });

  test("is not ended by that where the whole call has no time left", async () => {
    const rig = createRig([current], {}, { issuer: { login: async () => rejected } });
    rig.clock.advance(BUDGET_MS + 1_000);
    const thrown = await thrownBy(() => run(rig.context, { name: "HEAL" }, report()));
    expect(String(thrown)).not.toContain("its turn");
  });
});

test("the id of a rotation names the version that was CURRENT at its start, whoever replaces that meanwhile", async () => {
  const next: Written = { no: 8, stages: ["CURRENT", "LATEST"], content: credential("S8") };
  const rig = createRig(
    [current],
    {},
    {
      issuer: {
        async login(this: Credential): Promise<Login> {
          if (this.clientSecret.reveal() === "S8") return accepted;
          rig.vault.versions = [{ ...current, stages: ["PREVIOUS"] }, next];
          return { verdict: "unknown", error: said("ISSUER_UNAVAILABLE"), final: false };
        },
      },
    },
  );
  const made = report();
  expect(await run(rig.context, { name: "ROTATION" }, made)).toMatchObject({ code: "ALREADY_ROTATED", versionNo: 8 });
  expect(made.rotationId).toMatch(/-7$/);
});
