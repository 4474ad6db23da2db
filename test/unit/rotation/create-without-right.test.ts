import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import type { Authority, Traits } from "../../../src/clients/issuers/issuer.ts";
import { grantFor, nextGrant, requireAnotherAuthority, speaksForItself } from "../../../src/rotation/authorities.ts";
import type { Invocation } from "../../../src/rotation/invocation.ts";
import { createMemory, type Memory } from "../../../src/rotation/memory.ts";
import { observe } from "../../../src/rotation/observe/observe.ts";
import { expectFailure } from "../../support/failures.ts";
import { heldToken } from "../../support/held.ts";
import { current, setUp, shown, willing } from "./authorities-rig.ts";
import { createRig } from "./rig.ts";

describe("a client that may not ask for a new secret of its own", () => {
  const traits: Traits = {
    valueChosenBy: "issuer",
    readBack: "no",
    overlap: "none",
    authorities: ["other-client"],
    repeatMint: "last-wins",
  };

  test("has no token to ask by, only second authorities", async () => {
    const rig = createRig([current], {}, () => traits);
    const memory = createMemory(null);
    const seen = await observe(rig.invocation, memory, true, null);
    if (seen === null) throw new Error("the secret is UPDATING");
    memory.token = heldToken("own", Number.MAX_SAFE_INTEGER);
    expect(speaksForItself(memory, seen)).toBe(false);
    expect(nextGrant(rig.invocation, memory, seen)).toBeNull();
    memory.authorities = [willing("first")];
    expect(shown(nextGrant(rig.invocation, memory, seen))).toBe("authority first");
  });

  test("is told by CURRENT's content: until that is understood every client counts as one that may", async () => {
    const { memory, seen } = await setUp();
    expect(speaksForItself(memory, seen)).toBe(true);
    memory.contents.clear();
    expect(speaksForItself(memory, seen)).toBe(true);
    memory.contents.set(1, {
      kind: "unknown",
      problem: new RotationError("CONTENT_INVALID", "not JSON"),
      isReserved: false,
      bare: null,
    });
    expect(speaksForItself(memory, seen)).toBe(true);
  });
});

describe("a refusal of the client's own token although its secret is good", () => {
  const forbidden = new RotationError("ISSUER_FORBIDDEN", "no right to its own secret");
  async function refused(
    refusal: RotationError,
    authorities: readonly Authority[],
    known: Memory["authorities"] = null,
  ) {
    const { rig, memory } = await setUp();
    const asked: string[] = [];
    const invocation: Invocation = {
      ...rig.invocation,
      clients: {
        ...rig.invocation.clients,
        issuers: {
          ...rig.invocation.clients.issuers,
          authoritiesFor: async () => {
            asked.push("list");
            return authorities;
          },
        },
      },
    };
    memory.authorities = known;
    const [version] = memory.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    const require = () => requireAnotherAuthority(invocation, memory, version.credential, refusal);
    return { require, asked, memory };
  }

  test("for want of a right leaves it to another authority, which is looked up once", async () => {
    const first = willing("first");
    const { require, asked, memory } = await refused(forbidden, [first]);
    await require();
    await require();
    expect(asked).toEqual(["list"]);
    expect(memory.authorities).toEqual([first]);
  });

  test("for want of a right ends the call where nobody else is left", async () => {
    const { require } = await refused(forbidden, []);
    await expectFailure(require, "ISSUER_FORBIDDEN", "no right to its own secret");
    const spent = await refused(forbidden, [willing("first")], []);
    await expectFailure(spent.require, "ISSUER_FORBIDDEN");
    expect(spent.asked).toEqual([]);
  });

  test("for any other reason ends the call: the next one gets a new token", async () => {
    const { require, asked } = await refused(new RotationError("ISSUER_UNAVAILABLE", "401"), [willing("first")]);
    await expectFailure(require, "ISSUER_UNAVAILABLE", "401");
    expect(asked).toEqual([]);
  });
});

describe("whoever may change the client's secret", () => {
  async function granted(authorities: readonly Authority[]) {
    const { rig, memory, seen } = await setUp();
    const asked: string[] = [];
    const invocation: Invocation = {
      ...rig.invocation,
      clients: {
        ...rig.invocation.clients,
        issuers: {
          ...rig.invocation.clients.issuers,
          authoritiesFor: async () => {
            asked.push("list");
            return authorities;
          },
        },
      },
    };
    const [version] = memory.contents.values();
    if (version === undefined || version.kind === "unknown") throw new Error("not read");
    return { memory, asked, grant: () => grantFor(invocation, memory, seen, version.credential) };
  }

  test("is the client itself while a token of its own lives; nobody else is looked up then", async () => {
    const { memory, asked, grant } = await granted([willing("first")]);
    memory.token = heldToken("own", Number.MAX_SAFE_INTEGER);
    expect(shown(await grant())).toBe("token own");
    expect([asked, memory.authorities]).toEqual([[], null]);
  });

  test("is else the first authority, looked up once", async () => {
    const { memory, asked, grant } = await granted([willing("first"), willing("second")]);
    expect(shown(await grant())).toBe("authority first");
    expect(shown(await grant())).toBe("authority first");
    expect(asked).toEqual(["list"]);
    expect(memory.authorities).toHaveLength(2);
  });

  test("is nobody where none is left, and the answer says what to configure", async () => {
    const { memory, asked, grant } = await granted([]);
    const failure = await expectFailure(grant, "ISSUER_FORBIDDEN");
    expect([failure.message, failure.nextAction]).toEqual([
      "this client may not change its own secret at the issuer, and no second authority that logs in is configured",
      "name a client that may in OROT_AUTHORITY_SECRET_IDS",
    ]);
    memory.authorities = [];
    await expectFailure(grant, "ISSUER_FORBIDDEN");
    expect(asked).toEqual(["list"]);
  });
});
