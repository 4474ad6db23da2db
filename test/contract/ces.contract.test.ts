import { describeCes } from "./ces.suite.ts";
import { openEmulator } from "./emulated-vault.ts";

for (const wallets of ["array", "object"] as const) {
  for (const registration of ["200", "204"] as const) {
    describeCes(`the emulator (${wallets}, ${registration})`, async () => {
      const { server, app, emulator, stop } = await openEmulator({
        "ces-wallets": wallets,
        "ces-registration": registration,
      });
      emulator.admin.createWallet({ users: ["APP", "BATCH"] });
      const { clientId, secret } = app;
      return {
        url: `${server.url}/rgbu-common-abc123-prd`,
        domain: server.url,
        tenantId: "abc123",
        clientId,
        secret,
        stop,
      };
    });
  }
}
