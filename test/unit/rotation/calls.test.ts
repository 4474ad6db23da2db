import { describe, expect, test } from "vitest";
import { createLog } from "../../../src/base/log.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseSettings } from "../../../src/base/settings/settings.ts";
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createCalls } from "../../../src/rotation/calls.ts";
import { createAuthority } from "../../support/certificates.ts";
import { edfiClient } from "../../support/clients.ts";
import { bearer } from "../../support/held.ts";
import { accessOver, type WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** One call of a new process, which has so many seconds. */
async function callIn(w: TestWorld, seconds: number) {
  const { clock, emulator } = w;
  const begin = createCalls({
    clock,
    entropy: createSeededEntropy(4),
    transport: emulator.transport,
    vaultAccess: () => accessOver(emulator.transport),
  });
  const { contextFor } = await begin(parseSettings(w.environment), new Date(clock.now() + seconds * 1000));
  const lines: Record<string, unknown>[] = [];
  const context = contextFor(
    w.secretId,
    createLog((line) => lines.push(JSON.parse(line)), clock, false),
  );
  const content = parseContent(new Secret(JSON.stringify(w.client.content)));
  return { context, lines, credential: context.clients.issuers.open(content) };
}

describe("a request to an issuer that has asked for a pause of a minute", () => {
  /** What becomes of it in a call of so many seconds, of which five are kept for the answer. */
  async function asked(seconds: number) {
    const w = await world();
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
    const { credential } = await callIn(w, seconds);
    expect((await credential.login(null)).verdict).toBe("unknown");
    const from = w.clock.monotonic();
    const { verdict } = await credential.login(null);
    return [verdict, Math.floor((w.clock.monotonic() - from) / 1000)];
  }

  test("waits for its end where two tries to store a value still fit in after it", async () => {
    expect(await asked(60 + 5 + 2 * 10 + 1)).toEqual(["accepted", 60]);
  });

  test("is not sent where they do not", async () => {
    expect(await asked(60 + 5 + 2 * 10 - 1)).toEqual(["unknown", 0]);
    expect(await asked(20)).toEqual(["unknown", 0]);
  });
});

test("how long an issuer must not be asked is known in every call of the process, and none begins as one that finishes", async () => {
  const w = await world();
  w.emulator.faults.add({ call: "token-current", kind: "rate-limited" });
  const { context, credential } = await callIn(w, 300);
  const pauseMs = () => context.clients.issuers.pauseMs(credential.client);
  expect([pauseMs(), context.pace.isFinishing]).toEqual([0, false]);
  await credential.login(null);
  expect(pauseMs()).toBe(60_000);
  await w.clock.sleep(20_000);
  expect(pauseMs()).toBe(40_000);
});

test("what belongs to another client is not sent to the issuer, and the log says what would have been", async () => {
  const w = await world();
  const { credential, lines } = await callIn(w, 300);
  const minted = await credential.mint(bearer("token", { ...credential.client, clientId: "another" }));
  expect(minted.outcome).toBe("refused");
  expect(w.emulator.requests).toEqual([]);
  expect(lines).toMatchObject([{ level: "error", event: "crossing-refused", operation: "mint" }]);
});

describe("the certificates of issuers", () => {
  const { pem } = createAuthority("a");

  async function rotated(bundle: string | null) {
    const sent: HttpRequest[] = [];
    const transport: WorldOptions["transport"] = (emulator) => (request) => {
      sent.push(request);
      return emulator.transport(request);
    };
    const w = await world({ transport });
    if (bundle !== null) {
      w.environment["OROT_CA_BUNDLE"] = w.emulator.admin.createSecret({ name: "bundle", content: bundle });
    }
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const isToVault = ({ url }: HttpRequest) => new URL(url).hostname.includes("vaults");
    return { toIssuers: sent.filter((request) => !isToVault(request)), toVault: sent.filter(isToVault) };
  }

  test("may come from the authorities of the settings, and those of Vault may not", async () => {
    const { toIssuers, toVault } = await rotated(pem);
    expect(toIssuers.length).toBeGreaterThan(0);
    expect(toIssuers.every(({ authorities }) => authorities === pem.trim())).toBe(true);
    expect(toVault.some((request) => "authorities" in request)).toBe(false);
  });

  test("come from the system's where the settings name none", async () => {
    const { toIssuers } = await rotated(null);
    expect(toIssuers.length).toBeGreaterThan(0);
    expect(toIssuers.some((request) => "authorities" in request)).toBe(false);
  });
});

describe("second authorities", () => {
  test("are looked for only once it is known where the secret is", async () => {
    const w = await world({ client: edfiClient() });
    const { context, credential } = await callIn(w, 300);
    const { authoritiesFor } = context.clients.issuers;
    expect(await authoritiesFor(credential, null)).toEqual([]);
    expect(w.emulator.requests).toEqual([]);
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const place = { secretId: w.secretId, compartmentId, definedTags: {} };
    expect(await authoritiesFor(credential, place)).toHaveLength(1);
  });
});
