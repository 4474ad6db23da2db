import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, inject, it } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { openOciEmulator } from "./oci-emulator.ts";

/** The JVM, the command line and the function start one after the other. */
const LIMIT_MS = 180_000;

it("the SDK for Java takes the token of the function's resource principal, and the emulator its signature", {
  timeout: LIMIT_MS,
}, async () => {
  const kept = path.join(tmpdir(), `principal-${process.pid}`);
  const script = `${kept}.sh`;
  writeFileSync(
    script,
    `env -0 > '${kept}'\nexec '${process.execPath}' '${path.join(ROOT, "dist/function/func.js")}'\n`,
  );
  const emulator = await openOciEmulator("--function", `sh ${script}`);
  try {
    const { functionId, secretId, url } = emulator;
    const body = JSON.stringify({ secretId, action: "check" });
    const called = ["fn", "function", "invoke", "--function-id", functionId, "--file", "-", "--body", body];
    expect(await emulator.oci(...called)).toMatchObject({ code: 0, json: { responseCode: 200 } });
    const variables = readFileSync(kept, "utf8")
      .split("\0")
      .filter((line) => line.startsWith("OCI_RESOURCE_PRINCIPAL_"))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
    const program = inject("oci")
      .principal.map((word) => `'${word}'`)
      .join(" ");
    const ran = await emulator.shell(`${program} ${url} ${secretId} 2>/dev/null`, Object.fromEntries(variables));
    expect(ran).toMatchObject({ code: 0, json: { versionNo: 1 } });
  } finally {
    await emulator.stop();
  }
});
