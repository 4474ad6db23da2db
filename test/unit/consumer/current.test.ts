import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { credential } from "../../../src/consumer/index.ts";
import { claim, content, createFakeVault } from "./rig.ts";

const TTL_MS = 60_000;

function open(options: object = {}) {
  const vault = createFakeVault();
  return { vault, source: credential(vault.reader, { ttlMs: TTL_MS, time: vault.clock, ...options }) };
}

describe("the current credential", () => {
  it("is CURRENT's, with its number and all members", async () => {
    const { vault, source } = open();
    vault.current = { content: content("s0", { note: { of: "mine" } }), versionNo: 7 };
    const { clientId, clientSecret, versionNo, members } = await source.current();
    expect({ clientId, clientSecret, versionNo }).toEqual({ clientId: "client", clientSecret: "s0", versionNo: 7 });
    expect(members).toMatchObject({ appId: "a", note: { of: "mine" } });
  });

  it("is read once within its time, and again after it", async () => {
    const { vault, source } = open();
    await source.current();
    await vault.clock.sleep(TTL_MS - 100);
    await source.current();
    expect(vault.reads).toEqual(["CURRENT"]);
    vault.current = { content: content("s1"), versionNo: 2 };
    await vault.clock.sleep(100);
    expect((await source.current()).clientSecret).toBe("s1");
    expect(vault.reads).toEqual(["CURRENT", "CURRENT"]);
  });

  it("counts its time from the beginning of the read", async () => {
    const { vault, source } = open();
    vault.latencyMs = 8_000;
    await source.current();
    await vault.clock.sleep(TTL_MS - 8_000);
    await source.current();
    expect(vault.reads).toHaveLength(2);
  });

  it("is read once for many callers at the same time", async () => {
    const { vault, source } = open();
    const got = await Promise.all(Array.from({ length: 100 }, () => source.current()));
    expect(new Set(got.map(({ clientSecret }) => clientSecret))).toEqual(new Set(["s0"]));
    expect(vault.reads).toEqual(["CURRENT"]);
  });

  it("lives shorter by the jitter, if one is asked for", async () => {
    const { vault, source } = open({ jitter: 0.5, random: () => 0.5 });
    await source.current();
    await vault.clock.sleep(TTL_MS * 0.75 - 100);
    await source.current();
    expect(vault.reads).toHaveLength(1);
    await vault.clock.sleep(100);
    await source.current();
    expect(vault.reads).toHaveLength(2);
  });

  it("is used on while Vault cannot be read, and the reader is left alone for a while", async () => {
    const heard: unknown[] = [];
    const { vault, source } = open({ onReadError: (thrown: unknown) => heard.push(thrown) });
    await source.current();
    await vault.clock.sleep(TTL_MS);
    vault.failure = new Error("no route");
    expect((await source.current()).clientSecret).toBe("s0");
    expect((await source.current()).clientSecret).toBe("s0");
    expect(vault.reads).toHaveLength(2);
    expect(heard).toEqual([vault.failure]);
    vault.failure = undefined;
    vault.current = { content: content("s1"), versionNo: 2 };
    await vault.clock.sleep(5_000);
    expect((await source.current()).clientSecret).toBe("s1");
  });

  it("is used on where CURRENT has become unreadable or is gone", async () => {
    const { vault, source } = open();
    await source.current();
    for (const broken of [null, { content: "not JSON", versionNo: 2 }, { content: content(""), versionNo: 2 }]) {
      vault.current = broken;
      await vault.clock.sleep(TTL_MS);
      expect((await source.current()).clientSecret).toBe("s0");
    }
  });

  it("is CURRENT's even where CURRENT carries a rotation's mark, and the mark is left out", async () => {
    const { vault, source } = open();
    vault.current = { content: claim("s0"), versionNo: 2 };
    const { clientSecret, members } = await source.current();
    expect(clientSecret).toBe("s0");
    expect(members).not.toHaveProperty("_rotation");
  });

  it("shows no secret when it is printed or serialized", async () => {
    const { source } = open();
    const current = await source.current();
    expect(inspect(current, { depth: 5 })).not.toContain("s0");
    expect(JSON.stringify({ current })).toBe('{"current":{"clientId":"client","versionNo":1}}');
    expect(inspect(source, { depth: 9, showHidden: true })).not.toContain("s0");
  });

  it("stops waiting when its caller does, and the others get theirs", async () => {
    const { vault, source } = open();
    const giveUp = new AbortController();
    const given = source.current({ signal: giveUp.signal });
    const other = source.current();
    giveUp.abort(new Error("enough"));
    await expect(given).rejects.toThrow("enough");
    expect((await other).clientSecret).toBe("s0");
    await expect(source.current({ signal: giveUp.signal })).rejects.toThrow("enough");
    expect(vault.reads).toHaveLength(1);
  });
});

describe("without any credential", () => {
  it("a reader that throws is one error with its status, and without its text", async () => {
    const { vault, source } = open();
    vault.failure = Object.assign(new Error("Authorization: canary"), {
      statusCode: 401,
      serviceCode: "NotAuthenticated",
    });
    const error: Error = await source.current().then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: "CredentialError", code: "READ_FAILED" });
    expect(error.message).toMatch(/^READ_FAILED: reading CURRENT failed \(401 NotAuthenticated\)\. Next: check/);
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it.each(["canary", "CanaryOfTheReader", "ECONNRESET canary", 4_711_471_147_114_711, 7])(
    "a reader's error with the code %s is told without it",
    async (code) => {
      const { vault, source } = open();
      vault.failure = Object.assign(new Error("canary"), { code, serviceCode: code, status: code });
      const { message }: Error = await source.current().then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );
      const told = typeof code === "string" ? ` (an error code of ${code.length} characters)` : "";
      expect(message).toMatch(/^READ_FAILED: reading CURRENT failed[^.]*\. Next: check/);
      expect(message).toContain(`reading CURRENT failed${told}. Next`);
    },
  );

  it("and asks again at the next call", async () => {
    const { vault, source } = open();
    vault.failure = "no error at all";
    await expect(source.current()).rejects.toMatchObject({ code: "READ_FAILED" });
    vault.failure = undefined;
    expect((await source.current()).clientSecret).toBe("s0");
  });

  it.each([
    [10_000, "took longer than 10000 ms"],
    [9_998, null],
  ])("a read that takes %i ms is waited for as long as the documents say: 10 s", async (latencyMs, given) => {
    const { vault, source } = open();
    vault.latencyMs = latencyMs;
    const read = source.current().then(
      () => null,
      (thrown: Error) => thrown.message,
    );
    expect(await read).toEqual(given === null ? null : expect.stringContaining(given));
    expect(vault.clock.monotonic()).toBe(given === null ? latencyMs : 10_000);
  });

  it("a reader that never ends is given up", async () => {
    const { vault, source } = open({ readTimeoutMs: 3_000 });
    vault.latencyMs = 10_000_000;
    await expect(source.current()).rejects.toThrow("READ_FAILED: reading CURRENT took longer than 3000 ms.");
    expect(vault.clock.monotonic()).toBe(3_000);
  });

  it.each([
    ["no CURRENT", null, "NOT_FOUND"],
    ["a content that is not JSON", { content: "canary{", versionNo: 1 }, "CONTENT_INVALID"],
    ["a content that is no object", { content: '["canary"]', versionNo: 1 }, "CONTENT_INVALID"],
    ["a content without a client", { content: '{"appSecret":"canary"}', versionNo: 1 }, "CONTENT_INVALID"],
    [
      "a placeholder, which only names the client",
      {
        content: '{"issuer":"uaa","clientId":"c","clientSecret":null,"_rotation":{"v":1,"kind":"placeholder"}}',
        versionNo: 1,
      },
      "NO_VALUE_YET",
    ],
    [
      "another issuer's member",
      { content: '{"issuer":"uaa","clientId":"c","appSecret":"canary"}', versionNo: 1 },
      "CONTENT_INVALID",
    ],
    ["no number", { content: content("canary"), versionNo: "1" }, "READ_FAILED"],
    ["a bundle of the SDK", { secretBundle: { content: "canary" } }, "READ_FAILED"],
  ])("%s is said, without quoting it", async (_, current, code) => {
    const source = credential(async () => current as never, { time: createFakeVault().clock });
    const error: unknown = await source.current().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code });
    expect(inspect(error, { depth: 9 })).not.toContain("canary");
  });

  it("a byte order mark before the content is no part of it", async () => {
    const source = credential(async () => ({ content: `\uFEFF${content("s1")}`, versionNo: 1 }));
    expect((await source.current()).clientSecret).toBe("s1");
  });

  it("a reader that throws at once is no different", async () => {
    const source = credential(() => {
      throw new TypeError("canary");
    });
    await expect(source.current()).rejects.toMatchObject({ code: "READ_FAILED" });
  });
});

describe("options", () => {
  it.each([{ ttlMs: -1 }, { ttlMs: Number.NaN }, { jitter: 1.5 }, { readTimeoutMs: 0 }, { waitMs: 60_001 }])(
    "out of their range are refused by name: %o",
    (options) => {
      expect(() => credential(async () => null, options)).toThrow(RangeError);
      expect(() => credential(async () => null, options)).toThrow(Object.keys(options)[0]);
    },
  );
});
