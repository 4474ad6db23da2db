import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { type Plannable, planNext } from "../../../../src/rotation/plan/planning.ts";
import { thrownBy } from "../../../support/failures.ts";
import {
  accepted,
  claim,
  createRig,
  credential,
  current,
  pending,
  rejected,
  said,
  type Toys,
  type Written,
} from "../rig.ts";
import { willing } from "../toy-issuer.ts";

const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };
/** CURRENT that this product has stored. */
const own: Written = { ...current, name: "orot-7" };
/** We choose the value, and the issuer keeps two. */
const TWO = { valueChosenBy: "caller", overlap: "two-slot" } as const;
const unknown = (code: Parameters<typeof said>[0], final = false): Login => ({
  verdict: "unknown",
  error: said(code),
  final,
});

interface World extends Omit<Toys, "issuer"> {
  readonly versions?: readonly Written[];
  /** The issuer's verdicts, by value; those that are not named are accepted. A list: one after the other. */
  readonly logins?: Readonly<Record<string, Login | readonly Login[]>>;
  readonly issuer?: Toys["issuer"];
  readonly environment?: Readonly<Record<string, string>>;
}

/** A plan, and whose logins it took. */
async function planned(
  task: Plannable,
  { versions = [current], logins = {}, issuer, environment, ...toys }: World = {},
) {
  const asked: string[] = [];
  const rig = createRig(versions, environment, {
    ...toys,
    issuer: {
      ...issuer,
      async login(this: Credential): Promise<Login> {
        const value = this.clientSecret.reveal();
        const times = asked.filter((one) => one === value).length;
        asked.push(value);
        const verdicts = [logins[value] ?? accepted].flat() as Login[];
        return verdicts[Math.min(times, verdicts.length - 1)] ?? accepted;
      },
    },
  });
  const plan = await planNext(rig.context, task);
  expect(rig.sent).toEqual([]);
  return { plan, asked, slept: rig.clock.slept, requested: rig.requested };
}

const HEAL = { name: "HEAL" } as const;
const ROTATION = { name: "ROTATION" } as const;

describe("a plan whose verdict is not known", () => {
  test("waits, and says why the issuer gave none", async () => {
    const { plan } = await planned(HEAL, { logins: { S7: unknown("ISSUER_UNAVAILABLE") } });
    expect(plan).toMatchObject({
      ...{ state: "unknown", decision: { kind: "wait", until: "verdict" }, changes: false },
      ...{ next: "wait, and ask the issuer again", why: "said ISSUER_UNAVAILABLE", nextAction: null },
    });
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

describe("besides what the decision needs, a plan", () => {
  test("asks for CURRENT once, and not again where it was asked", async () => {
    const { asked } = await planned(HEAL, { versions: [previous, own], capabilities: TWO });
    expect(asked).toEqual(["S7", "S6"]);
  });

  test("asks for PREVIOUS only where there is one that can be understood", async () => {
    const odd = await planned(HEAL, {
      versions: [{ ...previous, content: "not json" }, own],
      capabilities: TWO,
    });
    expect(odd.asked).toEqual(["S7"]);
    expect(odd.plan.previous).toBeNull();
    expect((await planned(HEAL)).plan.previous).toBeNull();
  });

  test("shows PREVIOUS with the issuer's verdict, if it holds another value", async () => {
    const both = { versions: [previous, own], capabilities: TWO };
    const { plan } = await planned(HEAL, both);
    expect(plan.previous).toEqual({ versionNo: 6, verdict: "accepted" });
    const dead = await planned(HEAL, { ...both, logins: { S6: rejected } });
    expect(dead.plan.previous).toEqual({ versionNo: 6, verdict: "rejected" });
    const same = await planned(HEAL, {
      versions: [{ ...previous, content: credential("S7") }, own],
      capabilities: TWO,
    });
    expect(same.plan.previous).toBeNull();
  });

  test("does not ask for a CURRENT that cannot be understood, and calls it unusable", async () => {
    const { plan, asked } = await planned(HEAL, { versions: [{ ...current, content: "not json" }] });
    expect(plan).toMatchObject({ state: "unusable", decision: { kind: "fail", code: "CONTENT_INVALID" } });
    expect(asked).toEqual([]);
    expect(plan.nextAction).toBe(said("CONTENT_INVALID").nextAction);
  });

  test("shows the claim that it saw", async () => {
    const { plan } = await planned(HEAL, {
      versions: [current, { no: 8, stages: ["PENDING", "LATEST"], content: claim("S7"), ageSeconds: 5 }],
    });
    expect(plan).toMatchObject({ state: "busy", claim: { versionNo: 8, callId: "another", isLive: true } });
    expect((await planned(HEAL)).plan).toMatchObject({ claim: null, lease: null });
  });
});

describe("while Vault is between two states", () => {
  const updating =
    (until: number): NonNullable<Toys["stateOf"]> =>
    (state, reads) =>
      reads <= until ? { ...state, lifecycle: "UPDATING" } : state;

  test("a plan looks four times, a second apart, and then knows nothing of the versions", async () => {
    const { plan, slept, asked } = await planned(HEAL, { stateOf: updating(100) });
    expect(plan).toMatchObject({
      ...{ state: "updating", decision: { kind: "wait", until: "active" }, changes: false, snapshot: null },
      ...{ current: null, pending: null, previous: null, graceEndsAt: null, claim: null, lease: null },
    });
    expect([slept, asked]).toEqual([[1_000, 1_000, 1_000], []]);
  });

  test("a plan goes on with the look that shows them", async () => {
    const { plan, slept } = await planned(HEAL, { stateOf: updating(3) });
    expect(plan).toMatchObject({ state: "healthy", current: { versionNo: 7, verdict: "accepted" } });
    expect(slept).toHaveLength(3);
  });
});

test("a retirement at an issuer that keeps one value has nothing to do, and says why", async () => {
  const { plan } = await planned({ name: "RETIRE" });
  expect(plan).toMatchObject({
    ...{ state: "healthy", decision: { kind: "done", code: "NOTHING_TO_DO", versionNo: 7 }, changes: false },
    ...{ why: "the issuer keeps only one value", row: null, nextAction: null },
  });
});

test("an overlap that is due takes a lease first, and says what for", async () => {
  const { plan } = await planned(HEAL, {
    versions: [previous, own],
    capabilities: TWO,
    environment: { OROT_GRACE_HOURS: "0" },
  });
  expect(plan).toMatchObject({ state: "overlap-due", decision: { kind: "take-lease" }, changes: true });
  expect(plan.next).toContain("delete the client secret of version 6");
});
