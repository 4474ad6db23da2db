import { describe, expect, it } from "vitest";
import { leaksIn } from "../../prove/canary.ts";
import { createMirrorWorld, type MirrorEnd, type MirrorWorld } from "../../prove/mirror/world.ts";

const MIRROR = { action: "mirror" };
const CALLBACK = '{usecase:"credentialRotation","change":"all"}';

/** The function, called once and with its set stored. */
async function mirrored(options: Parameters<typeof createMirrorWorld>[0] = {}) {
  const world = createMirrorWorld(options);
  const process = world.startProcess();
  await process.call(MIRROR);
  return { ...world, watch: world.watch, process };
}

function count({ emulator }: Pick<MirrorWorld, "emulator">, call: string): number {
  return emulator.requests.filter((request) => request.call === call).length;
}

const tokens = (world: Pick<MirrorWorld, "emulator">) => count(world, "token-current") + count(world, "token-pending");

function rotate(world: Pick<MirrorWorld, "emulator" | "watch">, change: "all" | "credentials" | "wallet" = "all") {
  world.emulator.admin.rotateWallets(change);
  world.watch.served();
}

describe("The mirror", () => {
  it("makes every secret that is missing and names them all in the manifest", async () => {
    const world = createMirrorWorld();
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toBe("OK: version 2 of the manifest names the new set. Next: nothing.");
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 2 });
    expect(world.watch.inForce).toBe(0);
    expect(world.watch.problems).toEqual([]);
    const names = Object.values(world.emulator.state.vault.secrets).map(({ name }) => name);
    expect(names).toContain("ces.abc123.manifest");
    expect(names).toContain("ces.abc123.Wallet_EMULATED.schema.RDS_APP");
    expect(names).toContain("ces.abc123.Wallet_EMULATED.file.cwallet.sso");
  });

  it("writes nothing where nothing has changed", async () => {
    const { process, clock, emulator } = await mirrored();
    const before = emulator.requests.length;
    await clock.sleep(3_600_000);
    const answer = await process.call(MIRROR);
    expect(answer?.returnMessage).toContain("NOTHING_TO_DO: version 2 of the manifest");
    const calls = emulator.requests.slice(before).map(({ call }) => call);
    expect(calls).not.toContain("write-pending");
    expect(calls).not.toContain("create-secret");
  });

  it.each([
    ["credentials", 2],
    ["wallet", 4],
    ["all", 6],
  ] as const)(
    "writes a version of each secret that a change of %s touches, and then the manifest",
    async (change, changed) => {
      const { process, clock, emulator, watch } = await mirrored();
      await clock.sleep(3_600_000);
      rotate({ emulator, watch }, change);
      const before = emulator.requests.length;
      expect(await process.call(MIRROR)).toMatchObject({ responseCode: 200, versionNo: 3 });
      expect(watch.inForce).toBe(1);
      expect(watch.problems).toEqual([]);
      const writes = emulator.requests.slice(before).filter(({ call }) => call === "write-pending");
      expect(writes).toHaveLength(changed + 1);
    },
  );

  it("brings a change of ninety secrets in with one call, where Vault takes three seconds for each write", async () => {
    const users = Array.from({ length: 82 }, (_, index) => `APP_${index}`);
    const world = createMirrorWorld({ users, switches: { "latency-ms": 100, "updating-ms": 3_000 } });
    // Making them may take several calls.
    for (let calls = 0; calls < 3; calls += 1) {
      await world.startProcess().call(MIRROR);
      await world.clock.sleep(120_000);
    }
    expect(world.watch.inForce).toBe(0);
    rotate(world);
    expect((await world.startProcess().call(MIRROR))?.returnMessage).toMatch(/^OK/);
    expect(world.watch.inForce).toBe(1);
    expect(world.watch.problems).toEqual([]);
  });

  it("takes a single wallet in place of the array", async () => {
    const { watch } = await mirrored({ switches: { "ces-wallets": "object" } });
    expect(watch.inForce).toBe(0);
  });

  it("keeps a file that is larger than a secret in parts, and an empty one in none", async () => {
    const world = createMirrorWorld();
    const [wallet] = world.emulator.state.ces.wallets;
    if (wallet === undefined) throw new Error("no wallet");
    wallet.files["truststore.jks"] = Buffer.alloc(60_000, "trust").toString("base64");
    wallet.files["README"] = "";
    world.watch.served();
    await world.startProcess().call(MIRROR);
    expect(world.watch.inForce).toBe(1);
    const names = Object.values(world.emulator.state.vault.secrets).map(({ name }) => name);
    expect(names.filter((name) => name.includes("truststore"))).toHaveLength(4);
    expect(names.filter((name) => name.includes("README"))).toHaveLength(0);
  });

  it.each([
    ["msg", "ISSUER_UNAVAILABLE: the Credential Exchange answered 200 with msg"],
    ["no-wallets", "VERDICT_UNKNOWN"],
    ["trailing-comma", "VERDICT_UNKNOWN"],
    ["missing-quote", "VERDICT_UNKNOWN"],
    ["empty-password", "of the member schemas of wallet 1 must be a password that is not empty"],
  ] as const)("keeps the set where the answer is 200 and %s", async (body, said) => {
    const { process, clock, emulator, watch } = await mirrored();
    await clock.sleep(3_600_000);
    emulator.switches["ces-body"] = body;
    rotate({ emulator, watch });
    const answer = await process.call(MIRROR);
    expect(answer?.returnMessage).toContain(said);
    expect(answer?.returnMessage).toContain("the set in Vault stays as it is");
    expect(watch.inForce).toBe(0);
  });

  it("mirrors what other libraries write: a byte order mark, dates as text, base64 in lines and without padding", async () => {
    const { process, clock, emulator, watch } = await mirrored();
    await clock.sleep(3_600_000);
    emulator.switches["ces-body"] = "other-writers";
    rotate({ emulator, watch });
    await process.call(MIRROR);
    expect(watch.inForce).toBe(1);
  });

  it.each([
    ["401", 403, "Retail Home of this environment"],
    ["403", 403, "open a service request"],
    ["404", 400, "correct OROT_MIRROR_CES_URL"],
    ["429", 503, "try again later"],
  ] as const)("answers a %s with the documented next action", async (status, responseCode, next) => {
    const world = createMirrorWorld({ switches: { "ces-status": status } });
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.responseCode).toBe(responseCode);
    expect(answer?.returnMessage.split("Next:")[1]).toContain(next);
  });

  it("uses one token request an hour, however often it fetches", async () => {
    const world = createMirrorWorld();
    const process = world.startProcess();
    const startedAt = world.clock.now();
    for (let fetches = 0; fetches < 130; fetches += 1) {
      const began = world.clock.now();
      await process.call(MIRROR);
      await world.clock.sleep(Math.max(0, began + 60_000 - world.clock.now()));
    }
    expect(count(world, "fetch-credentials")).toBe(130);
    const hours = (world.clock.now() - startedAt) / 3_600_000;
    expect(tokens(world)).toBeLessThanOrEqual(Math.ceil(hours));
  });

  it.each(["token-current", "fetch-credentials"] as const)(
    "sends nothing for 60 s after a 429 at %s, in whatever process",
    async (call) => {
      const { process, clock, emulator, startProcess } = await mirrored();
      await clock.sleep(4_000_000);
      emulator.faults.add({ call, kind: "rate-limited" });
      await process.call(MIRROR);
      const at = emulator.requests.findLast(({ status }) => status === 429)?.time ?? 0;
      const before = emulator.requests.length;
      await Promise.all([process.call({ action: "callbacks" }), startProcess().call({ action: "register" })]);
      await startProcess().call(CALLBACK, { isHttp: true });
      const sent = emulator.requests.slice(before).filter(({ system }) => system === "identity" || system === "ces");
      expect(sent.length).toBeGreaterThan(0);
      expect(Math.min(...sent.map(({ time }) => time)) - at).toBeGreaterThanOrEqual(60_000);
    },
  );

  it("fetches with PENDING's secret while a rotation of its OAuth client is under way", async () => {
    const world = createMirrorWorld();
    const { admin } = world.emulator;
    const text = admin.content(world.clientSecretId, 1) ?? "";
    const stored = admin.secret(world.clientSecretId);
    stored.versions.push({
      number: 2,
      name: "orot-2",
      content: Buffer.from(text.replace(world.app.secret, "idcscs-new")).toString("base64"),
      createdAt: world.clock.now(),
      stage: "PENDING",
      deletionAt: null,
      deleted: false,
    });
    const app = admin.app(world.app.clientId);
    app.accepted = [{ value: "idcscs-new", acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
    expect(await world.startProcess().call(MIRROR)).toMatchObject({ responseCode: 200 });
    expect(world.watch.inForce).toBe(0);
  });

  it("asks for another token once where the one it holds is refused", async () => {
    const { process, clock, emulator } = await mirrored();
    await clock.sleep(120_000);
    for (const token of Object.keys(emulator.state.identity.domains.default.tokens)) {
      delete emulator.state.identity.domains.default.tokens[token];
    }
    expect(await process.call(MIRROR)).toMatchObject({ responseCode: 200 });
    expect(tokens({ emulator })).toBe(2);
  });

  it("warns from 30 days before a certificate ends", async () => {
    const { process, clock } = await mirrored();
    await clock.sleep(334 * 86_400_000);
    expect((await process.call(MIRROR))?.returnMessage).not.toContain("warning");
    await clock.sleep(2 * 86_400_000);
    const answer = await process.call(MIRROR);
    expect(answer?.responseCode).toBe(200);
    expect(answer?.returnMessage).toMatch(/warning: the certificate of wallet 1 in the manifest ends on 2027-11-01/);
  });

  it("names in each log line what happened, and what was asked for beside it", async () => {
    const { process, clock, log } = await mirrored();
    await clock.sleep(336 * 86_400_000);
    const before = log.length;
    await process.call(MIRROR);
    const lines = log.slice(before).map((line): { event: string; step: string } => JSON.parse(line));
    expect(lines.map(({ event }) => event)).toEqual(["call-started", "certificate-ends", "call-ended"]);
    expect(new Set(lines.map(({ step }) => step))).toEqual(new Set(["MIRROR"]));
  });

  it("prints no password, token or file anywhere", async () => {
    const world = await mirrored();
    rotate(world);
    await world.clock.sleep(120_000);
    const ends: MirrorEnd[] = [await world.process.call(MIRROR)];
    world.emulator.switches["ces-body"] = "trailing-comma";
    await world.clock.sleep(120_000);
    ends.push(await world.process.call(MIRROR));
    expect(leaksIn({ log: world.log.join("\n"), answer: JSON.stringify(ends) }, world.canaries)).toEqual([]);
  });
});
