import { describe, expect, inject, it } from "vitest";
import type { Results } from "./oci-cli-operations.ts";
import { cliOperations } from "./oci-cli-operations.ts";
import { type OciEmulator, openOciEmulator } from "./oci-emulator.ts";

/** What the emulator leaves out, and says so. Everything else works in every client. */
const NOT_EMULATED = ["DeleteFunction"];

/** Some seventy commands, each its own process, on a machine that does other things too. */
const CLIENT_MS = 900_000;

describe("each operation of the official clients", () => {
  const table: Record<string, Record<string, string>> = {};
  const sdks = Object.entries(inject("oci").sdks);
  const clients: readonly (readonly [string, (emulator: OciEmulator) => Promise<Results>])[] = [
    ["OCI CLI", cliOperations],
    ...sdks.map(
      ([language, program]) =>
        [
          language,
          async (emulator: OciEmulator) => {
            const ran = await emulator.program(program);
            expect(ran.code, ran.stderr).toBe(0);
            return ran.json as Results;
          },
        ] as const,
    ),
  ];

  it.each(clients)(
    "works, or is answered 501: %s",
    async (client, run) => {
      const emulator = await openOciEmulator();
      try {
        const results = await run(emulator);
        for (const [operation, result] of Object.entries(results)) {
          table[operation] = { ...table[operation], [client]: result };
        }
        expect(Object.entries(results).filter(([, result]) => result !== "works")).toEqual(
          NOT_EMULATED.map((operation) => [operation, "501"]),
        );
      } finally {
        await emulator.stop();
      }
    },
    CLIENT_MS,
  );

  it("is the same in every client, and as docs/emulator.md says", async () => {
    const names = clients.map(([client]) => client);
    for (const results of Object.values(table)) expect(Object.keys(results)).toEqual(names);
    await expect(`${JSON.stringify(table, null, 2)}\n`).toMatchFileSnapshot("../../docs/emulator-clients.json");
  });
});
