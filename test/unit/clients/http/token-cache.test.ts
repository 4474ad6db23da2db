import { describe, expect, test, vi } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createTokenCache, type Token, tokenKey } from "../../../../src/clients/http/token-cache.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const MARGIN_MS = 30_000;

function setUp() {
  const clock = createInstantClock();
  const cache = createTokenCache(clock);
  let made = 0;
  const token = (lifeMs = 3_600_000): Token => ({
    value: new Secret(`token-${++made}`),
    expiresAt: clock.monotonic() + lifeMs,
  });
  /** A fetch that ends when the test says so. */
  const held = () => {
    let settle: { give(token: Token): void; fail(error: Error): void } | undefined;
    const promise = new Promise<Token>((give, fail) => {
      settle = { give, fail };
    });
    if (settle === undefined) throw new Error("a promise starts at once");
    return { ...settle, fetch: vi.fn(() => promise) };
  };
  const get = async (fetch: () => Promise<Token>, key = "key") =>
    (await cache.get(key, MARGIN_MS, fetch)).value.reveal();
  return { clock, cache, token, held, get };
}

test("a token is fetched once and served until it expires, less the margin", async () => {
  const { clock, token, get } = setUp();
  const fetch = vi.fn(async () => token(100_000));
  expect(await get(fetch)).toBe("token-1");
  clock.advance(69_999);
  expect(await get(fetch)).toBe("token-1");
  clock.advance(1);
  expect(await get(fetch)).toBe("token-2");
  expect(fetch).toHaveBeenCalledTimes(2);
});

describe("single flight", () => {
  test("whoever asks while a token is being fetched gets that one", async () => {
    const { token, held, get } = setUp();
    const { fetch, give } = held();
    const asked = [get(fetch), get(fetch), get(fetch)];
    give(token());
    expect(await Promise.all(asked)).toEqual(["token-1", "token-1", "token-1"]);
    expect(fetch).toHaveBeenCalledOnce();
  });

  test("it also holds for a token whose life is shorter than the margin", async () => {
    const { token, held, get } = setUp();
    const { fetch, give } = held();
    const asked = [get(fetch), get(fetch), get(fetch)];
    give(token(1_000));
    expect(await Promise.all(asked)).toEqual(["token-1", "token-1", "token-1"]);
    expect(fetch).toHaveBeenCalledOnce();
  });

  test("of those who find an old token only the first fetches a new one", async () => {
    const { clock, token, held, get } = setUp();
    await get(async () => token(100_000));
    clock.advance(100_000);
    const { fetch, give } = held();
    const asked = [get(fetch), get(fetch), get(fetch)];
    give(token());
    expect(await Promise.all(asked)).toEqual(["token-2", "token-2", "token-2"]);
    expect(fetch).toHaveBeenCalledOnce();
  });

  test("other keys are fetched by themselves", async () => {
    const { token, held, get } = setUp();
    const { fetch, give } = held();
    const first = get(fetch, "one");
    expect(await get(async () => token(), "two")).toBe("token-1");
    give(token());
    expect(await first).toBe("token-2");
  });
});

describe("a fetch that fails", () => {
  test("fails for all who waited for it, and is not kept", async () => {
    const { token, held, get } = setUp();
    const { fetch, fail } = held();
    const asked = [get(fetch), get(fetch)];
    fail(new Error("refused"));
    const results = await Promise.allSettled(asked);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected"]);
    expect(fetch).toHaveBeenCalledOnce();
    expect(await get(async () => token())).toBe("token-1");
  });

  test("does not push out a token that was put meanwhile", async () => {
    const { cache, token, held, get } = setUp();
    const { fetch, fail } = held();
    const asked = get(fetch);
    cache.put("key", token());
    fail(new Error("refused"));
    await expect(asked).rejects.toThrow("refused");
    expect(await get(fetch)).toBe("token-1");
  });
});

test("a token that was put is served without a fetch", async () => {
  const { cache, token, get } = setUp();
  const fetch = vi.fn(async () => token());
  cache.put("key", token());
  expect(await get(fetch)).toBe("token-1");
  expect(fetch).not.toHaveBeenCalled();
});

test("a newer token that was put replaces the older one", async () => {
  const { cache, token, get } = setUp();
  const fetch = vi.fn(async () => token());
  cache.put("key", token());
  cache.put("key", token());
  expect(await get(fetch)).toBe("token-2");
});

test("a token that was dropped is fetched anew, and others stay", async () => {
  const { cache, token, get } = setUp();
  cache.put("key", token());
  cache.put("other", token());
  cache.drop("key");
  expect(await get(async () => token())).toBe("token-3");
  expect(await get(async () => token(), "other")).toBe("token-2");
});

test("a token dropped while it was being fetched is not kept", async () => {
  const { cache, token, held, get } = setUp();
  const { fetch, give } = held();
  const asked = get(fetch);
  cache.drop("key");
  give(token());
  expect(await asked).toBe("token-1");
  expect(await get(async () => token())).toBe("token-2");
});

test("the cache holds a thousand tokens, and the oldest goes first", async () => {
  const { cache, token, get } = setUp();
  for (let index = 0; index < 1_000; index++) cache.put(`key-${index}`, token());
  cache.put("key-0", token());
  cache.put("key-1000", token());
  expect(await get(async () => token(), "key-0")).toBe("token-1001");
  expect(await get(async () => token(), "key-1000")).toBe("token-1002");
  expect(await get(async () => token(), "key-1")).toBe("token-1003");
});

test("the key tells secrets, version numbers and scopes apart", () => {
  const keys = [
    tokenKey("ocid1.vaultsecret.a", 1, "scope"),
    tokenKey("ocid1.vaultsecret.a", 2, "scope"),
    tokenKey("ocid1.vaultsecret.b", 1, "scope"),
    tokenKey("ocid1.vaultsecret.a", 1, "scope2"),
    tokenKey("ocid1.vaultsecret.a", 1, null),
    tokenKey("ocid1.vaultsecret.a", 1, "null"),
    tokenKey('ocid1.vaultsecret.a",1,"scope', 1, "scope"),
    tokenKey("ocid1.vaultsecret.a", 11, "scope"),
    tokenKey("ocid1.vaultsecret.a1", 1, "scope"),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(tokenKey("ocid1.vaultsecret.a", 1, "scope")).toBe(keys[0]);
});

test("the cache and its tokens print no token", async () => {
  const { cache, token, get } = setUp();
  await get(async () => token());
  expectNoTrace(cache, "token-1");
  expectNoTrace(await cache.get("key", 0, async () => token()), "token-1");
});
