import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { planNext } from "../../../../src/rotation/plan/planning.ts";
import { expectFailure, thrownBy } from "../../../support/failures.ts";
import { accepted, createRig, credential, current, rejected, said, type Written } from "../rig.ts";

const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };

/** What a plan of a rollback is made in, by logins that end so; `later`: what the look of the rollback itself meets. */
function planning(versions: readonly Written[], login: Login = accepted, later?: unknown) {
  const { context, sent } = createRig(
    versions,
    {},
    {
      issuer: { login: async () => login },
      stateOf: (state, reads) => {
        if (reads > 1 && later !== undefined) throw later;
        return state;
      },
    },
  );
  return { sent, plan: () => planNext(context, { name: "ROLLBACK" }) };
}

describe("a plan of a rollback", () => {
  test("promotes PREVIOUS, which logs in", async () => {
    const { plan, sent } = planning([previous, current]);
    expect(await plan()).toMatchObject({
      ...{ state: "healthy", decision: { kind: "promote", versionNo: 6 }, changes: true },
      ...{ next: "make version 6 CURRENT", why: "the issuer accepts PREVIOUS", row: null, nextAction: null },
      current: { versionNo: 7, verdict: "accepted" },
    });
    expect(sent).toEqual([]);
  });

  test("changes nothing where PREVIOUS is refused, and says what to do instead", async () => {
    expect(await planning([previous, current], rejected).plan()).toMatchObject({
      ...{ decision: { kind: "fail", code: "ROLLBACK_REFUSED" }, changes: false, next: "none", row: null },
      why: "the issuer refuses the client secret in PREVIOUS",
      nextAction: new RotationError("ROLLBACK_REFUSED", "").nextAction,
    });
  });

  test("changes nothing where there is no PREVIOUS", async () => {
    const { why, changes } = await planning([current]).plan();
    expect([why, changes]).toEqual(["the secret has no PREVIOUS version", false]);
  });

  test("changes nothing where the issuer's verdict is not known", async () => {
    const login: Login = { verdict: "unknown", error: said("ISSUER_UNAVAILABLE"), final: false };
    expect(await planning([previous, current], login).plan()).toMatchObject({
      decision: { kind: "fail", code: "ISSUER_UNAVAILABLE" },
      changes: false,
      why: "said ISSUER_UNAVAILABLE",
    });
  });

  test.each(["VAULT_UNAVAILABLE", "VAULT_FORBIDDEN", "SECRET_NOT_FOUND", "INTERNAL"] as const)(
    "is none where the look at Vault ends with %s",
    async (code) => {
      const { plan } = planning([previous, current], accepted, said(code));
      await expectFailure(plan, code, `said ${code}`);
    },
  );

  test("is none where something was not foreseen", async () => {
    const defect = new TypeError("a defect");
    expect(await thrownBy(planning([previous, current], accepted, defect).plan)).toBe(defect);
  });
});
