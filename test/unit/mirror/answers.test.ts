import { describe, expect, it } from "vitest";
import { createMirrorHandler } from "../../../src/mirror/handler.ts";
import { createMirrorWorld, MIRROR_CALLBACK, type MirrorWorldOptions } from "../../prove/mirror/world.ts";
import { silenceSdk } from "../../support/silence-sdk.ts";

const MIRROR = { action: "mirror" };

silenceSdk();

function setUp(options: MirrorWorldOptions = {}) {
  const world = createMirrorWorld(options);
  const process = world.startProcess();
  const say = async (action: string) => {
    const { returnMessage, ...rest } = (await process.call({ action })) ?? { returnMessage: null };
    return [returnMessage, rest];
  };
  const lines = () => world.log.map((line): Record<string, unknown> => JSON.parse(line));
  const count = (name: string) => world.emulator.requests.filter(({ call }) => call === name).length;
  return { ...world, process, say, lines, count };
}

const fine = (versionNo: number | null = null) => ({ responseCode: 200, versionNo });

describe("The mirror answers", () => {
  it("how many callbacks it registered, lists and removed", async () => {
    const { say, count } = setUp({ switches: { "ces-registration": "204" } });
    expect(await say("register")).toEqual(["OK: 1 callbacks were registered. Next: nothing.", fine()]);
    expect(await say("register")).toEqual(["NOTHING_TO_DO: 0 callbacks were registered. Next: nothing.", fine()]);
    expect(await say("callbacks")).toEqual([
      "OK: 1 callbacks are registered. Next: nothing.",
      { ...fine(), endpoints: [MIRROR_CALLBACK] },
    ]);
    expect(await say("unregister")).toEqual([
      "OK: 1 callbacks were removed. Next: unset OROT_MIRROR_CALLBACK_URL, else the next start registers them again.",
      fine(),
    ]);
    // Without a 429 there is no pause to be noted.
    expect(count("update-metadata")).toBe(0);
  });

  it("what the manifest names, new or not", async () => {
    const { say, clock } = setUp();
    expect(await say("mirror")).toEqual(["OK: version 2 of the manifest names the new set. Next: nothing.", fine(2)]);
    await clock.sleep(60_000);
    expect(await say("mirror")).toEqual([
      "NOTHING_TO_DO: version 2 of the manifest names what the Credential Exchange holds. Next: nothing.",
      fine(2),
    ]);
  });

  it("both warnings, each with its next action", async () => {
    const { say, clock, emulator, lines } = setUp();
    await clock.sleep(340 * 86_400_000);
    emulator.faults.add({ call: "list-callbacks", kind: "client-error" });
    const what = "the certificate of wallet 1 in the manifest ends on 2027-11-01";
    const refused =
      "the Credential Exchange answered the request for the registered callbacks with 400; the set in Vault stays as it is";
    expect(await say("mirror")).toEqual([
      `OK: version 2 of the manifest names the new set; warning: ${what}; warning: the callbacks are not registered: ${refused}. Next: make sure that Oracle rotates the wallet before then, and open a service request if it does not; check OROT_MIRROR_CES_URL.`,
      fine(2),
    ]);
    expect(lines().map(({ event, level }) => [event, level])).toEqual([
      ["call-started", "info"],
      ["callbacks-not-registered", "warn"],
      ["certificate-ends", "warn"],
      ["call-ended", "info"],
    ]);
    expect(lines()[1]).toMatchObject({ reason: `ISSUER_CONFIGURATION: ${refused}. Next: check OROT_MIRROR_CES_URL.` });
    expect(lines()[2]).toMatchObject({ what });
  });

  it("that another call fetches, or that its own time is over before the next fetch", async () => {
    const { startProcess, clock, process } = setUp();
    await process.call(MIRROR);
    const waiting = startProcess().call(MIRROR);
    await clock.sleep(5_000);
    expect(await startProcess().call(MIRROR)).toEqual({
      ...fine(),
      returnMessage: "NOTHING_TO_DO: another call fetches after this one was sent. Next: nothing.",
    });
    expect(await waiting).toMatchObject({ returnMessage: expect.stringMatching(/^NOTHING_TO_DO: version 2 /) });
    expect(await startProcess().call(MIRROR, { seconds: 90 })).toMatchObject({
      responseCode: 200,
      returnMessage: expect.stringMatching(
        /^NOTHING_TO_DO: the next fetch may begin in (?:59|60) s, after the end of this call\. Next: nothing: the schedule fetches\.$/,
      ),
    });
  });

  it("that Oracle asked for a pause, which a request about callbacks noted for all containers", async () => {
    const { startProcess, emulator, say, count } = setUp();
    emulator.faults.add({ call: "list-callbacks", kind: "rate-limited" });
    expect(await say("callbacks")).toMatchObject([expect.stringMatching(/^ISSUER_UNAVAILABLE: .* with 429/), {}]);
    const asked = count("list-callbacks");
    expect(await startProcess().call({ action: "register" })).toMatchObject({
      responseCode: 503,
      returnMessage: expect.stringMatching(
        /^ISSUER_UNAVAILABLE: Oracle answered 429; the pause lasts another (?:59|60) s\. Next: try again after it\.$/,
      ),
    });
    expect(count("list-callbacks")).toBe(asked);
  });

  it.each([
    ["NODE_DEBUG", "http"],
    ["HTTPS_PROXY", "socks5://proxy.example.org"],
  ])("that a setting of its surroundings is refused, and sends nothing: %s", async (name, value) => {
    const { say, emulator } = setUp({ environment: { [name]: value } });
    expect(await say("mirror")).toMatchObject([
      expect.stringMatching(`^SETTINGS_INVALID: ${name} `),
      { responseCode: 500 },
    ]);
    expect(emulator.requests).toEqual([]);
  });
});

describe("The mirror's log", () => {
  it("says whether a call was a hint, and ends a failed one with its message", async () => {
    const { process, emulator, lines } = setUp({ switches: { "ces-status": "403" } });
    expect(emulator.requests).toEqual([]);
    await process.call("", { isHttp: true });
    const returnMessage = expect.stringMatching(/^ISSUER_FORBIDDEN: .* with 403/);
    const own = { time: expect.any(String), callId: "m1", step: "HINT" };
    expect(lines()).toEqual([
      expect.objectContaining({ ...own, level: "info", event: "call-started" }),
      { ...own, level: "error", event: "call-failed", returnMessage },
      expect.objectContaining({
        ...own,
        level: "error",
        event: "call-ended",
        outcome: "ISSUER_FORBIDDEN",
        returnMessage,
      }),
    ]);
  });

  it("says where an unexpected error came from, without its text", async () => {
    const { clock } = setUp();
    const log: string[] = [];
    const handler = createMirrorHandler({
      clock,
      entropy: { uuid: () => "id", bytes: (length) => new Uint8Array(length), fraction: () => 0 },
      transport: () => Promise.reject(new TypeError("canary")),
      vaultAccess: () => {
        throw new TypeError("canary");
      },
      environment: {
        OROT_MIRROR_CES_URL: "https://retail.example.org/rgbu",
        OROT_MIRROR_TENANT_ID: "abc123",
        OROT_MIRROR_CLIENT_SECRET_ID: "ocid1.vaultsecret.oc1..client",
        OROT_MIRROR_VAULT_ID: "ocid1.vault.oc1..vault",
        OROT_MIRROR_KEY_ID: "ocid1.key.oc1..key",
        OROT_MIRROR_COMPARTMENT_ID: "ocid1.compartment.oc1..here",
      },
      write: (line) => log.push(line),
    });
    const body = Buffer.from(JSON.stringify(MIRROR));
    const answer = await handler(body, { callID: "c", deadline: null, headers: {} });
    expect(answer).toMatchObject({ responseCode: 500, returnMessage: expect.stringMatching(/^INTERNAL: /) });
    const [, failed] = log.map((line) => JSON.parse(line));
    expect(failed).toMatchObject({ event: "call-failed", returnMessage: answer.returnMessage });
    expect(failed.frames.length).toBeGreaterThan(0);
    expect(log.join("")).not.toContain("canary");
  });
});
