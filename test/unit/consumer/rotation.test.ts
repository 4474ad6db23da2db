import { describe, expect, it } from "vitest";
import { type CredentialOptions, credential } from "../../../src/consumer/index.ts";
import { claim, content, createFakeIssuer, createFakeVault, InvalidClient } from "./rig.ts";

async function open(options: CredentialOptions = {}) {
  const vault = createFakeVault();
  const issuer = createFakeIssuer(vault.clock);
  const source = credential(vault.reader, { time: vault.clock, ...options });
  await source.current();
  vault.reads.length = 0;
  return { vault, issuer, source, clock: vault.clock, use: () => source.use(issuer.request) };
}

describe("a token request that the issuer refuses", () => {
  it("succeeds with the new CURRENT", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "s1";
    vault.current = { content: content("s1"), versionNo: 3 };
    await expect(use()).resolves.toBe("token of s1");
    expect(issuer.tried).toEqual(["s0", "s1"]);
  });

  it("succeeds with PENDING's credential before it is promoted", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: content("s1"), versionNo: 3 };
    await expect(use()).resolves.toBe("token of s1");
    expect(vault.reads).toEqual(["CURRENT", "PENDING"]);
  });

  it("waits while a claim stands, uses nothing of it, and succeeds with what is stored then", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: claim("canary"), versionNo: 2 };
    const token = use();
    await clock.sleep(50_000);
    vault.pending = { content: content("s1"), versionNo: 3 };
    await expect(token).resolves.toBe("token of s1");
    expect(issuer.tried).toEqual(["s0", "s1"]);
    expect(clock.monotonic()).toBeLessThan(53_000);
  });

  it.each([
    ["CURRENT itself is a claim", (mark: string) => ({ current: mark, pending: null })],
    [
      "PENDING has a mark of a later edition",
      () => ({ current: content("s0"), pending: content("x", { _rotation: 9 }) }),
    ],
  ])("waits as well where %s", async (_, contents) => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "s1";
    const { current, pending } = contents(claim("s0"));
    vault.current = { content: current, versionNo: 2 };
    vault.pending = pending === null ? null : { content: pending, versionNo: 3 };
    const token = use();
    await clock.sleep(30_000);
    vault.current = { content: content("s1"), versionNo: 4 };
    await expect(token).resolves.toBe("token of s1");
    expect(issuer.tried).toEqual(["s0", "s1"]);
  });

  it("gives up after a minute of claims, with the issuer's own error and a bounded number of reads", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "lost";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    const startedAt = clock.monotonic();
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    const waited = clock.monotonic() - startedAt;
    expect(waited).toBeGreaterThanOrEqual(60_000);
    expect(waited).toBeLessThan(63_000);
    expect(vault.reads.length).toBeLessThanOrEqual(70);
    expect(issuer.tried).toEqual(["s0"]);
  });

  it("does not wait a second time for a claim that brought nothing", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "lost";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    await use().catch(() => undefined);
    const startedAt = clock.monotonic();
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    expect(clock.monotonic() - startedAt).toBeLessThan(5_000);
  });

  it("waits anew for the claim of another rotation", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "lost";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    await use().catch(() => undefined);
    issuer.accepted = "s1";
    vault.pending = { content: claim("s0"), versionNo: 3 };
    const token = use();
    await clock.sleep(40_000);
    vault.pending = { content: content("s1"), versionNo: 4 };
    await expect(token).resolves.toBe("token of s1");
  });

  it("ends soon where nothing says that a rotation is under way", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "changed by hand";
    const startedAt = clock.monotonic();
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    expect(clock.monotonic() - startedAt).toBeLessThan(8_000);
    expect(issuer.tried).toEqual(["s0"]);
    expect(vault.reads.length).toBeLessThan(16);
  });

  it("finds a version that is promoted between the two reads, also after many requests in vain", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "s1";
    await use().catch(() => undefined);
    const before = vault.reads.length;
    const token = use();
    for (let waitedMs = 0; vault.reads.length === before && waitedMs < 10_000; waitedMs += 1) await clock.sleep(1);
    await clock.sleep(vault.latencyMs / 2 + 1);
    vault.current = { content: content("s1"), versionNo: 3 };
    await expect(token).resolves.toBe("token of s1");
  });

  it("waits no longer than it is told to", async () => {
    const { vault, issuer, clock, use } = await open({ waitMs: 0 });
    issuer.accepted = "lost";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    expect(vault.reads).toEqual(["CURRENT", "PENDING"]);
    expect(clock.monotonic()).toBeLessThan(200);
  });

  it("tries no value twice, however often it comes back", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "lost";
    vault.current = { content: content("s0"), versionNo: 4 };
    vault.pending = { content: content("s1"), versionNo: 5 };
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    expect(issuer.tried).toEqual(["s0", "s1"]);
  });

  it("leaves alone a PENDING version that is older than CURRENT", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "left over";
    vault.current = { content: content("s0"), versionNo: 6 };
    vault.pending = { content: content("left over"), versionNo: 5 };
    await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    expect(issuer.tried).toEqual(["s0"]);
  });

  it("leaves alone a PENDING version that is no credential", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "s1";
    for (const broken of ["no JSON", "{}", "null"]) {
      vault.pending = { content: broken, versionNo: 5 };
      await expect(use()).rejects.toBeInstanceOf(InvalidClient);
    }
  });

  it("reads no more for a thousand requests than for one", async () => {
    const { vault, issuer, clock, source } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    const tokens = Array.from({ length: 1_000 }, async (_, index) => {
      await clock.sleep(index);
      return source.use(issuer.request);
    });
    await clock.sleep(10_000);
    vault.pending = { content: content("s1"), versionNo: 3 };
    expect(new Set(await Promise.all(tokens))).toEqual(new Set(["token of s1"]));
    expect(vault.reads.length).toBeLessThan(25);
    expect(vault.mostAtOnce).toBe(1);
  });

  it("stops waiting when its caller does", async () => {
    const { vault, issuer, clock, source } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: claim("s0"), versionNo: 2 };
    const giveUp = new AbortController();
    const token = source.use(issuer.request, { signal: giveUp.signal });
    const ended = expect(token).rejects.toThrow("enough");
    await clock.sleep(1_000);
    giveUp.abort(new Error("enough"));
    await ended;
    expect(clock.monotonic()).toBeLessThan(1_200);
  });

  it("with another kind of error is the application's own affair: nothing is read", async () => {
    const { vault, source } = await open();
    const unavailable = Object.assign(new Error("later"), { error: "temporarily_unavailable", status: 503 });
    await expect(source.use(() => Promise.reject(unavailable))).rejects.toBe(unavailable);
    expect(vault.reads).toEqual([]);
  });
});

describe("while Vault cannot be read", () => {
  it("a refused request ends with one clear error", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "s1";
    vault.failure = Object.assign(new Error("canary"), { statusCode: 503 });
    const startedAt = clock.monotonic();
    await expect(use()).rejects.toThrow("READ_FAILED: reading CURRENT failed (503). Next: ");
    expect(clock.monotonic() - startedAt).toBeLessThan(8_000);
  });

  it("for a moment, a refused request still succeeds", async () => {
    const { vault, issuer, clock, use } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: content("s1"), versionNo: 2 };
    vault.failure = new Error("429");
    const token = use();
    await clock.sleep(3_000);
    vault.failure = undefined;
    await expect(token).resolves.toBe("token of s1");
  });
});

describe("what a refusal has taught", () => {
  it("holds for the next requests: PENDING's credential is used until it is CURRENT and after", async () => {
    const { vault, issuer, clock, use } = await open({ ttlMs: 1_000 });
    issuer.accepted = "s1";
    vault.pending = { content: content("s1"), versionNo: 3 };
    await use();
    for (let promoted = 0; promoted < 2; promoted += 1) {
      await clock.sleep(1_000);
      await expect(use()).resolves.toBe("token of s1");
      vault.current = { content: content("s1"), versionNo: 3 };
      vault.pending = null;
    }
    expect(issuer.tried).toEqual(["s0", "s1", "s1", "s1"]);
  });

  it("gives way to any newer CURRENT", async () => {
    const { vault, issuer, clock, source } = await open({ ttlMs: 1_000 });
    issuer.accepted = "s1";
    vault.pending = { content: content("s1"), versionNo: 3 };
    await source.use(issuer.request);
    vault.current = { content: content("s2"), versionNo: 5 };
    await clock.sleep(1_000);
    expect((await source.current()).clientSecret).toBe("s2");
  });

  it("is undone when the issuer goes back to CURRENT's", async () => {
    const { vault, issuer, use } = await open();
    issuer.accepted = "s1";
    vault.pending = { content: content("s1"), versionNo: 3 };
    await use();
    issuer.accepted = "s0";
    await expect(use()).resolves.toBe("token of s0");
    await expect(use()).resolves.toBe("token of s0");
    expect(issuer.tried).toEqual(["s0", "s1", "s1", "s0", "s0"]);
  });

  it("is not undone by a read that began before and ends later", async () => {
    const { vault, issuer, clock, source } = await open({ ttlMs: 1_000 });
    await clock.sleep(1_000);
    vault.latencyMs = 8_000;
    const slow = source.current();
    await clock.sleep(5_000);
    vault.latencyMs = 20;
    issuer.accepted = "s1";
    vault.current = { content: content("s1"), versionNo: 2 };
    const refused = { clientId: "client", clientSecret: "s0", versionNo: 1, members: {} };
    expect((await source.next(refused))?.clientSecret).toBe("s1");
    await slow;
    expect((await source.current()).clientSecret).toBe("s1");
    expect((await slow).clientSecret).toBe("s1");
  });
});

describe("next", () => {
  it("gives what another request has already found, without a read", async () => {
    const { vault, issuer, source } = await open();
    issuer.accepted = "s1";
    const old = await source.current();
    vault.current = { content: content("s1"), versionNo: 2 };
    await source.use(issuer.request);
    vault.reads.length = 0;
    expect((await source.next(old))?.clientSecret).toBe("s1");
    expect(vault.reads).toEqual([]);
  });

  it("is null where all there is has been refused", async () => {
    const { vault, source } = await open();
    const current = await source.current();
    vault.pending = { content: content("s1"), versionNo: 2 };
    const pending = await source.next(current);
    expect(pending?.versionNo).toBe(2);
    expect(await source.next([current, ...(pending === null ? [] : [pending])])).toBeNull();
  });
});
