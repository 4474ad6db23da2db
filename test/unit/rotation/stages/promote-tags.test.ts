import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Tags, Write } from "../../../../src/clients/vault/store.ts";
import { promoteByNumber } from "../../../../src/rotation/stages/promote.ts";
import { createRig } from "../rig.ts";

const done: Write = { outcome: "done" };
const failed = (outcome: Exclude<Write["outcome"], "done">): Write => ({
  outcome,
  error: new RotationError("VAULT_UNAVAILABLE", outcome),
});

const NOTED: Tags = { team: "payments", "orot-expires-on": "2026-12-20T10:00:00Z v2" };
const UNKNOWN: Tags = { team: "payments", "orot-expires-on": "unknown v3" };

/** Promotes version 3, of whose writes Vault answers one after the other. */
async function promoted(tags: Tags | null, ...answers: readonly Write[]) {
  const left = [...answers];
  const { context, sent } = createRig([], {}, { answer: () => left.shift() ?? failed("unknown") });
  const { write } = await promoteByNumber(context, 3, "etag-1", tags);
  return { write, sent };
}

const withTags = (tags: Tags) => ["promote", 3, "etag-1", { tags }];
const plain = ["promote", 3, "etag-1"];

describe("a promote", () => {
  test("takes the expiry of another value out of the tags in the same write, and leaves all other tags", async () => {
    expect(await promoted(NOTED, done)).toEqual({ write: done, sent: [withTags(UNKNOWN)] });
  });

  test.each([
    ["that could not be read", null],
    ["without an expiry", { team: "payments" }],
    ["with the expiry unknown already", UNKNOWN],
  ] as const)("sends no tags if the tags are %s", async (_, tags) => {
    expect(await promoted(tags, done)).toEqual({ write: done, sent: [plain] });
  });

  test("that Vault refuses with tags is sent once more without, and its answer counts", async () => {
    expect(await promoted(NOTED, failed("refused"), done)).toEqual({ write: done, sent: [withTags(UNKNOWN), plain] });
    const { write, sent } = await promoted(NOTED, failed("refused"), failed("refused"));
    expect([write.outcome, sent.length]).toEqual(["refused", 2]);
  });

  test.each(["busy", "race-lost", "name-taken", "unknown"] as const)(
    "that ends as %s with tags is sent once: it may have taken effect, or the state has changed",
    async (outcome) => {
      const { write, sent } = await promoted(NOTED, failed(outcome), done);
      expect([write.outcome, sent]).toEqual([outcome, [withTags(UNKNOWN)]]);
    },
  );
});
