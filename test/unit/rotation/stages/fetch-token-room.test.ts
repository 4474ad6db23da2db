import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { tokenKey } from "../../../../src/clients/http/token-cache.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import type { VersionList } from "../../../../src/clients/vault/store.ts";
import { checkRoom, requireRoom, tokenOfCurrent } from "../../../../src/rotation/stages/fetch-token.ts";
import { expectFailure } from "../../../support/failures.ts";
import { BUDGET_MS, createRig, toyCredential } from "../rig.ts";

function listWith(free: number): VersionList {
  const versions = Array.from({ length: 30 - free }, (_, index) => ({
    versionNo: 30 - index,
    name: null,
    versionStages: ["DEPRECATED"] as const,
    createdAt: 0,
    isBeingDeleted: false,
  }));
  return { versions, asOf: 0 };
}

/** A tidying that schedules this many deletions. */
function tidying(scheduled: number) {
  const calls: string[] = [];
  return { calls, tidy: async () => calls.push("tidy") && scheduled };
}

describe("room for a rotation", () => {
  test.each([
    [30, 0],
    [6, 0],
    [5, 1],
    [4, 1],
  ])("is there with %i slots free; below six it is tidied first", async (free, times) => {
    const { context, log } = createRig([]);
    const { calls, tidy } = tidying(0);
    expect(await checkRoom(context, listWith(free), tidy)).toBe(true);
    expect(calls).toHaveLength(times);
    const warnings = times === 0 ? [] : [expect.objectContaining({ level: "warn", event: "version-slots-low", free })];
    expect(log).toEqual(warnings);
  });

  test("is looked at again once tidying has scheduled something", async () => {
    const { context, log } = createRig([]);
    expect(await checkRoom(context, listWith(5), tidying(1).tidy)).toBe(false);
    expect(log).toEqual([]);
  });

  test.each([
    [3, 4],
    [0, 3],
    [2, 3],
  ])("is not there with %i slots free if %i are needed", async (free, needed) => {
    const { context } = createRig([]);
    const what = `the secret has ${free} of 30 version slots free, and a rotation needs ${needed}`;
    const check = async () => requireRoom(context, listWith(free), needed);
    expect((await expectFailure(check, "NO_VERSION_SLOTS")).message).toBe(what);
  });

  test("is enough with as many slots as are needed, with a warning that they are few", () => {
    const { context, log } = createRig([]);
    requireRoom(context, listWith(3), 3);
    expect(log).toMatchObject([{ level: "warn", event: "version-slots-low", free: 3 }]);
  });

  test("is not made if the time does not suffice", async () => {
    const { context, clock } = createRig([]);
    const { calls, tidy } = tidying(1);
    clock.advance(BUDGET_MS - 59_999);
    await expectFailure(() => checkRoom(context, listWith(0), tidy), "DEADLINE_TOO_SHORT");
    expect(calls).toEqual([]);
  });
});

describe("the token that regenerates", () => {
  const accepted = (expiresAt: number): Login => ({
    verdict: "accepted",
    token: { value: new Secret("fresh"), expiresAt },
  });

  function setUp(login: Login, environment = {}) {
    const asked: (number | null)[] = [];
    const rig = createRig([], environment, {
      issuer: {
        async login(tokenLifeSeconds) {
          asked.push(tokenLifeSeconds);
          return login;
        },
      },
    });
    const { context, clock } = rig;
    const credential = toyCredential(rig);
    const fetch = (list = listWith(30), scheduled = 0) =>
      tokenOfCurrent(context, { credential, versionNo: 7 }, 3_600, list, tidying(scheduled).tidy);
    const put = (versionNo: number, expiresAt: number) =>
      context.tokens.put(tokenKey(context.secretId, versionNo, credential.tokenEndpoint.scope), {
        value: new Secret("cached"),
        expiresAt,
      });
    return { clock, asked, fetch, put };
  }

  test("is that of CURRENT's login as long as it lives for more than the margin", async () => {
    const { clock, asked, fetch, put } = setUp(accepted(Number.MAX_SAFE_INTEGER), { OROT_TOKEN_MARGIN_SECONDS: "20" });
    put(7, clock.monotonic() + 20_001);
    expect((await fetch())?.value.reveal()).toBe("cached");
    clock.advance(1);
    expect((await fetch())?.value.reveal()).toBe("fresh");
    expect(asked).toEqual([3_600]);
  });

  test("of another version does not count", async () => {
    const { fetch, put } = setUp(accepted(Number.MAX_SAFE_INTEGER));
    put(8, Number.MAX_SAFE_INTEGER);
    expect((await fetch())?.value.reveal()).toBe("fresh");
  });

  test("is not asked for if Vault must be looked at again", async () => {
    const { fetch, asked } = setUp(accepted(Number.MAX_SAFE_INTEGER));
    expect(await fetch(listWith(5), 1)).toBeNull();
    expect(asked).toEqual([]);
  });

  test("needs four slots for the versions to come", async () => {
    const { fetch } = setUp(accepted(Number.MAX_SAFE_INTEGER));
    expect(await fetch(listWith(4))).not.toBeNull();
    await expectFailure(() => fetch(listWith(3)), "NO_VERSION_SLOTS", "needs 4");
  });

  test("that the issuer refuses after it has accepted CURRENT is no verdict", async () => {
    const { fetch } = setUp({ verdict: "rejected" });
    const failure = await expectFailure(fetch, "VERDICT_UNKNOWN");
    expect(failure.message).toBe("the issuer refused CURRENT right after it had accepted it");
  });

  test("that the issuer no longer gives to a client which it knows is a matter of its configuration", async () => {
    const { fetch } = setUp({ verdict: "accepted", token: null });
    const failure = await expectFailure(fetch, "ISSUER_CONFIGURATION");
    expect(failure.message).toBe("the issuer gives this client no token any more");
  });

  test("that cannot be had says why", async () => {
    const error = new RotationError("ISSUER_UNAVAILABLE", "no answer");
    const { fetch } = setUp({ verdict: "unknown", error, final: false });
    await expectFailure(fetch, "ISSUER_UNAVAILABLE", "no answer");
  });
});
