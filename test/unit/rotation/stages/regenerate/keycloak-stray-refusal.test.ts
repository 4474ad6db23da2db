import { expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../../../support/worlds.ts";

const createWorld = useWorlds();

/** A client of a realm whose policy keeps the old value beside the new one. */
async function managedWorld() {
  const w = await createWorld({ environment: { OROT_ISSUER_ORIGINS: "https://sso.emulated.example" } });
  const { admin } = w.emulator;
  admin.createRealm({ name: "shop", policy: { expirationSeconds: 2_505_600, rotatedSeconds: 172_800 } });
  const { clientId, secret } = admin.createKeycloakClient({ realm: "shop", roles: ["manage-clients"] });
  w.canary.add(secret);
  const content = { issuer: "keycloak", url: "https://sso.emulated.example", realm: "shop", clientId };
  const secretId = admin.createSecret({ name: "kc", content: JSON.stringify({ ...content, clientSecret: secret }) });
  await w.clock.sleep(86_400_000);
  const oldValue = () => admin.keycloakLogin("shop", clientId, secret);
  return { w, oldValue, rotate: () => w.call({ secretId }) };
}

test.each([1, 2])(
  "one stray 401 at login no. %i with CURRENT does not end its value, which works on under the policy",
  async (occurrence) => {
    const { w, rotate, oldValue } = await managedWorld();
    w.emulator.faults.add({ call: "token-current", kind: "unauthorized", occurrence });
    expect(outcomeOf(await rotate())).toBe("OK 200");
    expect(oldValue()).toBe("accepted");
  },
);

test("CURRENT that is refused for as long as the landing bound is not kept beside the new value", async () => {
  const { w, rotate, oldValue } = await managedWorld();
  const started = w.clock.now();
  for (let occurrence = 2; occurrence < 100; occurrence++) {
    w.emulator.faults.add({ call: "token-current", kind: "unauthorized", occurrence });
  }
  expect(outcomeOf(await rotate())).toBe("OK 200");
  expect(w.clock.now() - started).toBeGreaterThanOrEqual(60_000);
  expect(oldValue()).toBe("rejected");
});
