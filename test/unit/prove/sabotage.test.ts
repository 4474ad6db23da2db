import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Patch, patched } from "../../prove/sabotage/patches.ts";
import type { SabotagedThread } from "../../prove/sabotage/worker.ts";

const patch = (find: string, replace = "0"): Patch => ({ file: "base/origin.ts", find, replace });

describe("a patch", () => {
  it("changes the one place where its text stands, and takes nothing in it for a pattern", () => {
    expect(patched("const a = 1; const b = 2;", patch("b = 2", "b = $&"))).toBe("const a = 1; const b = $&;");
  });

  it.each([
    ["nowhere", "x", 0],
    ["twice", "const", 2],
    ["everywhere", "", 0],
  ])("whose text stands %s is refused", (_, find, count) => {
    expect(() => patched("const a = 1; const b = 2;", patch(find))).toThrow(
      `a patch of base/origin.ts finds its text ${count} times`,
    );
  });
});

describe("a sabotaged thread", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "sabotage-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** What the thread says of an address that is none, as the product judges it. */
  const asked = (patches: readonly Patch[]): Promise<unknown> => {
    const script = path.join(folder, "script.ts");
    const module = new URL("../../../src/base/origin.ts", import.meta.url).href;
    writeFileSync(
      script,
      `import { parentPort } from "node:worker_threads";\nimport { isSafeOrigin } from ${JSON.stringify(module)};\nparentPort?.postMessage(isSafeOrigin("https://issuer.example"));\n`,
    );
    const workerData: SabotagedThread = { patches, script: pathToFileURL(script).href };
    const thread = new Worker(new URL("../../prove/sabotage/worker.ts", import.meta.url), { workerData });
    let said: unknown;
    thread.once("message", (message) => {
      said = message;
    });
    return new Promise((resolve, reject) => {
      thread.once("error", reject);
      thread.once("exit", () => resolve(said));
    });
  };
  const signature = "export function isSafeOrigin(";

  it("runs the code as it is but for the patch", async () => {
    expect(await asked([])).toBe(true);
    const replace = `export function isSafeOrigin(_: string): boolean { return false; }\nfunction unused(`;
    expect(await asked([patch(signature, replace)])).toBe(false);
  });

  it("ends where a patch is out of step with the code", async () => {
    await expect(asked([patch("this stands nowhere")])).rejects.toThrow("finds its text 0 times");
  });

  it("ends where nothing loads the patched file", async () => {
    await expect(asked([{ file: "mirror/keep.ts", find: "a", replace: "b" }])).rejects.toThrow(
      "patched files that nothing loads: mirror/keep.ts",
    );
  });
});
