import { test } from "vitest";
import { useWorlds } from "../../support/worlds.ts";
import { DAY_MS, sceneAt } from "./scene.ts";

const world = useWorlds();
test("trace", async () => {
  const { w, attacker, meddler, planted, send } = await sceneAt(world, "uaa");
  meddler.before(8, () => attacker.store(planted));
  const out: string[] = [];
  const say = (...x: unknown[]) => out.push(x.map((y) => (typeof y === "string" ? y : JSON.stringify(y))).join(" "));
  say((await send("rotate")).returnMessage, meddler.seen, w.versions(), w.accepted(1, 2, 3, 4, 5));
  for (let n = 0; n < 4; n++) {
    await w.clock.sleep(DAY_MS);
    const k = meddler.seen.length;
    say((await send("heal")).returnMessage, meddler.seen.slice(k), w.versions(), w.accepted(1, 2, 3, 4, 5));
  }
  const k = meddler.seen.length;
  say((await send("rotate")).returnMessage, meddler.seen.slice(k), w.versions(), w.accepted(1, 2, 3, 4, 5));
  say(w.log.filter((l) => l.level !== "info"));
  process.stdout.write(out.join("\n") + "\n");
});
