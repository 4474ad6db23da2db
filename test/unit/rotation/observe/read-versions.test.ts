import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { clientTag } from "../../../../src/clients/issuers/client.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import {
  listVersions,
  logInVersion,
  readCredentialOf,
  requireTaggedNow,
} from "../../../../src/rotation/observe/read-versions.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import { accepted, BUDGET_MS, claim, createRig, current, rejected, toyCredential, withVault } from "../rig.ts";

/** The delays of a policy that begins with a second, each up to a quarter longer. */
function expectDelays(slept: readonly number[], ...least: readonly number[]) {
  expect(slept).toHaveLength(least.length);
  for (const [at, ms] of least.entries()) {
    expect(slept[at]).toBeGreaterThanOrEqual(ms);
    expect(slept[at]).toBeLessThan(ms * 1.25);
  }
}

describe("the list for an action", () => {
  /** A Vault that lists nothing for so many times. */
  function updating(times: number) {
    const rig = createRig();
    let asked = 0;
    const { listVersions: list } = rig.context.clients.vault;
    const context = withVault(rig.context, { listVersions: async () => (++asked > times ? list() : null) });
    return { ...rig, list: () => listVersions(context), count: () => asked };
  }

  test("is taken at once if Vault gives it", async () => {
    const { list, clock } = updating(0);
    expect((await list()).versions.map(({ versionNo }) => versionNo)).toEqual([7]);
    expect(clock.slept).toEqual([]);
  });

  test("is asked for again, ever later, while the secret is UPDATING", async () => {
    const { list, clock } = updating(2);
    expect((await list()).versions).toHaveLength(1);
    expectDelays(clock.slept, 1_000, 2_000);
  });

  test("is given up after three tries", async () => {
    const { list, count } = updating(3);
    await expectFailure(list, "VAULT_UNAVAILABLE", "the secret is UPDATING, and Vault does not list its versions");
    expect(count()).toBe(3);
  });
});

test("a version's credential is that of its content, a claim's included; content with an unknown mark has none", async () => {
  const { context } = createRig([
    current,
    { no: 8, stages: ["PENDING"], content: claim("S7") },
    { no: 9, stages: ["DEPRECATED"], content: claim("S7", { v: 9 }) },
  ]);
  const read = async (versionNo: number) => {
    const found = await readCredentialOf(context, versionNo);
    return found && { value: found.credential.clientSecret.reveal(), isClaim: found.isClaim };
  };
  expect(await read(7)).toEqual({ value: "S7", isClaim: false });
  expect(await read(8)).toEqual({ value: "S7", isClaim: true });
  expect(await read(9)).toBeNull();
});

describe("the binding tag", () => {
  const bound = { OROT_BINDING_TAG: "rotation.client" };
  const check = (environment: Readonly<Record<string, string>>, client: string) => {
    const rig = createRig([current], environment);
    rig.vault.definedTags = { rotation: { client } };
    return { asked: rig.asked, go: () => requireTaggedNow(rig.context, toyCredential(rig)) };
  };

  test("is read when it is asked for, and must name the client", async () => {
    const right = check(bound, clientTag(toyClient));
    await right.go();
    expect(right.asked).toEqual(["read-secret"]);
    await expectFailure(check(bound, "another").go, "CLIENT_NOT_BOUND");
  });

  test("costs no read unless it is set", async () => {
    const { go, asked } = check({}, "another");
    await go();
    expect(asked).toEqual([]);
  });
});

describe("the login of an action", () => {
  const unknown = (final: boolean): Login => {
    return { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer"), final };
  };

  function loggingIn(logins: readonly Login[], leftMs = BUDGET_MS) {
    const asked: unknown[] = [];
    const login = async (tokenLife: number | null) => logins[asked.push(tokenLife) - 1] ?? rejected;
    const rig = createRig([current], {}, { issuer: { login } });
    rig.clock.advance(BUDGET_MS - leftMs);
    return { asked, clock: rig.clock, go: () => logInVersion(rig.context, toyCredential(rig)) };
  }

  test.each([accepted, rejected, unknown(true)])("is sent once if the verdict stays as it is: %#", async (login) => {
    const { go, asked, clock } = loggingIn([login]);
    expect(await go()).toBe(login);
    expect([asked, clock.slept]).toEqual([[null], []]);
  });

  test("is sent again, ever later, while the verdict is unknown, and at most three times", async () => {
    const helped = loggingIn([unknown(false), unknown(false), accepted]);
    expect(await helped.go()).toBe(accepted);
    expectDelays(helped.clock.slept, 1_000, 2_000);
    const mute = loggingIn([unknown(false), unknown(false), unknown(false), accepted]);
    expect((await mute.go()).verdict).toBe("unknown");
    expect(mute.asked).toHaveLength(3);
  });

  test("is not sent again without the time to wait for it", async () => {
    const { go, asked, clock } = loggingIn([unknown(false), accepted], 1_000);
    expect((await go()).verdict).toBe("unknown");
    expect([asked, clock.slept]).toEqual([[null], []]);
  });
});
