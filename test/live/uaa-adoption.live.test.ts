import { describe, expect, it } from "vitest";
import { type ClientOptions, type Credentials, uaaCalls } from "../contract/uaa-calls.ts";
import { useCli } from "../support/cli.ts";
import { openAdoption, tally } from "./adoption-world.ts";
import { openRealUaa } from "./uaa-under-test.ts";

const cli = useCli();
const uaa = openRealUaa();
const ALL = 200;
/** Each is followed by the next: the values of the first two of five are known, the third and fourth get a second one, the fifth logs in without. */
const KINDS: readonly ClientOptions[] = [
  ...[{}, { grantTypes: ["authorization_code"] }, {}, { grantTypes: ["client_credentials", "refresh_token"] }],
  { secret: "", grantTypes: ["password", "refresh_token"] },
];
const OF_EACH = ALL / KINDS.length;

describe("200 clients of every kind at the real UAA", () => {
  it("are listed, and adopted by a known value or a second one; what logs in without a secret is left alone", async () => {
    const { login } = uaaCalls(uaa);
    const made: (Credentials & { readonly kind: number })[] = [];
    for (let count = 0; count < ALL; count++) {
      const kind = count % KINDS.length;
      made.push({ ...(await uaa.makeClient({ authorities: ["uaa.none"], ...KINDS[kind] })), kind });
    }
    const w = await cli();
    for (const { secret } of made) if (secret !== "") w.canary.add(secret);
    const content = { issuer: "uaa", clientId: uaa.admin.clientId, clientSecret: uaa.admin.secret };
    const { clients, adopt, held } = openAdoption(w, uaa.url, content);
    const ids = new Set(made.map(({ clientId }) => clientId));
    expect((await clients()).filter(({ clientId }) => ids.has(clientId))).toHaveLength(ALL);

    const input = JSON.stringify(
      made.map(({ clientId, secret, kind }) => (kind < 2 ? { clientId, secret } : { clientId })),
    );
    const { lines } = await adopt(["--stdin", "--add"], input);
    expect(tally(lines)).toEqual({ adopted: 4 * OF_EACH, skipped: OF_EACH });
    const current = held();
    const statuses = async (kind: number, value: (one: Credentials) => string) => {
      const asked = made.filter((one) => one.kind === kind);
      const all = await Promise.all(
        asked.map(async (one) => (await login({ clientId: one.clientId, secret: value(one) })).status),
      );
      return [...new Set(all)];
    };
    const ofVault = ({ clientId }: Credentials) => current.get(clientId) ?? "";
    for (const kind of [0, 2, 3]) {
      expect(await statuses(kind, ofVault)).toEqual([200]);
      expect(await statuses(kind, ({ secret }) => secret)).toEqual([200]);
    }
    // Without the grant client_credentials a login proves the value all the same: the grant is refused, not the client.
    expect(made.filter((one) => one.kind === 1 && ofVault(one) !== one.secret)).toEqual([]);
    const again = await adopt(["--stdin", "--add"], input);
    expect(tally(again.lines)["adopted"]).toBeUndefined();
    expect(held()).toEqual(current);
  });
});
