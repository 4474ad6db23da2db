import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { IssuerAlias } from "../../../../src/clients/issuers/client.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { createCallsInTurn, createClientTurns } from "../../../../src/rotation/actions/client-turns.ts";
import { expectFailure } from "../../../support/failures.ts";
import { accepted, createRig, credential } from "../rig.ts";

/** Runs that log in for their secrets: each content names one client of the toy issuer. */
function running(issuerAliases: IssuerAlias[] | null = null) {
  const turns = createClientTurns();
  const lives: (number | null)[] = [];
  const { context } = createRig(
    [],
    {},
    {
      issuer: {
        async login(seconds) {
          lives.push(seconds);
          return accepted;
        },
      },
    },
  );
  const logIn = (secretId: string, clientId = "toy") => {
    const content = parseContent(new Secret(JSON.stringify(credential("S1", { clientId }))));
    return turns
      .taking({ ...context, settings: { ...context.settings, issuerAliases }, secretId })
      .clients.issuers.open(content)
      .login(60);
  };
  return { turns, lives, logIn };
}

describe("two secrets of one client", () => {
  test("are not served at once: the second run ends before anything is sent, and says whom it met", async () => {
    const { turns, lives, logIn } = running();
    expect(await logIn("one")).toBe(accepted);
    await expectFailure(() => logIn("two"), "CLAIM_LIVE", "another secret of the same client has its turn");
    expect(lives).toEqual([60]);
    expect([turns.isHolding("one"), turns.isHolding("two")]).toEqual([true, false]);
    expect(turns.ended("two")).toBe("one");
    // It met nobody in the run after that.
    expect(turns.ended("two")).toBeNull();
  });

  test("are served one after the other", async () => {
    const { turns, lives, logIn } = running();
    await logIn("one");
    expect(turns.ended("one")).toBeNull();
    expect(turns.isHolding("one")).toBe(false);
    await logIn("two");
    expect(turns.isHolding("two")).toBe(true);
    expect(lives).toEqual([60, 60]);
  });

  test("are of one client also under an alias of its issuer", async () => {
    const alias = {
      from: { base: "https://toy.example", realm: null },
      to: { base: "https://new.example", realm: null },
    };
    const { logIn } = running([alias]);
    await logIn("one");
    await expectFailure(() => logIn("two"), "CLAIM_LIVE");
    await logIn("three", "another");
  });
});

test("one run logs in as often as it likes, and two clients at once", async () => {
  const { turns, lives, logIn } = running();
  await logIn("one");
  await logIn("one");
  await logIn("two", "another");
  expect(lives).toEqual([60, 60, 60]);
  expect([turns.ended("one"), turns.ended("two")]).toEqual([null, null]);
});

describe("calls of several secrets", () => {
  const told = async (call: () => Promise<unknown>) => {
    try {
      await call();
      return "served";
    } catch {
      return "behind";
    }
  };

  test("of one client follow each other, and the one behind is run again", async () => {
    const { turns, logIn } = running();
    const inTurn = createCallsInTurn(turns, new AbortController().signal);
    const order: string[] = [];
    const call = (secretId: string) =>
      inTurn(secretId, () =>
        told(async () => {
          await logIn(secretId);
          order.push(`${secretId} begins`);
          await logIn(secretId);
          order.push(`${secretId} ends`);
        }),
      );
    expect(await Promise.all(["one", "two", "three"].map(call))).toEqual(["served", "served", "served"]);
    expect(order.map((line) => line.split(" ")[1])).toEqual(["begins", "ends", "begins", "ends", "begins", "ends"]);
  });

  test("that wait end at Ctrl-C, also behind one that never ends", async () => {
    const { turns, logIn } = running();
    const stopping = new AbortController();
    const inTurn = createCallsInTurn(turns, stopping.signal);
    const endless = inTurn("one", async () => {
      await logIn("one");
      return new Promise<string>(() => undefined);
    });
    const behind = inTurn("two", () => told(() => logIn("two")));
    stopping.abort();
    expect(await Promise.race([endless, behind])).toBe("behind");
  });
});
