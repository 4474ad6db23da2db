import { describe, expect, test } from "vitest";
import { AuthorityError, RotationError } from "../../../src/errors.ts";
import type { Invocation } from "../../../src/invocation.ts";
import { createMemory } from "../../../src/recovery/memory.ts";
import { noteCurrent } from "../../../src/recovery/note-current.ts";
import { noteFailedHeal, noteHeal } from "../../../src/recovery/note-heal.ts";
import { observe } from "../../../src/recovery/observe.ts";
import type { SecretState } from "../../../src/vault/store.ts";
import { claim, createRig, credential, type Written } from "./rig.ts";

const LOCKED_OUT = new RotationError("LOCKED_OUT", "nobody may ask");

/** A heal that has looked at version 7 in CURRENT; from the second read on, Vault's state differs by `later`, where somebody has changed it. */
async function healed(later: Partial<SecretState> | RotationError | null, above: readonly Written[] = []) {
  const rig = createRig([{ no: 7, stages: ["CURRENT", "LATEST"], content: credential("S7") }, ...above], {});
  const memory = createMemory(null);
  const written: unknown[][] = [];
  const { store } = rig.invocation;
  let reads = 0;
  const invocation: Invocation = {
    ...rig.invocation,
    store: {
      ...store,
      readSecret: async () => {
        reads += 1;
        if (reads > 1 && later instanceof RotationError) throw later;
        return { ...(await store.readSecret()), tags: { team: "payments" }, ...(reads > 1 ? later : null) };
      },
      writeNotes: async (...sent: unknown[]) => {
        written.push(sent);
        return { outcome: "done" as const };
      },
    },
  };
  const observation = await observe(invocation, memory, true, null);
  if (observation === null) throw new Error("the secret is UPDATING");
  return { invocation, memory, observation, written, log: rig.log };
}

const changed = { etag: "etag-2", tags: { team: "payments", "cost-centre": "4711" } };
const noted = (code: string) => ({
  tags: expect.objectContaining({ team: "payments", "orot-outcome": expect.stringMatching(`^${code} \\S+ v7$`) }),
});

describe.each([
  ["that ended well", "OK"],
  ["that failed", "LOCKED_OUT"],
])("a heal %s", (_how, code) => {
  const note = ({ invocation, memory, observation }: Awaited<ReturnType<typeof healed>>) =>
    code === "OK"
      ? noteHeal(invocation, memory, observation)
      : noteFailedHeal(invocation, memory, observation, LOCKED_OUT);

  test("keeps its tags beside those that are there", async () => {
    const heal = await healed(null);
    await note(heal);
    expect(heal.written).toEqual([[noted(code), "etag-1"]]);
  });

  test("replaces nothing that somebody has changed since it looked, also should Vault ignore if-match", async () => {
    const heal = await healed(changed);
    await note(heal);
    expect(heal.written).toEqual([]);
    expect(heal.log).toContainEqual(expect.objectContaining({ event: "heal-noted", outcome: "changed" }));
  });

  test("goes on where Vault cannot be asked whether anything has changed", async () => {
    const heal = await healed(new RotationError("VAULT_UNAVAILABLE", "no answer"));
    await note(heal);
    expect(heal.written).toEqual([]);
    expect(heal.log).toContainEqual(expect.objectContaining({ event: "heal-not-noted", outcome: "VAULT_UNAVAILABLE" }));
  });
});

describe("the tags of a heal that failed", () => {
  const unread = new AuthorityError("VAULT_FORBIDDEN", "the second authority in secret 1 could not be read");

  test.each([
    ["nobody can log in", LOCKED_OUT],
    ["the secret of a second authority cannot be read", unread],
    ["the secret of a second authority is gone", new AuthorityError("SECRET_NOT_FOUND", "gone")],
  ])("say that %s", async (_what, error) => {
    const { invocation, memory, observation, written } = await healed(null);
    await noteFailedHeal(invocation, memory, observation, error);
    expect(written).toEqual([[noted(error.code), "etag-1"]]);
  });

  test.each([
    ["Vault would refuse the write", new RotationError("VAULT_FORBIDDEN", "no")],
    ["the secret is gone", new RotationError("SECRET_NOT_FOUND", "no")],
    ["it passes by itself", new RotationError("ISSUER_UNAVAILABLE", "no")],
    ["Vault does not show a second authority's secret now", new AuthorityError("VAULT_UNAVAILABLE", "no")],
    ["it is a defect", new RotationError("INTERNAL", "no")],
  ])("stay as they are where %s", async (_what, error) => {
    const { invocation, memory, observation, written } = await healed(null);
    await noteFailedHeal(invocation, memory, observation, error);
    expect(written).toEqual([]);
  });

  test("are left out without a look, with tags that cannot be read or are too many, or with a value in hand", async () => {
    const heals = await Promise.all([1, 2, 3, 4].map(() => healed(null)));
    const [unseen, unread, full, holding] = heals;
    if (!unseen || !unread || !full || !holding) throw new Error("four heals");
    await noteFailedHeal(unseen.invocation, unseen.memory, null, LOCKED_OUT);
    unread.memory.tags = null;
    await noteFailedHeal(unread.invocation, unread.memory, unread.observation, LOCKED_OUT);
    full.memory.tags = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`tag-${at}`, "x"]));
    await noteFailedHeal(full.invocation, full.memory, full.observation, LOCKED_OUT);
    expect(full.log).toContainEqual(expect.objectContaining({ level: "warn", outcome: "too-many-tags" }));
    const known = holding.memory.contents.get(7);
    if (known === undefined || known.kind === "unknown") throw new Error("not read");
    const { content, credential: opened } = known;
    const kept = { text: opened.clientSecret, content, credential: opened, base: 7, receivedAt: 0 };
    holding.memory.hand = { ...kept, isCopy: false, isMinted: true, login: null, failure: null };
    await noteFailedHeal(holding.invocation, holding.memory, holding.observation, LOCKED_OUT);
    expect(heals.map(({ written }) => written)).toEqual([[], [], [], []]);
  });

  test.each([
    [20_000, 0],
    [20_001, 1],
  ])("with %i ms left, two calls being 20 s, are written %i times", async (leftMs, times) => {
    const { invocation, memory, observation, written } = await healed(null);
    const budget = { ...invocation.budget, remaining: () => leftMs };
    await noteFailedHeal({ ...invocation, budget }, memory, observation, LOCKED_OUT);
    expect(written).toHaveLength(times);
  });

  test("wait while another run is at work", async () => {
    const busy = { no: 8, stages: ["PENDING"], content: claim("S7"), ageSeconds: 10 } as const;
    const { invocation, memory, observation, written } = await healed(null, [busy]);
    await noteFailedHeal(invocation, memory, observation, LOCKED_OUT);
    await noteHeal(invocation, memory, observation);
    expect(written).toEqual([]);
  });
});

test("tags kept right after a promote replace nothing that was changed while the issuer was asked", async () => {
  const heal = await healed(null);
  const { store } = heal.invocation;
  let reads = 0;
  const readSecret = async () => ({ ...(await store.readSecret()), ...(++reads > 1 ? changed : null) });
  await noteCurrent({ ...heal.invocation, store: { ...store, readSecret } }, heal.memory, 7, true);
  expect(heal.written).toEqual([]);
  expect(heal.log).toContainEqual(expect.objectContaining({ event: "current-noted", outcome: "changed" }));
});
