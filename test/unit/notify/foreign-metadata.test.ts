import { describe, expect, test } from "vitest";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";
import { firstChange, HOOK, heal, heardBy, subscribedIn, versionsHeardBy } from "./subscribed.ts";

const world = useWorlds();
const subscribed = (endpoints: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  subscribedIn(world, endpoints, more);

describe("metadata that somebody else has written", () => {
  const plant = (w: TestWorld, orot: unknown) => {
    w.emulator.admin.secret(w.secretId).metadata = { team: "payments", orot };
  };
  const deep = `{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;

  test("with ten thousand subscribers has the first of them told, and no more than the setting allows", async () => {
    const w = await subscribed([HOOK], { OROT_SUBSCRIBER_LIMIT: "3" });
    const list = Array.from({ length: 10_000 }, (_, at) => ({ endpoint: `${HOOK}${at}` }));
    plant(w, JSON.stringify({ subscribers: list }));
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.state.received.webhooks.map(({ to }) => to).sort()).toEqual(["a0", "a1", "a2"]);
    expect((await w.call({ secretId: w.secretId, action: "subscribers" })).endpoints).toHaveLength(3);
  });

  test("does not make the unreadable of its subscribers silence the others", async () => {
    const w = await subscribed([]);
    plant(w, JSON.stringify({ secondPending: "taken", subscribers: [null, { endpoint: {} }, { endpoint: HOOK }] }));
    await w.rotate();
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("that tells of a version there is none of is no reason to be silent, and the count begins anew", async () => {
    const w = await subscribed([]);
    plant(
      w,
      JSON.stringify({
        secondPending: "taken",
        subscribers: [{ endpoint: HOOK }],
        told: { version: 1_000_000_000, seq: 7 },
      }),
    );
    await w.rotate();
    expect(heardBy(w, HOOK)).toEqual([firstChange(w)]);
  });

  test.each([
    ["no JSON", "{"],
    ["JSON of another kind", "[1]"],
    ["deep JSON", deep],
    ["deep JSON within its own members", `{"subscribers":${deep},"told":${deep},"currentSince":${deep}}`],
    ["longer than anything of ours", JSON.stringify({ x: "a".repeat(1_000_000) })],
    ["no text", 7],
  ])("and is %s is as if there was none", async (_what, orot) => {
    const w = await subscribed([]);
    plant(w, orot);
    const answers = [
      await w.rotate(),
      await heal(w),
      await w.call({ secretId: w.secretId, action: "subscribe", endpoint: HOOK }),
      await w.call({ secretId: w.secretId, action: "test-notification" }),
      await w.call({ secretId: w.secretId, action: "unsubscribe", endpoint: HOOK }),
    ];
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "NOTHING_TO_DO 200", "OK 200", "OK 200", "OK 200"]);
    const { metadata } = w.emulator.admin.secret(w.secretId);
    expect(metadata).toMatchObject({ team: "payments" });
    expect(JSON.parse(String(metadata["orot"]))).not.toHaveProperty("x");
  });
});
