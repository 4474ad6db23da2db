import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openDisk } from "../../../src/emulator/disk.ts";
import { setUp } from "./harness.ts";

describe("the data folder", () => {
  const made: string[] = [];
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), "emulator-disk-"));
    made.push(path);
    return path;
  };
  afterEach(() => {
    for (const path of made.splice(0)) {
      rmSync(path, { recursive: true, force: true });
    }
  });

  it("gives a run back as it was, tokens and late effects included", async () => {
    const path = join(folder(), "below");
    const { emulator, token, app, regenerate, bearer } = setUp();
    await token(app.secret);
    const headers = await bearer(app.secret);
    emulator.faults.add({ call: "regenerate", kind: "lands-late" });
    await regenerate(headers).catch(() => undefined);
    const disk = openDisk(path);
    expect(disk.saved).toBeUndefined();
    disk.save({ port: 8080, state: emulator.state });
    const again = openDisk(path).saved;
    expect(again).toEqual({ port: 8080, state: emulator.state });
    const restarted = setUp(again === undefined ? {} : { state: again.state, clock: emulator.clock });
    await emulator.clock.sleep(30_000);
    expect(restarted.emulator.admin.login(app.clientId, app.secret)).toBe("rejected");
  });

  it("leaves one whole file that only its owner may read, and writes nothing when nothing changed", () => {
    const path = folder();
    const { emulator } = setUp();
    const disk = openDisk(path);
    disk.save({ port: 1, state: emulator.state });
    expect(readdirSync(path)).toEqual(["emulator-state.json"]);
    const file = join(path, "emulator-state.json");
    expect(statSync(file).mode & 0o077).toBe(0);
    const { ino } = statSync(file);
    disk.save({ port: 1, state: emulator.state });
    expect(statSync(file).ino).toBe(ino);
  });

  it.each(["{", "[]", "{}", '{"format":1,"port":1,"state":{}}'])(
    "refuses a file that holds %s, and says what to do",
    (text) => {
      const path = folder();
      writeFileSync(join(path, "emulator-state.json"), text);
      expect(() => openDisk(path)).toThrow("Next:");
    },
  );
});
