import { expect, test } from "vitest";
import { createFleet } from "../../support/fleet.ts";
import { useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** Of the smallest type of identity domain (Source: OCI IAM documentation, API rate limits). */
const LIMIT = 150;

test("rotations of what is due wait for the domain's room, and those of one call count in the next", async () => {
  const w = await createFleet(world, {}, { "latency-ms": 20, "token-limit-per-minute": LIMIT });
  const ended = { "orot-issuer": "oci-iam", "orot-expires-on": "2020-01-01T00:00:00Z v1" };
  for (const { id } of Array.from({ length: 90 }, () => w.make("healthy"))) {
    w.emulator.admin.secret(id).freeformTags = ended;
  }
  const started = w.clock.now();
  const first = await w.call({ action: "rotate-due", limit: 45 });
  const tookMs = w.clock.now() - started;
  const second = await w.call({ action: "rotate-due", cursor: first.cursor });
  expect([first, second]).toMatchObject([{ rotated: 45 }, { rotated: 45, failed: 0, remaining: 0 }]);
  // Each rotation takes two token requests: one call alone has room for all of its own, both in a minute have not.
  expect(tookMs).toBeLessThan(30_000);
  expect(w.clock.now() - started).toBeGreaterThan(60_000);
  expect(w.emulator.requests.filter(({ status }) => status === 429)).toEqual([]);
});
