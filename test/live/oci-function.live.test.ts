import path from "node:path";
import { expect, inject, it } from "vitest";
import { openOciEmulator } from "./oci-emulator.ts";

it("a function in another language rotates: Python with Oracle's FDK and SDK, in the order of Oracle's Java sample", async () => {
  const { bin, pythonFdk } = inject("oci");
  const run = "from fdk.scripts.fdk import main; main()";
  const python = `env PYTHONPATH='${pythonFdk}' '${path.join(bin, "python3")}' -c '${run}'`;
  const source = path.join(import.meta.dirname, "functions", "func.py");
  const emulator = await openOciEmulator("--function", `${python} '${source}' handler`, "--start-limit", "60");
  try {
    const secret = ["--secret-id", emulator.secretId];
    expect(await emulator.oci("vault", "secret", "rotate", ...secret)).toMatchObject({ code: 0 });
    const { rotation } = JSON.parse(await emulator.emulator.nextLine());
    expect(rotation.steps).toMatchObject([
      { step: "VERIFY_CONNECTION", responseCode: 200, versionNo: 1 },
      { step: "CREATE_PENDING_VERSION", responseCode: 200, versionNo: null },
      { step: "UPDATE_TARGET_SYSTEM", responseCode: 200, versionNo: 2 },
      { step: "PROMOTE_PENDING_VERSION", responseCode: 200, versionNo: null },
    ]);
    expect(rotation.status).toBe("SUCCEEDED");
    const bundle = await emulator.oci("secrets", "secret-bundle", "get", ...secret, "--stage", "CURRENT");
    expect(bundle.json["data"]).toMatchObject({ "version-number": 2 });
  } finally {
    await emulator.stop();
  }
});
