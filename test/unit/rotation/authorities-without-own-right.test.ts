import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import type { Authority } from "../../../src/clients/issuers/issuer.ts";
import type { Attempt } from "../../../src/rotation/attempt/attempt.ts";
import {
  nextRequester,
  requesterFor,
  requireAnotherAuthority,
  speaksForItself,
} from "../../../src/rotation/authorities.ts";
import { expectFailure } from "../../support/failures.ts";
import { heldToken } from "../../support/held.ts";
import { startRun } from "./rig.ts";
import { shown, willing } from "./toy-issuer.ts";

describe("a client that may not ask for its own new secret", () => {
  test("has no token to ask by, only second authorities", async () => {
    const { context, attempt, seen } = await startRun({ capabilities: { authorities: ["other-client"] } });
    expect(speaksForItself(attempt.read, seen)).toBe(false);
    expect(nextRequester({ context, attempt, snapshot: seen })).toBeNull();
    attempt.authorities.others = [willing("first")];
    expect(shown(nextRequester({ context, attempt, snapshot: seen }))).toBe("authority first");
  });

  test("follows from CURRENT's content: until that is understood, every client counts as one that may", async () => {
    const { attempt, seen } = await startRun();
    expect(speaksForItself(attempt.read, seen)).toBe(true);
    attempt.read.contents.clear();
    expect(speaksForItself(attempt.read, seen)).toBe(true);
    attempt.read.contents.set(7, {
      kind: "unknown",
      problem: new RotationError("CONTENT_INVALID", "not JSON"),
      isReserved: false,
      bare: null,
    });
    expect(speaksForItself(attempt.read, seen)).toBe(true);
  });
});

describe("a refusal of the client's own token although its secret is good", () => {
  const forbidden = new RotationError("ISSUER_FORBIDDEN", "no right to its own secret");
  async function refused(
    refusal: RotationError,
    authorities: readonly Authority[],
    known: Attempt["authorities"]["others"] = null,
  ) {
    const { context, attempt, requested } = await startRun({ authorities, token: null });
    attempt.authorities.others = known;
    const [version] = attempt.read.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    const require = () => requireAnotherAuthority({ context, attempt }, version.credential, refusal);
    return { require, requested, attempt };
  }

  test("for want of a right leaves it to another authority, which is looked up once", async () => {
    const { require, requested, attempt } = await refused(forbidden, [willing("first")]);
    await require();
    await require();
    expect(requested).toEqual(["authorities"]);
    expect(attempt.authorities.others).toMatchObject([{ name: "first" }]);
  });

  test("for want of a right ends the call if no other authority is left", async () => {
    const { require } = await refused(forbidden, []);
    await expectFailure(require, "ISSUER_FORBIDDEN", "no right to its own secret");
    const spent = await refused(forbidden, [willing("first")], []);
    await expectFailure(spent.require, "ISSUER_FORBIDDEN");
    expect(spent.requested).toEqual([]);
  });

  test("for any other reason ends the call: the next one gets a new token", async () => {
    const { require, requested } = await refused(new RotationError("ISSUER_UNAVAILABLE", "401"), [willing("first")]);
    await expectFailure(require, "ISSUER_UNAVAILABLE", "401");
    expect(requested).toEqual([]);
  });
});

describe("the authority that may change the client's secret", () => {
  async function granted(authorities: readonly Authority[]) {
    const { context, attempt, requested, seen } = await startRun({ authorities, token: null });
    const [version] = attempt.read.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    return {
      attempt,
      requested,
      requester: () => requesterFor({ context, attempt, snapshot: seen }, version.credential),
    };
  }

  test("is the client itself while its own token lives; no other is looked up then", async () => {
    const { attempt, requested, requester } = await granted([willing("first")]);
    attempt.authorities.token = heldToken("own", Number.MAX_SAFE_INTEGER);
    expect(shown(await requester())).toBe("token own");
    expect([requested, attempt.authorities.others]).toEqual([[], null]);
  });

  test("is else the first authority, looked up once", async () => {
    const { attempt, requested, requester } = await granted([willing("first"), willing("second")]);
    expect(shown(await requester())).toBe("authority first");
    expect(shown(await requester())).toBe("authority first");
    expect(requested).toEqual(["authorities"]);
    expect(attempt.authorities.others).toHaveLength(2);
  });

  test("is absent if none is left, and the answer says what to configure", async () => {
    const { attempt, requested, requester } = await granted([]);
    const failure = await expectFailure(requester, "ISSUER_FORBIDDEN");
    expect([failure.message, failure.nextAction]).toEqual([
      "this client may not change its own secret at the issuer, and no second authority that logs in is configured",
      "name a client that may in OROT_AUTHORITY_SECRET_IDS",
    ]);
    attempt.authorities.others = [];
    await expectFailure(requester, "ISSUER_FORBIDDEN");
    expect(requested).toEqual(["authorities"]);
  });
});
