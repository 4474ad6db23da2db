import { describe, expect, test } from "vitest";
import { AuthorityError, RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { noteCurrent } from "../../../../src/rotation/housekeeping/note-current.ts";
import { isLasting, noteFailedHeal, noteHeal } from "../../../../src/rotation/housekeeping/note-heal.ts";
import { claim, type Run, withVault } from "../rig.ts";
import { healed } from "./healed.ts";

const LOCKED_OUT = new RotationError("LOCKED_OUT", "nobody may ask");

const changed = { etag: "etag-2", tags: { team: "payments", "cost-centre": "4711" } };
const noted = (code: string) => ({
  tags: expect.objectContaining({ team: "payments", "orot-outcome": expect.stringMatching(`^${code} \\S+ v7$`) }),
});

describe.each([
  ["that ended well", "OK"],
  ["that failed", "LOCKED_OUT"],
])("a heal %s", (_how, code) => {
  const note = ({ context, attempt, seen }: Run) =>
    code === "OK"
      ? noteHeal({ context, attempt, snapshot: seen })
      : noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);

  test("keeps its tags besides the existing ones", async () => {
    const heal = await healed();
    await note(heal);
    expect(heal.sent).toEqual([["annotate", noted(code), "etag-1"]]);
  });

  test("overwrites no change since it looked, even if Vault ignores if-match", async () => {
    const heal = await healed({ later: changed });
    await note(heal);
    expect(heal.sent).toEqual([]);
    expect(heal.log).toContainEqual(expect.objectContaining({ event: "heal-noted", outcome: "changed" }));
  });

  test("goes on if Vault cannot be asked whether anything has changed", async () => {
    const heal = await healed({ later: new RotationError("VAULT_UNAVAILABLE", "no answer") });
    await note(heal);
    expect(heal.sent).toEqual([]);
    expect(heal.log).toContainEqual(expect.objectContaining({ event: "heal-not-noted", outcome: "VAULT_UNAVAILABLE" }));
  });
});

describe("the tags of a heal that failed", () => {
  const unread = new AuthorityError("VAULT_FORBIDDEN", "the second authority in secret 1 could not be read");

  test.each([
    ["no value logs in", LOCKED_OUT],
    ["the secret of a second authority cannot be read", unread],
    ["the secret of a second authority is gone", new AuthorityError("SECRET_NOT_FOUND", "gone")],
  ])("say that %s", async (_what, error) => {
    const { context, attempt, seen, sent } = await healed();
    await noteFailedHeal({ context, attempt, snapshot: seen }, error);
    expect(sent).toEqual([["annotate", noted(error.code), "etag-1"]]);
  });

  test.each([
    ["Vault would refuse the write", new RotationError("VAULT_FORBIDDEN", "no")],
    ["the secret is gone", new RotationError("SECRET_NOT_FOUND", "no")],
    ["it passes by itself", new RotationError("ISSUER_UNAVAILABLE", "no")],
    ["Vault does not show a second authority's secret now", new AuthorityError("VAULT_UNAVAILABLE", "no")],
    ["it is a defect", new RotationError("INTERNAL", "no")],
    ["the secret is no longer ACTIVE", new RotationError("SECRET_NOT_ROTATABLE", "no")],
    ["rotations are paused", new RotationError("PAUSED", "no")],
  ])("stay as they are if %s", async (_what, error) => {
    const { context, attempt, seen, sent, log } = await healed();
    await noteFailedHeal({ context, attempt, snapshot: seen }, error);
    expect(isLasting(error)).toBe(false);
    expect({ sent, log }).toEqual({ sent: [], log: [] });
  });

  test("stay as they are if they say so already", async () => {
    const tags = { "orot-outcome": "LOCKED_OUT 2025-12-31T00:00:00Z v7", "orot-issuer": "toy", "orot-client": "toy" };
    const { context, attempt, seen, sent, log } = await healed({ state: { tags } });
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect({ sent, log }).toEqual({ sent: [], log: [] });
  });

  test("stay as they are if there would be more of them than Vault takes, which is said", async () => {
    const tags = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`tag-${at}`, "x"]));
    const { context, attempt, seen, sent, log } = await healed({ state: { tags } });
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect(sent).toEqual([]);
    expect(log).toEqual([expect.objectContaining({ event: "heal-not-noted", outcome: "too-many-tags" })]);
  });

  test("stay as they are if another client is in CURRENT by now", async () => {
    const { context, attempt, seen, sent, log } = await healed();
    attempt.read.isClientChanged = true;
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect({ sent, log }).toEqual({ sent: [], log: [] });
  });

  test("stay as they are if Vault was not looked at, or does not show them", async () => {
    const { context, attempt, seen, sent, log } = await healed();
    await noteFailedHeal({ context, attempt, snapshot: null }, LOCKED_OUT);
    attempt.read.tags = null;
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect({ sent, log }).toEqual({ sent: [], log: [] });
  });

  test("are not sent while a value is unsaved: storing it comes first", async () => {
    const { clock, context, attempt, seen, sent, log } = await healed();
    const content = parseContent(new Secret('{"appSecret":"S8"}'));
    attempt.unsaved = {
      text: new Secret('{"appSecret":"S8"}'),
      content,
      credential: context.clients.issuers.open(content),
      base: 7,
      receivedAt: clock.monotonic(),
      isCopy: false,
      isMinted: true,
      login: null,
      failure: null,
      races: 0,
    };
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect({ sent, log }).toEqual({ sent: [], log: [] });
  });

  test.each([
    [20_000, 0],
    [20_001, 1],
  ])("with %i ms left, two calls being 20 s, are sent %i times", async (leftMs, times) => {
    const { clock, context, attempt, seen, sent } = await healed();
    clock.advance(280_000 - leftMs);
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    expect(sent).toHaveLength(times);
  });

  test("name the issuer and the client, as far as CURRENT is understood", async () => {
    const outcome = "LOCKED_OUT 2026-01-01T00:00:00Z v7";
    const plain = { team: "payments", "orot-outcome": outcome };
    const known = await healed();
    await noteFailedHeal({ context: known.context, attempt: known.attempt, snapshot: known.seen }, LOCKED_OUT);
    expect(known.sent).toEqual([
      ["annotate", { tags: { ...plain, "orot-issuer": "toy", "orot-client": "toy" } }, "etag-1"],
    ]);
    expect(known.log).toEqual([expect.objectContaining({ level: "info", event: "heal-noted", outcome: "done" })]);
    const unread = await healed();
    unread.attempt.read.contents.clear();
    for (const { context, attempt, seen, sent } of [unread, await healed({ content: "not json" })]) {
      await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
      expect(sent).toEqual([["annotate", { tags: plain }, "etag-1"]]);
    }
  });

  test("wait while another run is at work", async () => {
    const busy = { no: 8, stages: ["PENDING"], content: claim("S7"), ageSeconds: 10 } as const;
    const { context, attempt, seen, sent } = await healed({ beside: [busy] });
    await noteFailedHeal({ context, attempt, snapshot: seen }, LOCKED_OUT);
    await noteHeal({ context, attempt, snapshot: seen });
    expect(sent).toEqual([]);
  });
});

test("tags kept right after a promote replace nothing that was changed while the issuer was asked", async () => {
  const heal = await healed();
  const { readSecret: read } = heal.context.clients.vault;
  let reads = 0;
  const readSecret = async () => ({ ...(await read()), ...(++reads > 1 ? changed : null) });
  await noteCurrent({ context: withVault(heal.context, { readSecret }), attempt: heal.attempt }, 7, true);
  expect(heal.sent).toEqual([]);
  expect(heal.log).toContainEqual(expect.objectContaining({ event: "current-noted", outcome: "changed" }));
});
