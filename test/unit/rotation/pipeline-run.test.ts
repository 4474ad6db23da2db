import { describe, expect, test } from "vitest";
import type { Budget } from "../../../src/base/budget.ts";
import type { Credential } from "../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../src/clients/issuers/verdict.ts";
import { type RunReport, run } from "../../../src/rotation/pipeline.ts";
import { claimTokenLifeSeconds } from "../../../src/rotation/stages/regenerate/time.ts";
import type { Task } from "../../../src/rotation/task.ts";
import { expectFailure } from "../../support/failures.ts";
import { accepted, createRig, current, failed, pending, said } from "./rig.ts";

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
