import { openEmulator } from "./emulated-vault.ts";
import { describeIdentityDomain } from "./identity-domain.suite.ts";

for (const status of ["200", "201"] as const) {
  for (const body of ["minimal", "full"] as const) {
    describeIdentityDomain(`the emulator (${status}, ${body})`, async () => {
      const { server, app, stop } = await openEmulator({ "regenerate-status": status, "regenerate-body": body });
      return { url: server.url, ...app, stop };
    });
  }
}
