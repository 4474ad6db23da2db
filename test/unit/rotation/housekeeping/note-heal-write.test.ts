import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { ReadBack } from "../../../../src/clients/issuers/issuer.ts";
import { withLease, withSurvival } from "../../../../src/clients/vault/rotation-metadata.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { noteHeal } from "../../../../src/rotation/housekeeping/note-heal.ts";
import { claim, credential, type Written } from "../rig.ts";
import { type Heal, healed } from "./healed.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const noted = {
  team: "payments",
  "orot-issuer": "toy",
  "orot-client": "toy",
  "orot-outcome": "OK 2026-01-01T00:00:00Z v7",
};
/** A claim that holds a living token of the client secret before this one. */
const learnable: Written = {
  no: 6,
  stages: ["DEPRECATED"],
  content: claim("S5", { token: "old", tokenExpiresAt: "2026-01-01T01:00:00Z" }),
  ageSeconds: 600,
};
const before: Written = { no: 5, stages: ["DEPRECATED"], content: credential("S5") };
const ALIVE: ReadBack = { outcome: "not-readable", isProofAlive: true };
const learning: Heal = { beside: [learnable, before], issuer: { readBack: async () => ALIVE } };
const LOST: Write = { outcome: "unknown", error: new RotationError("VAULT_UNAVAILABLE", "no answer") };
const leased = (callId: string) => withLease({ owner: "ops" }, callId, NOW + 90_000);
const released = { owner: "ops", orot: "{}" };

interface Held {
  readonly callId: string;
  readonly isOpen: boolean;
}

/** What a heal that ended well wrote and logged; `lease`: the one that this call holds. */
async function kept(heal: Heal, lease: Held | null = null) {
  const { clock, context, attempt, seen, sent, log } = await healed(heal);
  attempt.locks.lease = lease && { ...lease, startedAt: clock.monotonic() };
  await noteHeal({ context, attempt, snapshot: seen });
  return { sent, lease: attempt.locks.lease, log: log.map(({ time: _, ...line }) => line) };
}

const line = (event: string, fields: object) => ({ level: "info", event, ...fields });

describe("a heal that ended well keeps", () => {
  test("only the tags, if nothing was learnt", async () => {
    expect(await kept({})).toMatchObject({
      sent: [["annotate", { tags: noted }, "etag-1"]],
      log: [line("heal-noted", { outcome: "done" })],
    });
  });

  test.each([true, false])("whether tokens survive, and the tags, in one write: %s", async (survives) => {
    const readBack = survives ? ALIVE : ({ outcome: "proof-refused" } as const);
    const { sent, log } = await kept({
      ...learning,
      issuer: { readBack: async () => readBack },
      state: { metadata: { owner: "ops" } },
    });
    expect(sent).toEqual([
      ["annotate", { metadata: withSurvival({ owner: "ops" }, survives, NOW), tags: noted }, "etag-1"],
    ]);
    expect(log).toEqual([
      line("token-survival", { outcome: survives ? "survives" : "dies", write: "done" }),
      line("heal-noted", { outcome: "done" }),
    ]);
  });

  test.each<[string, Heal]>([
    ["the tags say so already", { ...learning, state: { tags: noted } }],
    ["the tags could not be read", { ...learning, state: { tags: null } }],
  ])("only whether tokens survive, if %s", async (_what, heal) => {
    const { sent, log } = await kept(heal);
    expect(sent).toEqual([["annotate", { metadata: withSurvival({}, true, NOW) }, "etag-1"]]);
    expect(log).toEqual([line("token-survival", { outcome: "survives", write: "done" })]);
  });

  test("nothing where nothing is new, and says nothing", async () => {
    expect(await kept({ state: { tags: noted } })).toMatchObject({ sent: [], log: [] });
  });

  test("what it can, and says how the write ended", async () => {
    expect((await kept({ ...learning, annotate: LOST })).log).toEqual([
      line("token-survival", { outcome: "survives", write: "unknown" }),
      line("heal-noted", { outcome: "unknown" }),
    ]);
  });
});

describe("this call's own lease", () => {
  const state = { metadata: leased("me") };
  const closed: Held = { callId: "me", isOpen: false };

  test("is given back in the write of what a heal keeps", async () => {
    const { sent, lease, log } = await kept({ state }, closed);
    expect(sent).toEqual([["annotate", { metadata: released, tags: noted }, "etag-1"]]);
    expect(lease).toBeNull();
    expect(log).toEqual([line("heal-noted", { outcome: "done" })]);
    const learnt = await kept({ ...learning, state }, closed);
    expect(learnt).toMatchObject({
      sent: [["annotate", { metadata: withSurvival(released, true, NOW), tags: noted }, "etag-1"]],
      lease: null,
    });
  });

  test("costs no extra write", async () => {
    expect(await kept({ state: { ...state, tags: noted } }, closed)).toMatchObject({ sent: [], lease: closed });
  });

  test("is held on where Vault does not say that the write has landed", async () => {
    expect((await kept({ state, annotate: LOST }, closed)).lease).toMatchObject(closed);
  });

  test("stays where a change sent under it may still take effect", async () => {
    const open = { callId: "me", isOpen: true };
    const { sent, lease } = await kept({ ...learning, state }, open);
    expect(sent).toEqual([["annotate", { metadata: withSurvival(leased("me"), true, NOW), tags: noted }, "etag-1"]]);
    expect(lease).toMatchObject(open);
    expect((await kept({ state }, open)).sent).toEqual([["annotate", { tags: noted }, "etag-1"]]);
  });

  test("is not taken for released after a write without the metadata", async () => {
    const { sent, lease } = await kept({ state: { metadata: leased("another") } }, closed);
    expect(sent).toEqual([["annotate", { tags: noted }, "etag-1"]]);
    expect(lease).toMatchObject(closed);
  });
});
