/** What people's zones hold, at the real server: the same as test/unit/compatibility holds the emulator to. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { uaaCalls } from "../contract/uaa-calls.ts";
import { outcome, rotate } from "./rotations.ts";
import { openUaaWorlds, type UaaWorlds } from "./uaa-world.ts";

let worlds: UaaWorlds;

beforeAll(async () => {
  worlds = await openUaaWorlds();
});
afterAll(async () => {
  await worlds.proxy.stop();
});

describe("the real UAA", () => {
  it.each(["urn:my:app", "a b", "a?b", "a#b", "a..b", "ü+é"])("has the secret of the client %j rotated", async (id) => {
    const world = worlds.worldOf(await worlds.uaa.makeClient({ clientId: id }));
    await rotate(world, "one call");
    expect(await world.statusOf(String(world.current()["clientSecret"]))).toBe(200);
  });

  it.each(["https://app.example.com/x", "a\\b", "a;b", "a%b", ".", ".."])(
    "gives the client %j tokens and cannot change its secret, which check says",
    async (id) => {
      const client = await worlds.uaa.makeClient({ clientId: id });
      const { bearer, change } = uaaCalls(worlds.uaa);
      const token = await bearer(client);
      const answer = await change(id, token, { changeMode: "ADD", oldSecret: client.secret, secret: "second-1" });
      expect(answer.status).toBeGreaterThanOrEqual(400);
      const world = worlds.worldOf(client);
      expect(await outcome(world, "check")).toBe("CONTENT_INVALID 400");
      expect(await world.logins()).toEqual([200]);
    },
  );

  it("says at once that a client which it does not know is refused", async () => {
    const world = worlds.worldOf({ clientId: "unknown-client", secret: "not-this-one" });
    expect(await outcome(world, "check")).toBe("SECRET_REJECTED 400");
  });
});
