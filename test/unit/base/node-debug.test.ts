import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { requireNoNetworkDebug } from "../../../src/base/node-debug.ts";
import { createMirrorWorld } from "../../prove/mirror/world.ts";
import { expectFailure } from "../../support/failures.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();
const NETWORK = [
  "http",
  "HTTP",
  "timer,net",
  "tls,module",
  "*",
  "h*p",
  "HTTP2",
  "stream",
  "undici",
  "fetch",
  "htt*,esm",
];
const QUIET = ["", "timer", "module,esm", "nett", "http ", "x*", "h.*p", "worker"];

test.each(NETWORK)("NODE_DEBUG=%s is refused: Node prints what is sent", async (text) => {
  const error = await expectFailure(
    () => requireNoNetworkDebug({ NODE_DEBUG: text }),
    "SETTINGS_INVALID",
    "NODE_DEBUG",
  );
  expect(error.message).not.toContain(text.length > 1 ? text : "**");
  expect(error.nextAction).toContain("take NODE_DEBUG out of the function's configuration");
});

test.each(QUIET)("NODE_DEBUG=%j shows nothing of the network, and is left alone", (text) => {
  expect(() => requireNoNetworkDebug({ NODE_DEBUG: text })).not.toThrow();
});

test("without NODE_DEBUG nothing is refused", () => {
  expect(() => requireNoNetworkDebug({ PATH: "/usr/bin" })).not.toThrow();
});

test("Node understands the variable as we do", () => {
  const sections = ["http", "net", "tls", "stream", "timer"];
  const script = `const { debuglog } = require("node:util");
    console.log(JSON.stringify(${JSON.stringify(sections)}.map((name) => debuglog(name).enabled)))`;
  for (const NODE_DEBUG of [...NETWORK, ...QUIET]) {
    const { stdout } = spawnSync(process.execPath, ["-e", script], { env: { ...process.env, NODE_DEBUG } });
    const last = stdout.toString().trim().split("\n").at(-1) ?? "";
    const isOn: boolean[] = JSON.parse(last);
    const isNetwork = isOn.slice(0, 4).some((on) => on);
    let isRefused = false;
    try {
      requireNoNetworkDebug({ NODE_DEBUG });
    } catch {
      isRefused = true;
    }
    // Sections that this Node does not have are refused too.
    expect(isRefused || !isNetwork, NODE_DEBUG).toBe(true);
  }
});

test("the function answers so before it reads any secret, whatever the event", async () => {
  const w = await world();
  w.environment["NODE_DEBUG"] = "tls,http";
  for (const event of [{ secretId: w.secretId }, { action: "heal" }, { secretId: w.secretId, action: "check" }]) {
    expect(outcomeOf(await w.call(event))).toBe("SETTINGS_INVALID 500");
  }
  expect(w.emulator.requests).toEqual([]);
  w.environment["NODE_DEBUG"] = "timer";
  expect(outcomeOf(await w.call({ secretId: w.secretId, action: "check" }))).toBe("OK 200");
});

test("the mirror's function answers so too", async () => {
  const { startProcess, emulator } = createMirrorWorld({ environment: { NODE_DEBUG: "http" } });
  const answer = await startProcess().call({ action: "mirror" });
  expect(answer?.returnMessage).toMatch(/^SETTINGS_INVALID: NODE_DEBUG /);
  expect(emulator.requests).toEqual([]);
});
