import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../../../src/base/durations.ts";
import { INTO, KEYCLOAK, madeIn, type Report, useAdoption } from "../../../support/adoption.ts";
import { expectOnlyReads } from "../../../support/cli.ts";

const world = useAdoption();
const POLICY = { expirationSeconds: 86_400, rotatedSeconds: 3_600 };

/** A realm whose policy has ended the secrets of two clients, and not that of a third. */
async function realm() {
  const base = await world(
    { issuer: "keycloak", url: KEYCLOAK, realm: "shop", mayRotate: [{ tag: "rotation.client" }] },
    ({ emulator: { admin } }) => {
      admin.createRealm({ name: "shop", policy: POLICY });
      return admin.createKeycloakClient({ realm: "shop", clientId: "warden", roles: ["manage-clients"] });
    },
  );
  const { w } = base;
  const { admin } = w.emulator;
  admin.keycloakClient("shop", "warden").attributes = {};
  const make = (clientId: string) => {
    const { secret } = admin.createKeycloakClient({ realm: "shop", clientId });
    w.canary.add(secret);
    return secret;
  };
  const old = { till: make("till"), web: make("web") };
  await w.clock.sleep(2 * DAY_MS);
  make("young");
  const works = (clientId: string, value: string) => admin.keycloakLogin("shop", clientId, value) === "accepted";
  /** Whether CURRENT's value works, and whether the expired one does. */
  const both = (clientId: keyof typeof old) => {
    const { versions = [] } = madeIn(w).find(({ name }) => name === `oauth-${clientId}`) ?? {};
    const current = versions.find(({ stage }) => stage === "CURRENT")?.content ?? "";
    const { clientSecret } = JSON.parse(Buffer.from(current, "base64").toString() || "{}");
    return [works(clientId, String(clientSecret)), works(clientId, old[clientId])];
  };
  return { ...base, both, mints: () => madeIn(w).length };
}

const lineOf = (json: Record<string, unknown>, clientId: string) =>
  (json as unknown as Report).clients.find((one) => one.clientId === clientId);

describe("oci-rotate adopt of a Keycloak's client whose secret has expired", () => {
  test("says so before anything is done, and touches no such client without an express word", async () => {
    const { w, adopt, both } = await realm();
    const planned = await adopt("--dry-run", "--json");
    expectOnlyReads(planned);
    expect(lineOf(planned.json(), "till")).toMatchObject({
      outcome: "skipped",
      why: expect.stringContaining("has expired"),
      next: expect.stringMatching(/--add .* works again for the grace/),
    });
    expect(lineOf(planned.json(), "young")).toMatchObject({ outcome: "planned", why: null, newValue: null });
    const run = await adopt("--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(lineOf(run.json(), "till")).toMatchObject({ outcome: "skipped" });
    expect(madeIn(w).map(({ name }) => name)).not.toContain("oauth-till");
    expect(both("till")).toEqual([false, false]);
  });

  test.each([
    ["--add: all of them", ["--add"], [true, true]],
    ["--reset: those that it names", ["--reset", "till"], [false, false]],
  ] as const)(
    "gives it a new value, beside which the expired one works again for the grace, by %s",
    async (_how, words, web) => {
      const { w, adopt, both } = await realm();
      const planned = await adopt(...words, "--dry-run", "--json");
      expectOnlyReads(planned);
      expect(lineOf(planned.json(), "till")).toMatchObject({
        outcome: "planned",
        newValue: "revive",
        why: expect.stringContaining("works again for the grace"),
      });
      expect(lineOf(planned.json(), "young")).toMatchObject({ newValue: null });
      const run = await adopt(...words, "--yes", "--json");
      expect(lineOf(run.json(), "till")).toMatchObject({ outcome: "adopted", isProven: true });
      expect(lineOf(run.json(), "young")).toMatchObject({ outcome: "adopted" });
      expect(both("till")).toEqual([true, true]);
      expect(both("web")).toEqual(web);
      await w.clock.sleep(25 * HOUR_MS);
      expect(both("till")[1]).toBe(false);
    },
  );

  test("asks once for all, and a no leaves them as they were", async () => {
    const { w, authority, both } = await realm();
    const run = await w.runWith({ answers: ["y", "n"] }, "adopt", "--authority", authority, ...INTO, "--add");
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain("Give 2 clients a new client secret");
    expect([both("till"), both("web")]).toEqual([
      [false, false],
      [false, false],
    ]);
    expect(madeIn(w).map(({ name }) => name)).not.toContain("oauth-till");
  });

  test("finishes what a killed run has left, although the realm has taken the value by now", async () => {
    const { w, adopt, both } = await realm();
    w.emulator.faults.add({ call: "promote", kind: "client-error", count: 100 });
    const first = await adopt("--add", "--yes", "--json");
    expect(lineOf(first.json(), "till")).toMatchObject({ outcome: "unfinished" });
    expect(both("till")).toEqual([false, true]);
    w.emulator.faults.clear();
    const again = await adopt("--add", "--yes", "--json");
    expect(again.exitCode).toBe(0);
    expect([both("till"), both("web")]).toEqual([
      [true, true],
      [true, true],
    ]);
  });
});
