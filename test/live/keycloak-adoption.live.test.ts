import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keycloakCalls, LONG, type MadeClient } from "../contract/keycloak-calls.ts";
import { useCli } from "../support/cli.ts";
import { openAdoption, tally } from "./adoption-world.ts";
import { openRealKeycloak, type RealClient, type RealKeycloak } from "./keycloak-under-test.ts";

const cli = useCli();
const realms: RealKeycloak[] = [];
const LIMIT_MS = 600_000;
const OF_A_REALM = 100;

/** One after the other, as often as it takes, with what a list says of it. */
interface Kind {
  readonly client: RealClient;
  readonly kind: string;
  /** Why it is not adopted; null: it is. */
  readonly why: string | null;
}
const none = (kind: string) => ({ kind, why: `it uses no client secret (${kind})` });
const KINDS: readonly Kind[] = [
  { client: {}, kind: "secret", why: null },
  { client: { serviceAccount: false }, kind: "secret", why: null },
  { client: { secret: "chosen : with % and +" }, kind: "secret", why: null },
  { client: { publicClient: true }, ...none("public") },
  { client: { authenticator: "client-jwt" }, ...none("key") },
  { client: { authenticator: "client-x509" }, ...none("certificate") },
  { client: { bearerOnly: true, serviceAccount: false }, ...none("bearer-only") },
  { client: { saml: true, serviceAccount: false }, ...none("saml") },
  { client: { enabled: false }, kind: "secret", why: "it is disabled, so no login can prove its secret" },
  {
    client: { secret: `\${vault.elsewhere}` },
    kind: "secret",
    why: "the client's secret is a reference to a store of the issuer's own",
  },
];
const EACH = OF_A_REALM / KINDS.length;
const kindOf = (count: number): Kind => KINDS[count % KINDS.length] ?? { client: {}, kind: "", why: "" };

/** The content of the administrator's secret in Vault. */
const authorityOf = ({ realm, administrator: { clientId, secret } }: RealKeycloak) => ({
  ...{ issuer: "keycloak", realm, clientId, clientSecret: secret },
});

beforeAll(async () => {
  for (let count = 0; count < 2; count++) realms.push(await openRealKeycloak());
});
afterAll(async () => {
  for (const realm of realms) await realm.stop();
});

describe("200 clients of every kind at the real Keycloak", () => {
  it.each([0, 1])(
    "are listed with their kinds, and adopted without a change there: realm %i",
    { timeout: LIMIT_MS },
    async (at) => {
      const keycloak = realms[at] as RealKeycloak;
      const calls = keycloakCalls(keycloak);
      // The second realm ends secrets by a policy.
      if (at === 1) await calls.rotateBy(LONG);
      const made = [];
      for (let count = 0; count < OF_A_REALM; count++) {
        const kind = kindOf(count);
        made.push({ ...(await keycloak.makeClient({ ...kind.client, clientId: `fleet-${count}` })), kind });
      }
      const w = await cli();
      for (const { secret } of made) w.canary.add(secret);
      const { clients, adopt, held } = openAdoption(w, keycloak.url, authorityOf(keycloak));
      const before = await Promise.all(made.map((one) => calls.of(one).secret()));

      const listed = new Map((await clients()).map((one) => [one.clientId, one]));
      expect(made.filter(({ clientId, kind }) => listed.get(clientId)?.kind !== kind.kind)).toEqual([]);
      const isDisabled = ({ client }: Kind) => client.enabled === false;
      expect(made.filter(({ clientId, kind }) => listed.get(clientId)?.isEnabled === isDisabled(kind))).toEqual([]);

      const first = await adopt([]);
      const provable = made.filter(({ kind }) => kind.why === null);
      // Neither the authority's own client is adopted, nor references to Keycloak's own vault.
      expect(tally(first.lines)).toEqual({ adopted: provable.length, skipped: EACH });
      expect(first.lines.every(({ outcome, isProven }) => isProven === (outcome === "adopted"))).toBe(true);
      const current = held();
      expect(provable.filter((one) => current.get(one.clientId) !== one.secret)).toEqual([]);
      const after = await Promise.all(made.map((one) => calls.of(one).secret()));
      expect(after.filter((value, index) => value !== before[index])).toHaveLength(0);
      const named = JSON.stringify(made.map(({ clientId }) => ({ clientId })));
      const again = await adopt(["--stdin"], named);
      expect(tally(again.lines)).toEqual({ already: provable.length, skipped: OF_A_REALM - provable.length });
      const whys = new Map(again.lines.map(({ clientId, why }) => [clientId, why]));
      expect(made.map(({ clientId, kind }) => [whys.get(clientId), kind.why]).filter(([a, b]) => a !== b)).toEqual([]);
      expect(held()).toEqual(current);
    },
  );
});

describe("clients whose secrets the real Keycloak has ended by a policy", () => {
  it("are named before, and get a new value beside which the expired one works again, until it is ended", {
    timeout: LIMIT_MS,
  }, async () => {
    const keycloak = realms[0] as RealKeycloak;
    const calls = keycloakCalls(keycloak);
    await calls.rotateBy({ expiration: 2, rotated: 1, remaining: 1 });
    const made: MadeClient[] = [];
    for (let count = 0; count < 5; count++) made.push(await keycloak.makeClient({ clientId: `ended-${count}` }));
    await calls.rotateBy(LONG);
    await keycloak.pass(3);
    const w = await cli();
    for (const { secret } of made) w.canary.add(secret);
    const { adopt, held, retireUnknown } = openAdoption(w, keycloak.url, authorityOf(keycloak));
    const named = JSON.stringify(made.map(({ clientId }) => ({ clientId })));
    const works = (clientId: string, secret: string) => calls.login({ clientId, secret });
    const statuses = () =>
      Promise.all(
        made.map(async ({ clientId, secret }) => [
          (await works(clientId, held().get(clientId) ?? "")).status,
          (await works(clientId, secret)).status,
        ]),
      );
    const all = (pair: readonly number[]) => made.map(() => pair);

    const without = await adopt(["--stdin"], named);
    expect(tally(without.lines)).toEqual({ skipped: made.length });
    expect(without.lines.every(({ why }) => why?.includes("has expired"))).toBe(true);
    expect(tally((await adopt(["--stdin", "--add", "--dry-run"], named)).lines)).toEqual({ planned: made.length });
    expect(await statuses()).toEqual(all([401, 401]));
    const { exitCode, lines } = await adopt(["--stdin", "--add"], named);
    expect([exitCode, tally(lines)]).toEqual([0, { adopted: made.length }]);
    expect(await statuses()).toEqual(all([200, 200]));
    for (const { secretId } of lines) expect(await retireUnknown(secretId ?? "")).toBe(0);
    expect(await statuses()).toEqual(all([200, 401]));
  });
});
