import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openDisk } from "../../../../src/emulator/disk/disk.ts";
import { setUp } from "../harness.ts";

const WHOLE = "emulator-state.json";
const CHANGES = "emulator-changes.jsonl";

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
  /** What a process finds that starts after a crash of the one that had the folder. */
  const foundIn = (path: string) => {
    rmSync(join(path, "emulator.lock"), { force: true });
    const disk = openDisk(path);
    disk.close();
    return disk.saved;
  };

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
    const again = foundIn(path);
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
    const file = join(path, WHOLE);
    expect(statSync(file).mode & 0o077).toBe(0);
    const { ino } = statSync(file);
    disk.save({ port: 1, state: emulator.state });
    disk.close({ port: 1, state: emulator.state });
    expect(readdirSync(path)).toEqual([WHOLE]);
    expect(statSync(file).ino).toBe(ino);
  });

  it("writes a change of one secret as one line of that secret, for its owner alone", () => {
    const path = folder();
    const { emulator } = setUp();
    const ids = Array.from({ length: 50 }, (_, index) =>
      emulator.admin.createSecret({ name: `s${index}`, content: "{}" }),
    );
    const disk = openDisk(path);
    disk.save({ port: 1, state: emulator.state });
    const { ino, size } = statSync(join(path, WHOLE));
    emulator.admin.secret(ids[7] ?? "").description = "changed";
    disk.save({ port: 1, state: emulator.state });
    const changes = statSync(join(path, CHANGES));
    expect(changes.mode & 0o077).toBe(0);
    expect(changes.size).toBeLessThan(size / 10);
    expect(statSync(join(path, WHOLE)).ino).toBe(ino);
    expect(foundIn(path)).toEqual({ port: 1, state: emulator.state });
  });

  it("gives back what was added and removed, also of a table that was or becomes empty", () => {
    const path = folder();
    const { emulator } = setUp();
    const { secrets } = emulator.state.vault;
    const disk = openDisk(path);
    const saved = () => {
      disk.save({ port: 1, state: emulator.state });
      return foundIn(path)?.state;
    };
    for (const id of Object.keys(secrets)) delete secrets[id];
    expect(saved()).toEqual(emulator.state);
    const id = emulator.admin.createSecret({ name: "first", content: "{}", definedTags: { team: { cost: "1" } } });
    expect(saved()).toEqual(emulator.state);
    emulator.admin.secret(id).definedTags = {};
    expect(saved()).toEqual(emulator.state);
    const other = emulator.admin.createSecret({ name: "second", content: "{}" });
    expect(saved()).toEqual(emulator.state);
    delete secrets[id];
    expect(saved()).toEqual(emulator.state);
    delete secrets[other];
    expect(saved()).toEqual(emulator.state);
  });

  it("gives back what was saved last where a crash has cut a later line short", () => {
    const path = folder();
    const { emulator } = setUp();
    const disk = openDisk(path);
    disk.save({ port: 1, state: emulator.state });
    const id = emulator.admin.createSecret({ name: "kept", content: "{}" });
    disk.save({ port: 1, state: emulator.state });
    appendFileSync(join(path, CHANGES), `[{"at":["state","vault","secrets","${id}"`);
    expect(foundIn(path)?.state).toEqual(emulator.state);
  });

  it("takes the changes into the whole file when they have become longer than it", () => {
    const path = folder();
    const { emulator } = setUp();
    const id = emulator.admin.createSecret({ name: "large", content: "x".repeat(20_000) });
    const disk = openDisk(path);
    for (let turn = 0; turn < 60; turn += 1) {
      emulator.admin.secret(id).description = `turn ${turn}`;
      disk.save({ port: 1, state: emulator.state });
    }
    expect(statSync(join(path, CHANGES)).size).toBeLessThan(1_000_000);
    expect(foundIn(path)?.state).toEqual(emulator.state);
  });

  it("is one emulator's at a time, and says whose", () => {
    const path = folder();
    const disk = openDisk(path);
    expect(() => openDisk(path)).toThrow(new RegExp(`in use .*${process.pid}\\. Next: `));
    disk.close();
    openDisk(path).close();
  });

  it("is free again when its emulator has ended without a word", () => {
    const path = folder();
    // No process has this id: Linux gives out less.
    writeFileSync(join(path, "emulator.lock"), "2147483646");
    openDisk(path).close();
  });

  it.each(["{", "[]", "{}", '{"format":1,"port":1,"state":{}}'])(
    "refuses a file that holds %s, says what to do, and keeps no lock",
    (text) => {
      const path = folder();
      writeFileSync(join(path, WHOLE), text);
      expect(() => openDisk(path)).toThrow("holds no state of this emulator");
      expect(readdirSync(path)).toEqual([WHOLE]);
    },
  );
});
