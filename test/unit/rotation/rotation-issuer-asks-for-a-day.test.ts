import { expect, test } from "vitest";
import { MINUTE_MS } from "../../../src/base/durations.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** A domain that answers 429 to every request while `isClosed`, and asks for a day's pause. */
async function closable(): Promise<{ readonly w: TestWorld; readonly domain: { isClosed: boolean; asked: number } }> {
  const domain = { isClosed: false, asked: 0 };
  const transport: WorldOptions["transport"] = (emulator) => async (request) => {
    if (!new URL(request.url).host.startsWith("idcs-")) return emulator.transport(request);
    domain.asked += 1;
    return domain.isClosed
      ? { status: 429, headers: { "retry-after": "86400" }, body: "" }
      : emulator.transport(request);
  };
  return { w: await world({ transport }), domain };
}

const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });

test("with nothing begun, the issuer gets the pause that it asks for", async () => {
  const { w, domain } = await closable();
  domain.isClosed = true;
  expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
  domain.isClosed = false;
  domain.asked = 0;
  for (let hours = 0; hours < 23; hours++) {
    await w.clock.sleep(60 * MINUTE_MS);
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
  }
  expect(domain.asked).toBe(0);
  await w.clock.sleep(60 * MINUTE_MS);
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
});

test("what has begun is asked for again after a quarter of an hour", async () => {
  const { w, domain } = await closable();
  await w.step("VERIFY_CONNECTION");
  expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("OK 200");
  await w.clock.sleep(10 * MINUTE_MS);
  domain.isClosed = true;
  expect(outcomeOf(await heal(w))).toBe("ISSUER_UNAVAILABLE 503");
  domain.isClosed = false;
  domain.asked = 0;
  // A call is willing to wait for four minutes and more.
  await w.clock.sleep(5 * MINUTE_MS);
  expect(outcomeOf(await heal(w))).toBe("ISSUER_UNAVAILABLE 503");
  expect(domain.asked).toBe(0);
  await w.clock.sleep(10 * MINUTE_MS);
  expect(outcomeOf(await heal(w))).toBe("OK 200");
});
