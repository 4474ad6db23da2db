import { describe, expect, test } from "vitest";
import { Secret } from "../../src/base/secret.ts";
import { readWallets } from "../../src/mirror/ces-responses.ts";
import { fetchToken } from "../../src/mirror/token.ts";
import { type ClientKind, edfiClient, ociIamClient, uaaClient } from "../support/clients.ts";
import { expectFailure } from "../support/failures.ts";
import { createRig } from "../support/issuer-rig.ts";
import { createMirrorRig } from "../support/mirror-rig.ts";
import type { WorldOptions } from "../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../support/worlds.ts";

const world = useWorlds();

/** Deeper than any walk that calls itself goes. */
const DEPTH = 100_000;
const DEEP = `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(DEPTH)}1${"}".repeat(DEPTH)}`;

function namesIn(body: string): string[] {
  const json: unknown = JSON.parse(body === "" ? "{}" : body);
  return typeof json === "object" && json !== null && !Array.isArray(json) ? Object.keys(json) : [];
}

/** What becomes of a body. */
const bodies: Readonly<Record<string, (body: string) => string>> = {
  "all of it": () => DEEP,
  "one more member": (body) => (namesIn(body).length === 0 ? DEEP_OBJECT : `${body.slice(0, -1)},"more":${DEEP}}`),
  "each member": (body) => `{${namesIn(body).map((name) => `${JSON.stringify(name)}:${DEEP_OBJECT}`)}}`,
};

const clients: Readonly<Record<string, ClientKind>> = {
  "oci-iam": ociIamClient,
  uaa: uaaClient(),
  "edfi-cms": edfiClient(),
};

/** One answer of all is so deep. */
async function deepAt(client: ClientKind, at: number, bend: (body: string) => string) {
  let answers = 0;
  const transport: WorldOptions["transport"] = (emulator) => async (request) => {
    const answer = await emulator.transport(request);
    answers += 1;
    return answers === at ? { ...answer, body: bend(answer.body) } : answer;
  };
  const w = await world({ client, transport });
  return { w, count: () => answers };
}

/** A defect has a line of its own. */
function expectNoDefect({ log }: TestWorld): void {
  expect(log.filter(({ event }) => event === "internal-error")).toEqual([]);
}

describe.each(Object.entries(clients))("at an issuer of kind %s", (_name, client) => {
  test.each(Object.entries(bodies))(
    "an answer of great depth in %s is one that cannot be read",
    async (_what, bend) => {
      const plain = await deepAt(client, Number.POSITIVE_INFINITY, bend);
      expect(outcomeOf(await plain.w.rotate())).toBe("OK 200");
      const count = plain.count();
      for (let at = 1; at <= count; at++) {
        const { w } = await deepAt(client, at, bend);
        // It may be the answer to what changed the issuer: then the value is replaced, or found again.
        expect(outcomeOf(await w.rotate())).toMatch(
          /^(?:OK 200|ALREADY_ROTATED 200|VAULT_UNAVAILABLE 503|VERDICT_UNKNOWN 503|ISSUER_\w+ \d+)$/,
        );
        expectNoDefect(w);
      }
    },
  );
});

test("a token answer whose only fault is its depth says nothing about the client secret", async () => {
  const transport: WorldOptions["transport"] = (emulator) => async (request) => {
    const answer = await emulator.transport(request);
    return request.url.endsWith("/token") ? { ...answer, body: `${answer.body.slice(0, -1)},"x":${DEEP}}` } : answer;
  };
  const w = await world({ transport });
  const answer = await w.call({ secretId: w.secretId, action: "check" });
  expect(answer).toMatchObject({ verdicts: { current: "unknown" } });
  expect(answer.returnMessage).toContain("the answer to the token request could not be read");
});

test.each([
  ["as it is", (sample: object) => `${JSON.stringify(sample).slice(0, -1)},"note":${DEEP.slice(90_000, 110_000)}}`],
  [
    "in our own mark",
    (sample: object) => `${JSON.stringify(sample).slice(0, -1)},"_rotation":${DEEP.slice(90_000, 110_000)}}`,
  ],
])("a content of great depth %s is told to be one", async (_what, content) => {
  const w = await world({ content });
  const answer = await w.rotate();
  expect(outcomeOf(answer)).toBe("CONTENT_INVALID 400");
  expect(answer.returnMessage).toContain("nests too deep to be read");
  expectNoDefect(w);
});

describe("metadata of great depth", () => {
  test("beside our own key makes a GetSecret that cannot be read", async () => {
    const w = await world();
    w.emulator.admin.secret(w.secretId).metadata["other"] = JSON.parse(DEEP.slice(98_000, 102_000));
    expect(outcomeOf(await w.rotate())).toBe("VAULT_UNAVAILABLE 503");
    expectNoDefect(w);
  });

  test("under our own key is as absent, and is replaced", async () => {
    const w = await world({ client: uaaClient() });
    w.emulator.admin.secret(w.secretId).metadata["orot"] = `{"other":${DEEP}}`;
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toMatch(/ 200$/);
    expect(String(w.emulator.admin.secret(w.secretId).metadata["orot"])).not.toContain("[[");
    expectNoDefect(w);
  });
});

test.each([
  ["oci-iam", ociIamClient, /AppClientSecretRegenerator$/],
  ["edfi-cms", edfiClient(), /reset-credential$/],
] as const)(
  "a client secret that %s makes is not given up for the depth of what stands beside it",
  async (_name, client, path) => {
    let minted = 0;
    const transport: WorldOptions["transport"] = (emulator) => async (request) => {
      const answer = await emulator.transport(request);
      if (!path.test(request.url)) return answer;
      minted += 1;
      return { ...answer, body: `${answer.body.slice(0, -1)},"more":${DEEP}}` };
    };
    const w = await world({ client, transport });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect([minted, w.currentVerdict()]).toEqual([1, "accepted"]);
    expect(w.log.filter(({ event }) => event === "mint-unanswered")).toEqual([]);
  },
);

describe("in the mirror", () => {
  test.each([DEEP, `{"wallets":${DEEP}}`, `{"wallets":[{"walletName":"W","schemas":{"A":${DEEP}}}]}`])(
    "credentials of great depth cannot be read",
    async (data) => {
      await expectFailure(() => readWallets({ status: 200, data }), "VERDICT_UNKNOWN", "could not be read");
    },
  );

  test("a client's content of great depth is told to be one", async () => {
    const rig = createMirrorRig();
    const call = await rig.begin();
    const text = `{"clientId":"a","appSecret":"s","note":${DEEP}}`;
    const base64 = new Secret(Buffer.from(text).toString("base64"));
    const contents = { ...call.contents, read: async () => ({ versionNo: 1, base64 }) };
    const { http } = createRig();
    await expectFailure(() => fetchToken({ ...call, contents, http }), "CONTENT_INVALID", "nests too deep");
  });
});
