import { expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { keycloakClient } from "../../support/clients.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A Keycloak client whose secret has expired by its realm's client policy: it logs in no more. */
async function expiredWorld(hasAuthority: boolean) {
  const policy = { expirationSeconds: 86_400, rotatedSeconds: 3_600 };
  const client = keycloakClient(policy, hasAuthority ? { warden: ["manage-clients"] } : {});
  const w = await createWorld({ client });
  const other = Object.values(w.emulator.admin.realm("shop").clients).find(
    ({ clientId }) => clientId !== w.client.clientId,
  );
  if (other !== undefined) other.attributes = {};
  await w.clock.sleep(2 * DAY_MS);
  expect(w.currentVerdict()).toBe("rejected");
  return w;
}

test("an expired client secret is replaced by a second authority, and the new one does not expire at once", async () => {
  const w = await expiredWorld(true);
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.currentVerdict()).toBe("accepted");
});

test("the same after a rotation of ours, whose values expire as well", async () => {
  const w = await expiredWorld(true);
  await w.rotate();
  await w.clock.sleep(40 * DAY_MS);
  expect(w.currentVerdict()).toBe("rejected");
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.currentVerdict()).toBe("accepted");
});

test("without a second authority it cannot be replaced, and the answer says so", async () => {
  const w = await expiredWorld(false);
  expect(outcomeOf(await w.rotate())).toBe("LOCKED_OUT 400");
});
