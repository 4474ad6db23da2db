import { describe, expect, it } from "vitest";
import { createLog } from "../../../src/base/log.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createMirrorCalls } from "../../../src/mirror/calls.ts";
import { createAuthority } from "../../support/certificates.ts";
import { createMirrorRig, type MirrorRig } from "../../support/mirror-rig.ts";

/** The calls of one process, and the requests that they sent. */
async function setUp(environment: Record<string, string> = {}, retryAfter: number | "none" = "none", rig?: MirrorRig) {
  const used = rig ?? createMirrorRig({ environment, switches: { "retry-after-seconds": retryAfter } });
  const { emulator, clock, begin } = used;
  const { settings } = await begin();
  const { transport } = emulator.startCaller("calls");
  const sent: HttpRequest[] = [];
  const heard = (request: HttpRequest) => {
    sent.push(request);
    return transport(request);
  };
  const access = {
    transport: heard,
    signer: { signHttpRequest: () => Promise.resolve() },
    vaultEndpoint: "https://vaults.emulated.example",
    secretsEndpoint: "https://secrets.vaults.emulated.example",
  };
  const entropy = createSeededEntropy(7);
  const calls = createMirrorCalls({ clock, entropy, transport: heard, vaultAccess: () => access });
  const log = createLog(() => undefined, clock, false);
  const started = (more = {}, deadline: Date | null = null) => calls({ ...settings, ...more }, deadline, log);
  const count = (name: string) => emulator.requests.filter(({ call }) => call === name).length;
  return { ...used, settings, started, sent, count };
}

describe("A call of the mirror", () => {
  it("has the time of the settings, or of the platform less the margin for its answer", async () => {
    const environment = {
      OROT_BUDGET_SECONDS: "100",
      OROT_DEADLINE_MARGIN_SECONDS: "7",
      OROT_CALL_TIMEOUT_SECONDS: "9",
    };
    const { started, clock } = await setUp(environment);
    const { budget } = (await started()).call;
    expect([budget.remaining(), budget.remainingUntilKilled()]).toEqual([100_000, 107_000]);
    expect(budget.callDeadline() - clock.monotonic()).toBe(9_000);
    const given = await started({}, new Date(clock.now() + 50_000));
    expect(given.call.budget.remaining()).toBe(43_000);
  });

  it("puts off its next look at a secret after a write past the store", async () => {
    const { started, addSecret } = await setUp();
    const { call } = await started();
    const [one, other] = [addSecret("ces.abc123.one"), addSecret("ces.abc123.two")];
    expect(call.storeOf(one).updating.nextLookMs()).toBe(0);
    await call.contents.write(one, "orot-2", new Secret("eA=="), null);
    expect(call.storeOf(one).updating.nextLookMs()).toBeGreaterThan(0);
    expect(call.storeOf(other).updating.nextLookMs()).toBe(0);
  });

  it("trusts Oracle with the authorities of the settings, from a secret, and Vault without them", async () => {
    const { pem } = createAuthority();
    const rig = createMirrorRig();
    const secretId = rig.addSecret("authorities", pem);
    const { started, settings, sent } = await setUp({}, "none", rig);
    const core = { ...settings.core, caBundle: { kind: "secret" as const, secretId } };
    const { call } = await started({ core });
    await call.ces.listCallbacks();
    const hosts = (isTrusting: boolean) =>
      new Set(sent.filter((one) => (one.authorities !== undefined) === isTrusting).map(({ url }) => new URL(url).host));
    expect(hosts(false)).toEqual(new Set(["secrets.vaults.emulated.example"]));
    expect([...hosts(true)]).toContain("home.retail.emulated.example");
    expect(sent.find(({ authorities }) => authorities !== undefined)?.authorities?.trim()).toBe(pem.trim());
  });

  it("sends no authorities where none are set", async () => {
    const { started, sent } = await setUp();
    await (await started()).call.ces.listCallbacks();
    expect(sent.filter((request) => Object.hasOwn(request, "authorities"))).toEqual([]);
  });
});

describe("The calls of a process", () => {
  it("share a token until the margin before its end", async () => {
    const { started, clock, count } = await setUp({ OROT_TOKEN_MARGIN_SECONDS: "600" });
    const askedAt = clock.monotonic();
    await (await started()).call.ces.listCallbacks();
    await clock.sleep(2_990_000 - (clock.monotonic() - askedAt));
    await (await started()).call.ces.listCallbacks();
    expect(count("token-current")).toBe(1);
    await clock.sleep(20_000);
    await (await started()).call.ces.listCallbacks();
    expect(count("token-current")).toBe(2);
  });

  it.each([
    ["none", 60_000],
    [30, 60_000],
    [120, 120_000],
  ] as const)("pause after a 429 with Retry-After %s for so long: %i ms", async (retryAfter, ms) => {
    const { started, emulator, clock, sent } = await setUp({}, retryAfter);
    const begun = await started();
    expect(begun.pauseMs()).toBe(0);
    emulator.faults.add({ call: "list-callbacks", kind: "rate-limited" });
    await expect(begun.call.ces.listCallbacks()).rejects.toMatchObject({ code: "ISSUER_UNAVAILABLE" });
    expect(begun.pauseMs()).toBe(ms);
    const before = sent.length;
    const other = await started();
    await clock.sleep(ms - 1_000);
    await expect(other.call.ces.listCallbacks()).rejects.toMatchObject({
      message: expect.stringContaining("answered 429; the pause of another 1 s does not fit"),
    });
    expect([sent.length, other.pauseMs()]).toEqual([before, 0]);
    await clock.sleep(1_000);
    await other.call.ces.listCallbacks();
    expect(sent.length).toBeGreaterThan(before);
  });
});
