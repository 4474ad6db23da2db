import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Capabilities } from "../../../../src/clients/issuers/issuer.ts";
import { currentSince, withCurrentSince, withLease } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { Annotations, SecretState, Write } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { noteCurrent } from "../../../../src/rotation/housekeeping/note-current.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { BUDGET_MS, createRig, credential, current } from "../rig.ts";

interface Case {
  readonly overlap?: Capabilities["overlap"];
  readonly isRead?: boolean;
  /** Vault's state at each read, as far as it differs from an ACTIVE secret with version 7 in CURRENT; the last one stays. */
  readonly states?: readonly Partial<SecretState>[];
  readonly leftMs?: number;
  readonly failure?: unknown;
  readonly content?: unknown;
  /** CURRENT's age, negative if this machine's clock lags behind OCI's. */
  readonly ageSeconds?: number;
  readonly isHeal?: boolean;
  /** The lease that this call holds. */
  readonly lease?: { readonly callId: string; readonly isOpen: boolean };
  /** How Vault answers the write. */
  readonly answer?: Write;
}

async function promoted({
  overlap = "two-slot",
  isRead = true,
  states = [{}],
  leftMs = BUDGET_MS,
  failure,
  content = credential("S7"),
  ageSeconds = 86_400,
  isHeal = false,
  lease,
  answer = { outcome: "done" },
}: Case) {
  let reads = 0;
  let isPromoted = false;
  const rig = createRig(
    [
      { ...current, content, ageSeconds },
      { no: 6, stages: ["PREVIOUS"], content: credential("S6") },
    ],
    {},
    {
      annotate: answer,
      capabilities: { valueChosenBy: "caller", overlap },
      stateOf(state) {
        if (!isPromoted) return state;
        if (failure !== undefined) throw failure;
        reads += 1;
        return { ...state, ...states[Math.min(reads, states.length) - 1] };
      },
    },
  );
  const attempt = createAttempt(null);
  if (isRead) await observe({ context: rig.context, attempt }, true, null);
  isPromoted = true;
  rig.clock.advance(BUDGET_MS - leftMs);
  if (lease !== undefined) attempt.locks.lease = { ...lease, startedAt: rig.clock.monotonic() };
  await noteCurrent({ context: rig.context, attempt }, 7, isHeal);
  return {
    sent: rig.sent,
    log: rig.log,
    slept: rig.clock.slept,
    now: rig.clock.now(),
    reads,
    lease: attempt.locks.lease,
  };
}

const UPDATING = { lifecycle: "UPDATING" };

describe("right after a promote, if the issuer keeps two values", () => {
  test("the time since when the version is CURRENT is noted, besides the existing members", async () => {
    const { sent, log, now } = await promoted({ states: [{ metadata: { team: "payments" } }] });
    expect(sent).toEqual([["annotate", { metadata: withCurrentSince({ team: "payments" }, 7, now) }, "etag-1"]]);
    expect(log).toEqual([
      expect.objectContaining({ level: "info", event: "current-noted", versionNo: 7, outcome: "done" }),
    ]);
  });

  test("the secret is waited for while it is UPDATING", async () => {
    const { sent, slept, now } = await promoted({ states: [UPDATING, UPDATING, {}] });
    expect(slept).toEqual([100, 100]);
    expect(
      currentSince(((sent[0]?.[1] ?? {}) as Annotations).metadata ?? {}, { versionNo: 7, createdAt: 0 }, now),
    ).toBe(now);
  });

  test("it is left for later if the secret stays UPDATING for longer than a write may take", async () => {
    const { sent, slept, log } = await promoted({ states: [UPDATING] });
    expect({ sent, log }).toEqual({ sent: [], log: [] });
    expect(slept.reduce((one, other) => one + other, 0)).toBe(30_000);
  });

  test.each([
    [20_000, 0],
    [20_001, 1],
  ])("with %i ms left, two calls being 20 s, it is noted %i times", async (leftMs, times) => {
    const { sent, reads } = await promoted({ leftMs });
    expect(sent).toHaveLength(times);
    expect(reads).toBe(times);
  });

  test("nothing is written if another version is CURRENT by now", async () => {
    expect(await promoted({ states: [{ currentVersionNo: 8 }] })).toMatchObject({ sent: [], log: [], reads: 1 });
  });

  test.each([
    ["the version before", 6],
    ["an earlier time of this version as CURRENT, before a rollback", 7],
  ])("a note on %s is replaced", async (_what, versionNo) => {
    const { sent, now } = await promoted({ states: [{ metadata: withCurrentSince({}, versionNo, 5) }] });
    expect(sent).toEqual([["annotate", { metadata: withCurrentSince({}, 7, now) }, "etag-1"]]);
  });

  test("the time is not before the version was created, even if this machine's clock lags", async () => {
    const { sent, now } = await promoted({ ageSeconds: -5 });
    expect(sent).toEqual([["annotate", { metadata: withCurrentSince({}, 7, now + 5_000) }, "etag-1"]]);
  });

  test("a failure is a warning: the next call that finds no note begins the grace", async () => {
    const { log } = await promoted({ failure: new RotationError("VAULT_UNAVAILABLE", "no answer") });
    expect(log).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "current-not-noted",
        versionNo: 7,
        outcome: "VAULT_UNAVAILABLE",
      }),
    ]);
  });
});

describe("right after a promote, this call's own lease", () => {
  const states = [{ metadata: withLease({ team: "payments" }, "me", BUDGET_MS) }];
  const lease = { callId: "me", isOpen: false };

  test("is given back in the same write", async () => {
    const promotion = await promoted({ states, lease });
    const metadata = withCurrentSince({ team: "payments", orot: "{}" }, 7, promotion.now);
    expect(promotion.sent).toEqual([["annotate", { metadata }, "etag-1"]]);
    expect(promotion.lease).toBeNull();
  });

  test("is held on if Vault does not say that the write has landed", async () => {
    const error = new RotationError("VAULT_UNAVAILABLE", "no answer");
    const promotion = await promoted({ states, lease, answer: { outcome: "unknown", error } });
    expect(promotion.lease).toMatchObject(lease);
    expect(promotion.log).toEqual([expect.objectContaining({ event: "current-noted", outcome: "unknown" })]);
  });

  test("stays if a change sent under it may still take effect", async () => {
    const open = { callId: "me", isOpen: true };
    const promotion = await promoted({ states, lease: open });
    const metadata = withCurrentSince(withLease({ team: "payments" }, "me", BUDGET_MS), 7, promotion.now);
    expect(promotion.sent).toEqual([["annotate", { metadata }, "etag-1"]]);
    expect(promotion.lease).toMatchObject(open);
  });

  test("is not taken for released after a write of only the tags", async () => {
    const promotion = await promoted({ states, lease, isHeal: true, overlap: "none" });
    expect(promotion.sent).toEqual([["annotate", { tags: expect.anything() }, "etag-1"]]);
    expect(promotion.lease).toMatchObject(lease);
  });
});

describe("right after a promote by a heal", () => {
  const tags = (now: number) => ({
    team: "payments",
    "orot-issuer": "toy",
    "orot-client": "toy",
    "orot-outcome": `OK ${new Date(now).toISOString().slice(0, 19)}Z v7`,
  });

  test("the tags are kept in the same write", async () => {
    const { sent, now } = await promoted({ isHeal: true, states: [{ tags: { team: "payments" } }] });
    expect(sent).toEqual([["annotate", { metadata: withCurrentSince({}, 7, now), tags: tags(now) }, "etag-1"]]);
  });

  test("the tags are kept even if the issuer keeps one value", async () => {
    const { sent, now } = await promoted({
      isHeal: true,
      overlap: "none",
      states: [{ tags: { team: "payments" } }],
    });
    expect(sent).toEqual([["annotate", { tags: tags(now) }, "etag-1"]]);
  });

  test("nothing is written if the tags say so already, or could not be read", async () => {
    const known = tags(0);
    const state = { isHeal: true, overlap: "none" } as const;
    expect((await promoted({ ...state, states: [{ tags: known }] })).sent).toEqual([]);
    expect((await promoted({ ...state, states: [{ tags: null }] })).sent).toEqual([]);
  });
});

describe("nothing is noted, nor Vault asked", () => {
  test.each<[string, Case]>([
    ["the issuer keeps one value", { overlap: "none" }],
    ["the older value dies by itself", { overlap: "timed" }],
    ["the version was not read", { isRead: false }],
    ["the version is not understood", { content: "not json" }],
  ])("if %s", async (_what, state) => {
    expect(await promoted(state)).toMatchObject({ sent: [], log: [], reads: 0 });
  });
});
