import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { thrownBy } from "../../../support/failures.ts";
import { accepted, current, pending, rejected, said } from "../rig.ts";
import { willing } from "../toy-issuer.ts";
import { HEAL, planned, ROTATION, unknown } from "./planned.ts";

describe("a plan whose verdict is not known", () => {
  test("waits, and says why the issuer gave none", async () => {
    const { plan, asked, slept } = await planned(HEAL, { logins: { S7: unknown("ISSUER_UNAVAILABLE") } });
    expect(plan).toMatchObject({
      ...{ state: "unknown", decision: { kind: "wait", until: "verdict" }, changes: false },
      ...{ next: "wait, and ask the issuer again", why: "said ISSUER_UNAVAILABLE", nextAction: null },
    });
    // A second look would bring the same.
    expect([asked, slept]).toEqual([["S7"], []]);
  });

  test("ends with what the run would end with, where asking again cannot help", async () => {
    const { plan } = await planned(HEAL, { logins: { S7: unknown("ISSUER_CONFIGURATION", true) } });
    expect(plan).toMatchObject({
      ...{ state: "unknown", decision: { kind: "fail", code: "ISSUER_CONFIGURATION" }, changes: false, next: "none" },
      ...{ why: "said ISSUER_CONFIGURATION", nextAction: said("ISSUER_CONFIGURATION").nextAction },
    });
  });

  test("names the login that brought none, not one that was accepted", async () => {
    const { plan } = await planned(ROTATION, {
      versions: [current, pending],
      logins: { S8: unknown("ISSUER_UNAVAILABLE") },
    });
    expect(plan).toMatchObject({ decision: { kind: "wait", until: "verdict" }, why: "said ISSUER_UNAVAILABLE" });
    expect(plan.current?.verdict).toBe("accepted");
  });

  test("says by the table's rule what it waits for where every login had a verdict", async () => {
    const young = { ...current, ageSeconds: 1 };
    const { plan } = await planned(HEAL, { versions: [young], logins: { S7: rejected } });
    expect(plan).toMatchObject({ decision: { kind: "wait", until: "verdict" }, changes: false });
    expect(plan.row).not.toBeNull();
    expect(plan.why).toMatch(/^CURRENT/);
  });
});

describe("a plan of a rotation", () => {
  test("names what is in the way at the issuer before anything is changed", async () => {
    const preflight = async () => said("ISSUER_FORBIDDEN");
    const { plan } = await planned(ROTATION, { issuer: { preflight } });
    expect(plan).toMatchObject({
      ...{ state: "healthy", decision: { kind: "fail", code: "ISSUER_FORBIDDEN" }, changes: false, next: "none" },
      ...{ why: "said ISSUER_FORBIDDEN", nextAction: said("ISSUER_FORBIDDEN").nextAction },
    });
  });

  test("goes on where nothing is in the way", async () => {
    const { plan } = await planned(ROTATION, { issuer: { preflight: async () => null } });
    expect(plan).toMatchObject({ decision: { kind: "prepare" }, changes: true, nextAction: null });
  });

  test("hides no defect of the question", async () => {
    const defect = new TypeError("a defect");
    const preflight = () => Promise.reject(defect);
    expect(await thrownBy(() => planned(ROTATION, { issuer: { preflight } }))).toBe(defect);
  });
});

describe("a refused CURRENT", () => {
  const capabilities = { readBack: "yes" } as const;
  const authorities = [willing("second")];
  const dead = { capabilities, authorities, logins: { S7: rejected } };

  test("is asked for twice before it counts as lost, a second apart", async () => {
    const { plan, asked, slept } = await planned(HEAL, { logins: { S7: rejected } });
    expect(plan).toMatchObject({ state: "locked-out", decision: { kind: "fail", code: "LOCKED_OUT" } });
    expect([asked, slept]).toEqual([["S7", "S7"], [1_000]]);
  });

  test("that is accepted at the second time is healthy", async () => {
    const { plan, asked } = await planned(HEAL, { logins: { S7: [rejected, accepted] } });
    expect(plan).toMatchObject({ state: "healthy", changes: false });
    expect(asked).toEqual(["S7", "S7"]);
  });

  test("is read back, and the value that was found is stored: by the rule that had it looked for", async () => {
    const readBack = async () => ({ outcome: "read", clientSecret: new Secret("S9") }) as const;
    const { plan, asked, requested } = await planned(HEAL, { ...dead, issuer: { readBack } });
    expect(plan).toMatchObject({ state: "down", decision: { kind: "store" }, changes: true, row: "L9" });
    expect(plan.next).toBe("store the client secret that works as a new version, and promote it");
    expect(asked).toContain("S9");
    expect(requested.at(-1)).toBe("read by second");
  });

  test("is asked for a new value where the issuer shows none", async () => {
    const readBack = async () => ({ outcome: "not-readable", isProofAlive: true }) as const;
    const { plan } = await planned(HEAL, { ...dead, issuer: { readBack } });
    expect(plan).toMatchObject({ state: "down", decision: { kind: "prepare" }, changes: true });
    expect(plan.row).not.toBe("L9");
  });

  test("waits where the issuer does not answer that question", async () => {
    const { plan } = await planned(HEAL, dead);
    expect(plan).toMatchObject({
      ...{ state: "down", decision: { kind: "wait", until: "verdict" }, changes: false, row: "L9" },
      next: "wait, and ask the issuer again",
    });
  });
});
