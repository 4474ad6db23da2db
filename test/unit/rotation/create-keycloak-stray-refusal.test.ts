import { expect, test } from "vitest";
import { keycloakClient } from "../../support/clients.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A client of a realm whose policy keeps the old value alongside the new one. */
const managedWorld = () =>
  createWorld({ client: keycloakClient({ expirationSeconds: 2_505_600, rotatedSeconds: 172_800 }) });

test.each([1, 2])(
  "one stray 401 at login no. %i with CURRENT does not end its value, which works on under the policy",
  async (occurrence) => {
    const w = await managedWorld();
    w.emulator.faults.add({ call: "token-current", kind: "unauthorized", occurrence });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.client.accepts(w.client.secret)).toBe(true);
  },
);

test("CURRENT that is refused for as long as the landing bound is not kept alongside the new value", async () => {
  const w = await managedWorld();
  const started = w.clock.now();
  for (let occurrence = 2; occurrence < 100; occurrence++) {
    w.emulator.faults.add({ call: "token-current", kind: "unauthorized", occurrence });
  }
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.clock.now() - started).toBeGreaterThanOrEqual(60_000);
  expect(w.client.accepts(w.client.secret)).toBe(false);
});
