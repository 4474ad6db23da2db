import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { Client, IssuerAlias } from "../../../../src/clients/issuers/client.ts";
import { guarded } from "../../../../src/clients/issuers/guard.ts";
import type { Authorization, Credential, HeldSecret } from "../../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectFailure, expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret, toyClient } from "../../../support/held.ts";
import { createRig } from "../../rotation/rig.ts";

const CANARY = "canary/+9c1f~4711";
const other: Client = { ...toyClient, clientId: "other" };

/** A toy of an issuer that keeps what it was asked, behind the guard. */
function setUp(aliases: readonly IssuerAlias[] = []) {
  const sent: string[] = [];
  const crossings: string[] = [];
  const toy = (credential: Credential): Credential => {
    const say = <T>(operation: string, answer: T) => {
      sent.push(`${operation} of ${credential.clientSecret.reveal()}`);
      return Promise.resolve(answer);
    };
    return {
      ...credential,
      withSecret: (clientSecret) => toy(credential.withSecret(clientSecret)),
      preflight: async (prove) => {
        const authorization = await prove();
        return say(`preflight by ${authorization.kind === "bearer" && authorization.token.reveal()}`, null);
      },
      login: () => say("login", { verdict: "rejected" }),
      mint: () => say("mint", { outcome: "minted", clientSecret: new Secret("S1") }),
      install: (_proof, value) => say(`install ${value.clientSecret.reveal()}`, { outcome: "installed" }),
      readBack: () => say("readBack", { outcome: "read", clientSecret: new Secret("S1") }),
      retire: (_proof, older) => say(`retire ${older.clientSecret.reveal()}`, { outcome: "retired" }),
      readExpiry: () => say("readExpiry", { outcome: "read", at: 5 }),
    };
  };
  const plain = createRig([]).context.clients.issuers.open(parseContent(new Secret('{"appSecret":"S0"}')));
  const credential = guarded(toy(plain), { aliases, onCrossing: (operation) => crossings.push(operation) });
  return { credential, sent, crossings };
}

/** The operations that take something held, and how each ends where it is refused. */
const operations: readonly {
  readonly name: string;
  readonly refused: object;
  readonly run: (credential: Credential, authorization: Authorization, value: HeldSecret) => Promise<unknown>;
  readonly takesValue?: true;
}[] = [
  { name: "mint", refused: { outcome: "refused" }, run: (credential, authorization) => credential.mint(authorization) },
  {
    name: "install",
    refused: { outcome: "refused" },
    run: (credential, authorization, value) => credential.install(authorization, value, "keep"),
    takesValue: true,
  },
  {
    name: "readBack",
    refused: { outcome: "unknown" },
    run: (credential, authorization) => credential.readBack(authorization),
  },
  {
    name: "retire",
    refused: { outcome: "refused" },
    run: (credential, authorization, value) => credential.retire(authorization, value),
    takesValue: true,
  },
];

const [mine, theirs] = [bearer("mine"), bearer(CANARY, other, "authority")];
const [value, foreign] = [heldSecret("S9"), heldSecret(CANARY, other)];

describe.each(operations)("$name", ({ name, refused, run, takesValue }) => {
  test("is sent with what is held for its own client", async () => {
    const { credential, sent, crossings } = setUp();
    await run(credential, mine, value);
    expect(sent).toEqual([takesValue ? `${name} S9 of S0` : `${name} of S0`]);
    expect(crossings).toEqual([]);
  });

  test.each<[what: string, proof: Authorization, value: HeldSecret]>([
    ["proof", theirs, value],
    ...(takesValue ? [["value", mine, foreign] as [string, Authorization, HeldSecret]] : []),
  ])("sends nothing with another client's %s, and tells that it was asked to", async (_what, authorization, handed) => {
    const { credential, sent, crossings } = setUp();
    const ended = await run(credential, authorization, handed);
    expect(ended).toMatchObject({
      ...refused,
      error: { code: "INTERNAL", message: `${name} was handed what belongs to another client` },
    });
    expectNoTrace(ended, CANARY);
    expect([sent, crossings]).toEqual([[], [name]]);
  });

  test("is held to it with another secret of the same client too", async () => {
    const { credential, sent, crossings } = setUp();
    const renewed = credential.withSecret(new Secret("S2")).withSecret(new Secret("S3"));
    await run(renewed, theirs, value);
    expect([sent, crossings]).toEqual([[], [name]]);
    await run(renewed, mine, value);
    expect(sent).toEqual([takesValue ? `${name} S9 of S3` : `${name} of S3`]);
  });

  test("takes what is held for the same client at another address where an alias says so", async () => {
    const place = (base: string) => ({ base, realm: null });
    const moved = { ...toyClient, base: "https://old.example" };
    const aliases = [{ from: place("https://old.example"), to: place(toyClient.base) }];
    const authorization = bearer("mine", moved);
    const known = setUp(aliases);
    await run(known.credential, authorization, heldSecret("S9", moved));
    expect([known.sent.length, known.crossings]).toEqual([1, []]);
    const unknown = setUp();
    await run(unknown.credential, authorization, heldSecret("S9", moved));
    expect([unknown.sent, unknown.crossings]).toEqual([[], [name]]);
  });
});

describe("readExpiry", () => {
  test("asks with its own client's proof alone; another's reads as if nobody could tell", async () => {
    const { credential, sent, crossings } = setUp();
    expect(await credential.readExpiry?.(mine)).toEqual({ outcome: "read", at: 5 });
    expect([sent, crossings]).toEqual([["readExpiry of S0"], []]);
    expect(await credential.readExpiry?.(theirs)).toEqual({ outcome: "unreadable" });
    expect([sent, crossings]).toEqual([["readExpiry of S0"], ["readExpiry"]]);
  });
});

describe("preflight", () => {
  test("asks with its own client's proof", async () => {
    const { credential, sent, crossings } = setUp();
    await credential.preflight?.(async () => mine);
    expect([sent, crossings]).toEqual([["preflight by mine of S0"], []]);
  });

  test("never hears another client's proof: it ends the call", async () => {
    const { credential, sent, crossings } = setUp();
    const what = "preflight was handed what belongs to another client";
    const error = await expectFailure(() => credential.preflight?.(async () => theirs), "INTERNAL", what);
    expectNoTrace(error, CANARY);
    expect([sent, crossings]).toEqual([[], ["preflight"]]);
  });
});

test("what an issuer does not offer is not there behind the guard either, and everything else is as it was", async () => {
  const plain = createRig([]).context.clients.issuers.open(parseContent(new Secret('{"appSecret":"S0"}')));
  const credential = guarded(plain, { aliases: [], onCrossing: () => undefined });
  expect(credential.preflight).toBeUndefined();
  expect(credential.readExpiry).toBeUndefined();
  const { client, capabilities, rotatedMember, tokenEndpoint } = plain;
  expect(credential).toMatchObject({ client, capabilities, rotatedMember, tokenEndpoint });
  expect(credential.clientSecret).toBe(plain.clientSecret);
  const behind = setUp();
  expect(await behind.credential.login(null)).toEqual({ verdict: "rejected" });
  expect(behind.sent).toEqual(["login of S0"]);
});
