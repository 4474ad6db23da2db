/** The programs of docs/consumer.md for other languages, as they stand there, in the middle of a rotation by the real function. */
import { readFileSync, writeFileSync } from "node:fs";
import { watch } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { fetchPythonRecipes } from "../../scripts/live/python-recipes.ts";
import { ROOT } from "../../scripts/run.ts";
import { type OciEmulator, openOciEmulator } from "./oci-emulator.ts";

const LIMIT_MS = 300_000;
const guide = readFileSync(path.join(ROOT, "docs", "consumer.md"), "utf8");
const blocksOf = (language: string) =>
  [...guide.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map((block) => block[1] ?? "");
const fileOf = (name: string) => readFileSync(path.join(ROOT, "test", "live", "recipes", name), "utf8");
const SEEN = { values: 2, hasTokens: true, refused: true, failures: [] };

describe("an application in another language has no failed request in the middle of a rotation", () => {
  let emulator: OciEmulator;
  beforeEach(async () => {
    emulator = await openOciEmulator();
  });
  afterEach(() => emulator.stop());

  /** Starts the rotation as soon as the program has its first token. */
  const rotateWhenReady = async () => {
    for await (const { filename } of watch(emulator.home)) if (filename === "ready") break;
    const { oci, secretId } = emulator;
    expect(await oci("vault", "secret", "rotate", "--secret-id", secretId)).toMatchObject({ code: 0 });
  };

  it("Python, with requests-oauthlib", { timeout: LIMIT_MS }, async () => {
    const { bin } = inject("oci");
    const program = path.join(emulator.home, "application.py");
    writeFileSync(program, [...blocksOf("python"), fileOf("application.py")].join("\n"));
    const PYTHONPATH = fetchPythonRecipes(bin);
    const rotated = rotateWhenReady();
    const words = [program, emulator.configFile, emulator.url, emulator.secretId].join(" ");
    const ran = await emulator.shell(`python3 ${words}`, { PYTHONPATH });
    expect(ran).toMatchObject({ code: 0, json: SEEN });
    await rotated;
  });

  it("Java, with java.net.http", { timeout: LIMIT_MS }, async () => {
    const { bin } = inject("oci");
    const source = [fileOf("Application.java"), ...blocksOf("java")].join("\n");
    const imports = [...new Set(source.match(/^import .*;$/gm))];
    const program = path.join(emulator.home, "Application.java");
    writeFileSync(program, [...imports, source.replaceAll(/^import .*;$/gm, "")].join("\n"));
    const { configFile, url, secretId } = emulator;
    const read = `${path.join(bin, "oci")} --config-file ${configFile} --endpoint ${url} secrets secret-bundle get --secret-id ${secretId}`;
    const rotated = rotateWhenReady();
    const ran = await emulator.shell(`java ${program} ${url} ${read}`);
    expect(ran).toMatchObject({ code: 0, stderr: "", json: SEEN });
    await rotated;
  });
});
