import { describe, expect, test } from "vitest";
import {
  furtherIssuers,
  judgeAdopted,
  judgeDemo,
  judgeHealed,
  judgeMirrored,
  judgeNotified,
} from "../../../../scripts/judges/demo.ts";
import type { Judge } from "../../../../scripts/judges/judge.ts";
import { expectRefusals, having } from "./corrupt.ts";

const steps = ["VERIFY_CONNECTION", "CREATE_PENDING_VERSION", "UPDATE_TARGET_SYSTEM", "PROMOTE_PENDING_VERSION"].map(
  (step) => ({ step, responseCode: 200 }),
);
const rotated = { ok: true, steps, oldSecret: "rejected", newSecret: "accepted" };
const demo = { ...rotated, remoteCalls: 21 };

describe("the demo", () => {
  test("must show every figure", () => {
    expectRefusals(judgeDemo, demo);
  });

  test.each([
    ["a call more than it needs", "remoteCalls", 22],
    ["a call less, as if it had left something out", "remoteCalls", 20],
    ["no call at all", "remoteCalls", 0],
    ["a step that failed", "steps.2.responseCode", 503],
    ["another step", "steps.0.step", "PROMOTE_PENDING_VERSION"],
    ["three steps", "steps", steps.slice(1)],
    ["five steps", "steps", [...steps, ...steps.slice(0, 1)]],
    ["an old secret that still works", "oldSecret", "accepted"],
    ["a new secret that nobody could ask about", "newSecret", "unknown"],
    ["a bad end", "ok", false],
  ])("is refused with %s", (_, path, value) => {
    expect(judgeDemo({ stdout: having(demo, path, value) })).toContain(path);
  });
});

describe("the demo with a fault", () => {
  const healed = {
    ...{ ok: true, newSecret: "accepted", oldSecret: "rejected", healed: true, struck: true },
    heal: { responseCode: 200, code: "OK" },
  };

  test("must show every figure", () => {
    expectRefusals(judgeHealed, healed);
  });

  test("is refused where the fault never struck: nothing was made good then", () => {
    expect(judgeHealed({ stdout: having(healed, "struck", false) })).toContain("struck is false");
  });

  test.each([
    ["heal.responseCode", 503],
    ["heal.code", "CLAIM_LIVE"],
    ["healed", false],
    ["newSecret", "rejected"],
  ])("is refused with a %s of %s", (path, value) => {
    expect(judgeHealed({ stdout: having(healed, path, value) })).toContain(path);
  });

  test("takes a rotation that made the fault good by itself", () => {
    expect(judgeHealed({ stdout: having(healed, "heal.code", "NOTHING_TO_DO") })).toBeNull();
  });
});

describe("the demo elsewhere", () => {
  const retire = { responseCode: 200, code: "OK" };
  const lines: Readonly<Record<string, object>> = {
    uaa: { ...rotated, remoteCalls: 21, issuer: "uaa", overlapSecret: "accepted", retire: { responseCode: 200 } },
    keycloak: {
      ...{ ...rotated, remoteCalls: 21, issuer: "keycloak", overlapSecret: "accepted", oldSecret: "accepted" },
      ...{ oldSecretUntil: "2026-12-01T02:11:40.000Z", expiredSecret: "rejected" },
    },
    "edfi-cms": { ...rotated, remoteCalls: 25, issuer: "edfi-cms" },
  };
  const judgeAt = (issuer: string): Judge => {
    const found = furtherIssuers.find((known) => known.issuer === issuer);
    if (found === undefined) throw new Error(issuer);
    return found.judge;
  };

  test("is shown at each further issuer", () => {
    expect(furtherIssuers.map(({ issuer }) => issuer)).toEqual(["uaa", "keycloak", "edfi-cms"]);
  });

  test.each(Object.entries(lines))("must show every figure: %s", (issuer, line) => {
    expectRefusals(judgeAt(issuer), line);
  });

  test.each([
    ["uaa", "overlapSecret", "rejected"],
    ["uaa", "oldSecret", "accepted"],
    ["uaa", "retire", { ...retire, responseCode: 409 }],
    ["uaa", "remoteCalls", 3],
    ["uaa", "remoteCalls", 40],
    ["keycloak", "expiredSecret", "accepted"],
    ["keycloak", "oldSecret", "rejected"],
    ["edfi-cms", "oldSecret", "accepted"],
    ["edfi-cms", "overlapSecret", "accepted"],
    ["edfi-cms", "issuer", "uaa"],
  ])("is refused at %s with a %s of %j", (issuer, path, value) => {
    expect(judgeAt(issuer)({ stdout: having(lines[issuer] ?? {}, path, value) })).toContain(path);
  });
});

describe("the demo with notifications", () => {
  const notified = {
    ...rotated,
    webhooks: [{ verified: true, id: "ocid1:3:1", versionNo: 3 }],
    mails: [{ to: "ops@example.org", subject: "rotated" }],
  };

  test("must show a webhook with a right signature, and a mail", () => {
    expectRefusals(judgeNotified, notified);
    const two = [{ ...notified.webhooks[0] }, { ...notified.webhooks[0], verified: false }];
    expect(judgeNotified({ stdout: having(notified, "webhooks", two) })).toContain("webhooks.1.verified");
  });
});

describe("the demo of adoption", () => {
  const at = (issuer: string, adopted: number) => ({ issuer, listed: 30, adopted, accepted: adopted });
  const line = {
    ok: true,
    adopt: {
      issuers: [at("keycloak", 26), at("uaa", 29), at("edfi-cms", 29)],
      ...{ rotated: 84, opened: true, unknownSecret: "rejected", oldSecret: "accepted" },
      ...{ retiredSecret: "rejected", refusals: 0 },
    },
  };

  test("must show every figure", () => {
    expectRefusals(judgeAdopted, line);
  });

  test.each([
    ["adopt.issuers.0.adopted", 25],
    ["adopt.issuers.1.accepted", 28],
    ["adopt.issuers.2.listed", 29],
    ["adopt.issuers.1.issuer", "keycloak"],
    ["adopt.rotated", 83],
    ["adopt.opened", false],
    ["adopt.unknownSecret", "accepted"],
    ["adopt.oldSecret", "rejected"],
    ["adopt.retiredSecret", "accepted"],
    ["adopt.refusals", 1],
    ["ok", false],
  ])("is refused with %s %j", (path, value) => {
    expect(judgeAdopted({ stdout: having(line, path, value) })).toContain(path);
  });
});

describe("the demo of the mirror", () => {
  const line = {
    ok: true,
    mirror: {
      ...{ secrets: 11, manifestVersion: 3, setsServed: 2, setInForce: 2, callbacks: [200], fetches: 2 },
      ...{ tokenRequests: 1, problems: [] },
    },
  };

  test("must show every figure", () => {
    expectRefusals(judgeMirrored, line);
  });

  test.each([
    ["mirror.setsServed", 3],
    ["mirror.setsServed", 1],
    ["mirror.callbacks", [200, 500]],
    ["mirror.problems", ["torn"]],
    ["mirror.secrets", 0],
  ])("is refused with a %s of %j", (path, value) => {
    expect(judgeMirrored({ stdout: having(line, path, value) })).toContain("mirror");
  });
});
