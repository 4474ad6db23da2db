import { expect, it } from "vitest";
import { createLiveWorld } from "../live/live-world.ts";
import { openEmulator } from "./emulated-vault.ts";

it.each(["steps", "one call"])(
  "the world of the live tests rotates in real time, in %s, against a server on a socket",
  async (way) => {
    const issuer = await openEmulator();
    try {
      const { appId, clientId, secret } = issuer.app;
      const world = createLiveWorld({ domainUrl: issuer.server.url, appId, clientId, appSecret: secret });
      const answers = way === "steps" ? await world.steps() : [await world.call({ secretId: world.secretId })];
      expect(answers.map(({ responseCode }) => responseCode)).toEqual(way === "steps" ? [200, 200, 200, 200] : [200]);
      const value = String(world.current()["appSecret"]);
      expect(value).not.toBe(secret);
      expect(issuer.emulator.admin.login(clientId, value)).toBe("accepted");
      expect(world.lines.join("\n")).not.toContain(value);
    } finally {
      await issuer.stop();
    }
  },
);
