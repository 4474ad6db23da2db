import { describe, expect, it } from "vitest";
import { credential, isInvalidClient } from "../../../src/consumer/index.ts";
import { createReads } from "../../../src/consumer/reads.ts";
import { content, createFakeVault, InvalidClient } from "./rig.ts";

function open(options: object = {}) {
  const vault = createFakeVault();
  vault.latencyMs = 0;
  return { vault, source: credential(vault.reader, { time: vault.clock, ...options }) };
}
const refusedOf = (clientSecret: string) => ({ clientId: "client", clientSecret, versionNo: 1, members: {} });

describe("the next credential", () => {
  it("is CURRENT's for whoever holds none, and refuses none of it", async () => {
    const { source } = open();
    expect((await source.next([]))?.clientSecret).toBe("s0");
  });

  it("is none if only refused ones are there, and CURRENT is known from then on", async () => {
    const { vault, source } = open({ waitMs: 0 });
    expect(await source.next(refusedOf("s0"))).toBeNull();
    const { length } = vault.reads;
    expect((await source.current()).clientSecret).toBe("s0");
    expect(vault.reads).toHaveLength(length);
  });

  it("is none of a PENDING version whose number is not above CURRENT's", async () => {
    const { vault, source } = open({ waitMs: 0 });
    vault.pending = { content: content("s1"), versionNo: 1 };
    expect(await source.next(refusedOf("s0"))).toBeNull();
    vault.pending = { content: content("s1"), versionNo: 2 };
    expect((await source.next(refusedOf("s0")))?.clientSecret).toBe("s1");
  });
});

it("a request is made four times at most, however many credentials follow", async () => {
  const { vault, source } = open();
  const tried: string[] = [];
  const refusing = source.use(async ({ clientSecret }) => {
    tried.push(clientSecret);
    vault.current = { content: content(`s${tried.length}`), versionNo: 1 + tried.length };
    throw new InvalidClient("refused");
  });
  await expect(refusing).rejects.toThrow("refused");
  expect(tried).toEqual(["s0", "s1", "s2", "s3"]);
});

describe("looks that bring nothing new", () => {
  function looking() {
    const vault = createFakeVault();
    vault.latencyMs = 0;
    const { clock: time, reader } = vault;
    const reads = createReads({ reader, time, readTimeoutMs: 1_000, onReadError: () => undefined });
    return { time, look: async () => (await reads.both()).startedAt };
  }

  it("keep a distance that doubles up to two seconds", async () => {
    const { look } = looking();
    const starts: number[] = [];
    for (let looks = 0; looks < 7; looks += 1) starts.push(await look());
    expect(starts).toEqual([0, 250, 750, 1_750, 3_750, 5_750, 7_750]);
  });

  it("begin again with the shortest distance after a minute without any", async () => {
    const { time, look } = looking();
    for (let looks = 0; looks < 5; looks += 1) await look();
    await time.sleep(60_000);
    const first = await look();
    expect((await look()) - first).toBe(250);
  });
});

it("a challenge for clients counts only under the code of the libraries that throw it", async () => {
  const challenge = { status: 401, cause: [{ scheme: "basic" }] };
  expect(await isInvalidClient({ code: "ANOTHER_CODE", ...challenge })).toBe(false);
});
