import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { build, type Plugin } from "esbuild";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { leaveOut, loadLate, mend, mended, replace } from "../../../../scripts/bundle/slim.ts";

/** An application of one library, `lib`, which asks for two parts. */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "slim-"));
  const library = path.join(folder, "node_modules", "lib");
  mkdirSync(library, { recursive: true });
  writeFileSync(path.join(library, "package.json"), '{ "name": "lib", "main": "index.js" }');
  writeFileSync(
    path.join(library, "index.js"),
    'const { Base } = require("./heavy"); exports.Own = class extends Base {}; exports.light = require("./light");',
  );
  writeFileSync(path.join(library, "heavy.js"), "exports.Base = class {};");
  writeFileSync(path.join(library, "light.js"), 'module.exports = "light";');
  writeFileSync(path.join(folder, "entry.js"), 'module.exports = require("lib");');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function load(plugin: Plugin): Promise<{ Own: new () => object; light: unknown }> {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ["entry.js"],
    bundle: true,
    platform: "node",
    write: false,
    logLevel: "silent",
    plugins: [plugin],
  });
  const module = { exports: {} };
  runInNewContext(outputFiles[0]?.text ?? "", { module });
  return module.exports as { Own: new () => object; light: unknown };
}

describe("a part that is left out", () => {
  test("may be loaded and extended, and whoever uses it hears its name", async () => {
    const { Own, light } = await load(leaveOut([{ importer: "lib/index.js", requests: ["./heavy"] }]));
    expect(light).toBe("light");
    expect(() => new Own()).toThrow("./heavy is left out of this bundle");
  });

  test("fails the build when nothing asks for it any more", async () => {
    const rows = [{ importer: "lib/index.js", requests: ["./heavy", "./gone"] }];
    await expect(load(leaveOut(rows))).rejects.toThrow('no import matches the row "lib/index.js ./gone"');
  });

  test("is only left out where the row says it", async () => {
    const rows = [{ importer: "lib/light.js", requests: ["./heavy"] }];
    await expect(load(leaveOut(rows))).rejects.toThrow("lib/light.js ./heavy");
  });
});

describe("a module that another stands for", () => {
  test("is never read", async () => {
    const { light } = await load(replace({ lib: 'exports.light = "other";' }));
    expect(light).toBe("other");
  });

  test("fails the build when nothing imports it any more", async () => {
    await expect(load(replace({ gone: "" }))).rejects.toThrow("nothing imports gone");
  });
});

describe("a text of a library that is changed", () => {
  test("is changed in that file alone", async () => {
    const { light } = await load(mend([{ file: "lib/light.js", text: '"light"', by: '"lighter"' }]));
    expect(light).toBe("lighter");
  });

  test("fails the build when the library no longer holds it exactly once, or the bundle no longer holds the file", async () => {
    await expect(load(mend([{ file: "lib/light.js", text: '"dark"', by: "" }]))).rejects.toThrow("0 times");
    await expect(load(mend([{ file: "lib/gone.js", text: "", by: "" }]))).rejects.toThrow("lib/gone.js");
    expect(() => mended("a a", { file: "x.js", text: "a", by: "b" })).toThrow("2 times");
  });
});

describe("a library that is loaded late", () => {
  const outcome = async (entry: string) => {
    writeFileSync(
      path.join(folder, "node_modules", "lib", "heavy.js"),
      "exports.Base = class {}; globalThis.done?.push('loaded');",
    );
    writeFileSync(path.join(folder, "entry.js"), `import { Own, light } from "lib"; ${entry}`);
    const done: string[] = [];
    const { outputFiles } = await build({
      ...{ absWorkingDir: folder, entryPoints: ["entry.js"], bundle: true, platform: "node", write: false },
      plugins: [loadLate(["lib"])],
    });
    runInNewContext(outputFiles[0]?.text ?? "", { done });
    return done;
  };

  test("is not loaded with the file that imports it", async () => {
    expect(await outcome("done.push('started', () => [Own, light]); done.pop();")).toEqual(["started"]);
  });

  test("is loaded once, when something of it is used", async () => {
    expect(await outcome("done.push('started'); new Own(); done.push(light);")).toEqual(["started", "loaded", "light"]);
  });

  test("fails the build when no file of ours imports it", async () => {
    await expect(load(loadLate(["gone"]))).rejects.toThrow("no file of ours imports gone");
  });
});
