import { expect, test, vi } from "vitest";
import { systemClock } from "../../../src/base/clock.ts";
import { systemEntropy } from "../../../src/base/entropy.ts";
import type { FunctionSeams } from "../../../src/base/function.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import type { CallSeams } from "../../../src/clients/seams.ts";
import { serve } from "../../../src/clients/serve.ts";
import { expectFailure } from "../../support/failures.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";
import { setPrincipal } from "./principal-rig.ts";

silenceSdk();

/** What a handler is made from, and what the platform's listener is given. */
function served() {
  const made: (FunctionSeams & CallSeams)[] = [];
  const listen = vi.fn(() => () => undefined);
  const handler = async () => ({});
  serve((seams) => {
    made.push(seams);
    return handler;
  }, listen);
  const [seams] = made;
  if (seams === undefined || made.length > 1) throw new Error("one handler is made");
  return { seams, listen, handler };
}

test("the platform's calls go to one handler, each with its body as bytes", () => {
  const { listen, handler } = served();
  expect(listen.mock.calls).toEqual([[handler, { inputMode: "buffer" }]]);
});

test("the handler has the real clock and entropy, the process's environment, and writes its lines to the standard output", () => {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const { seams } = served();
  expect(seams).toMatchObject({ clock: systemClock, entropy: systemEntropy, environment: process.env });
  seams.write("a line\n");
  expect(write.mock.calls).toEqual([["a line\n"]]);
});

test("a missing principal is an error of the call, and the principal found later serves all calls after it", async () => {
  const { seams } = served();
  const settings = parseSettings({});
  vi.stubEnv("OCI_RESOURCE_PRINCIPAL_VERSION", "");
  await expectFailure(() => seams.vaultAccess(settings), "SETTINGS_INVALID", "no resource principal");
  setPrincipal("eu-frankfurt-1");
  const access = seams.vaultAccess(settings);
  expect(access.transport).toBe(seams.transport);
  expect(access.vaultEndpoint).toBe("https://vaults.eu-frankfurt-1.oci.oraclecloud.com");
  expect(seams.vaultAccess(settings)).toBe(access);
});
