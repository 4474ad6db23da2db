import { describe, expect, test } from "vitest";
import type { HttpRequest, HttpResponse } from "../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { formsOf, leaksIn } from "../prove/canary.ts";
import { check } from "../prove/checker.ts";
import { credentialsIn, watchCredentials } from "../prove/credentials.ts";
import { drive } from "../prove/drive.ts";
import { createMirrorWorld } from "../prove/mirror/world.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };

silenceSdk();

/** The product, which also writes into its log whatever `shown` finds in a request and its answer. */
const leaking =
  (shown: (request: HttpRequest, response: HttpResponse) => string | null): Subject =>
  (dependencies) =>
    createHandler({
      ...dependencies,
      transport: async (request) => {
        const response = await dependencies.transport(request);
        const text = shown(request, response);
        if (text !== null) dependencies.write(JSON.stringify({ text }));
        return response;
      },
    });

async function leaksOf(combination: string, subject: Subject): Promise<readonly string[]> {
  const schedule = parseSchedule(`${combination}/whole/heal-later/-/-`);
  const history = await drive(schedule, { setup: prepare(schedule.combination, SEED), subject, support, base: null });
  return check(history).problems;
}

const member =
  (name: string) =>
  (_: HttpRequest, { body }: HttpResponse) =>
    new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1] ?? null;
const sent =
  (name: string) =>
  ({ body = "" }: HttpRequest) =>
    new RegExp(`"${name}":"([^"]+)"`).exec(body)?.[1] ?? null;
const formSecret = ({ body = "" }: HttpRequest) =>
  /client_secret=/.test(body) ? new URLSearchParams(body).get("client_secret") : null;
const basic = ({ headers }: HttpRequest) => headers["authorization"]?.match(/^Basic (.+)$/)?.[1] ?? null;

const OCI_IAM = "clear,live,alone,honoured,deprecates,fresh";
const KEYCLOAK = "keycloak,empty,live,alone,honoured,deprecates,fresh";
const KEYCLOAK_POLICY = "keycloak-policy,empty,live,authority,honoured,deprecates,fresh";
const UAA = "uaa,empty,die,alone,honoured,deprecates,fresh";
const ED_FI = "edfi-cms,empty,die,authority,honoured,deprecates,fresh";

describe("in the log is a leak", () => {
  test.each([
    ["OCI IAM's access token", OCI_IAM, member("access_token")],
    ["OCI IAM's client secret", OCI_IAM, member("clientSecret")],
    ["Keycloak's access token", KEYCLOAK, member("access_token")],
    ["the login at Keycloak", KEYCLOAK, basic],
    ["the client secret that is set at Keycloak", KEYCLOAK, sent("secret")],
    ["the access token of a second authority at Keycloak", KEYCLOAK_POLICY, member("access_token")],
    ["UAA's access token", UAA, member("access_token")],
    ["the client secret that logs in at UAA", UAA, formSecret],
    ["the client secret that is set at UAA", UAA, sent("secret")],
    ["Ed-Fi CMS's access token", ED_FI, member("access_token")],
    ["the client secret that logs in at Ed-Fi CMS", ED_FI, formSecret],
    ["the client secret that Ed-Fi CMS makes", ED_FI, member("secret")],
  ])("%s", async (_, combination, shown) => {
    expect(
      await leaksOf(
        combination,
        leaking(() => null),
      ),
    ).toEqual([]);
    expect(await leaksOf(combination, leaking(shown))).toEqual(["leak: a secret or token in the log"]);
  });
});

test("Keycloak's registration tokens are searched for, also one that another has taken the place of", async () => {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(SEED) });
  emulator.admin.createRealm({ name: "shop" });
  const { clientId, registrationAccessToken } = emulator.admin.createKeycloakClient({
    realm: "shop",
    registered: true,
  });
  const canaries: string[] = [];
  watchCredentials(emulator, canaries);
  const answer = await emulator.transport({
    method: "PUT",
    url: `https://sso.example/realms/shop/clients-registrations/openid-connect/${clientId}`,
    headers: { authorization: `Bearer ${registrationAccessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ client_id: clientId }),
    deadline: clock.monotonic() + 10_000,
  });
  const next = JSON.parse(answer.body).registration_access_token;
  expect(next).not.toBe(registrationAccessToken);
  for (const token of [registrationAccessToken, next])
    expect(leaksIn({ log: `by ${token}.` }, canaries)).toEqual(["log"]);
});

test("the passwords and key files of the Credential Exchange are searched for, those of today and those before", async () => {
  const { emulator, canaries, startProcess } = createMirrorWorld({ files: ["README", "cwallet.sso"] });
  const before = credentialsIn(emulator.state);
  await startProcess().call({ action: "mirror" });
  emulator.admin.rotateWallets("all");
  await startProcess().call({ action: "mirror" });
  const [wallet] = emulator.state.ces.wallets;
  const now = [...Object.values(wallet?.schemas ?? {}), wallet?.files["cwallet.sso"] ?? ""];
  expect(now.length).toBeGreaterThan(2);
  for (const value of [...before, ...now]) expect(leaksIn({ log: `: ${value}` }, canaries)).toEqual(["log"]);
});

test.each([
  ["clear", (value: string) => `a ${value} b`],
  ["URL-encoded", (value: string) => `x=${encodeURIComponent(value)}&y`],
  ["JSON-escaped", (value: string) => JSON.stringify({ value })],
  ["base64 of a longer text", (value: string) => Buffer.from(`id:${value}!`).toString("base64")],
  [
    "URL-encoded in a Basic header",
    (value: string) => Buffer.from(`id:${encodeURIComponent(value)}`).toString("base64"),
  ],
  ["JSON-escaped in a content of Vault", (value: string) => Buffer.from(JSON.stringify({ value })).toString("base64")],
])("a secret with special characters is found %s", (_form, shown) => {
  const secret = 'a"b/ü+ \\ end?';
  expect(leaksIn({ log: shown(secret) }, [secret])).toEqual(["log"]);
});

test("what is not a secret is no leak", () => {
  expect(leaksIn({ log: "nothing to see" }, ["idcscs-1234"])).toEqual([]);
  expect(formsOf("idcscs-1234").every((form) => form.length > 8)).toBe(true);
});
