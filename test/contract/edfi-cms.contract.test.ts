import type { Switches } from "../../src/emulator/core/switches.ts";
import { describeEdfiCms } from "./edfi-cms.suite.ts";
import { openEmulator } from "./emulated-vault.ts";

const RELEASES = { v8: "v3", "v0.7": "v2" } as const;

for (const release of ["v8", "v0.7"] as const) {
  for (const backend of ["openiddict", "keycloak"] as const) {
    describeEdfiCms(`the emulator (${release}, ${backend})`, async () => {
      const version = RELEASES[release];
      const switches: Partial<Switches> = {
        "edfi-release": release,
        "edfi-backend": backend,
        "edfi-api-version": version,
        "edfi-unmapped": release === "v8" ? "problem" : "empty",
      };
      const { server, emulator, stop } = await openEmulator(switches);
      const admin = emulator.admin.createApiClient({ role: "cms-client" });
      const client = emulator.admin.createApiClient();
      return { url: server.url, version, basic: backend === "openiddict", admin, ...client, stop };
    });
  }
}
