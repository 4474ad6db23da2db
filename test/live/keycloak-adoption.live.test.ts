import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ContractClient, keycloakCalls, LONG } from "../contract/keycloak-calls.ts";
import { useCli } from "../support/cli.ts";
import { openAdoption, tally } from "./adoption-world.ts";
import { openRealKeycloak, type RealKeycloak } from "./keycloak-under-test.ts";

const cli = useCli();
const realms: RealKeycloak[] = [];
const OF_A_REALM = 100;
/** One after the other, as often as it takes: of each ten, five use a secret that a login can prove. */
const KINDS: readonly ContractClient[] = [
  ...[{}, {}, {}, { serviceAccount: false }, { secret: "chosen : with % and +" }],
  ...[{ publicClient: true }, { authenticator: "client-jwt" }, { authenticator: "client-x509" }],
  ...[{ enabled: false }, { secret: `\${vault.elsewhere}` }],
];
const PROVABLE = 5;

beforeAll(async () => {
  for (let count = 0; count < 2; count++) realms.push(await openRealKeycloak());
});
afterAll(async () => {
  for (const realm of realms) await realm.stop();
});

describe("200 clients of every kind at the real Keycloak", () => {
  it.each([0, 1])("are listed with their kinds, and adopted without a change there: realm %i", async (at) => {
    const keycloak = realms[at] as RealKeycloak;
    const calls = keycloakCalls(keycloak);
    // The second realm ends secrets by a policy.
    if (at === 1) await calls.rotateBy(LONG);
    const made = [];
    for (let count = 0; count < OF_A_REALM; count++) {
      const kind = KINDS[count % KINDS.length] ?? {};
      made.push({ ...(await keycloak.makeClient({ ...kind, clientId: `fleet-${count}` })), kind, count });
    }
    const w = await cli();
    for (const { secret } of made) w.canary.add(secret);
    const { clientId, secret } = keycloak.administrator;
    const content = { issuer: "keycloak", realm: keycloak.realm, clientId, clientSecret: secret };
    const { clients, adopt, held } = openAdoption(w, keycloak.url, content);
    const before = await Promise.all(made.map((one) => calls.of(one).secret()));

    const listed = (await clients()).filter(({ clientId: id }) => id.startsWith("fleet-"));
    const kinds = (kind: string) => listed.filter((one) => one.kind === kind).length;
    expect(listed).toHaveLength(OF_A_REALM);
    expect([kinds("public"), kinds("key"), kinds("certificate")]).toEqual([10, 10, 10]);
    expect(listed.filter(({ isEnabled }) => isEnabled === false)).toHaveLength(10);

    const first = await adopt([]);
    // The administrator's own client is adopted too; references to Keycloak's own vault are not.
    expect(tally(first.lines)).toEqual({ adopted: (OF_A_REALM / KINDS.length) * PROVABLE + 1, skipped: 10 });
    expect(first.lines.every(({ outcome, isProven }) => isProven === (outcome === "adopted"))).toBe(true);
    const current = held();
    const provable = made.filter(({ count }) => count % KINDS.length < PROVABLE);
    expect(provable.filter((one) => current.get(one.clientId) !== one.secret)).toEqual([]);
    const after = await Promise.all(made.map((one) => calls.of(one).secret()));
    expect(after.filter((value, index) => value !== before[index])).toHaveLength(0);
    const again = await adopt([]);
    expect(tally(again.lines)["adopted"]).toBeUndefined();
    expect(held()).toEqual(current);
  });
});
