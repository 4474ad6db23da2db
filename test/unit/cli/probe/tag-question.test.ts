import { expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { DefinedTags } from "../../../../src/base/place.ts";
import { askDefinedTag } from "../../../../src/cli/probe/tag-question.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { toyClient } from "../../../support/held.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";

const TAG = { namespace: "rotation", key: "client" };
const BEFORE: DefinedTags = { rotation: { client: "as it was", other: "kept" }, Oracle: { CreatedBy: "me" } };
const ended = (outcome: "refused" | "unknown"): Write => ({
  outcome,
  error: new RotationError("VAULT_UNAVAILABLE", `it ended ${outcome}`, "wait"),
});
const DONE: Write = { outcome: "done" };

async function ask(tag: typeof TAG | null, ends: readonly Write[], client = toyClient) {
  const written: (DefinedTags | string | null)[] = [];
  const probe = {
    clock: createInstantClock(),
    entropy: null as never,
    store: { readSecret: async () => ({ etag: "e", lifecycle: "ACTIVE", definedTags: BEFORE }) } as never,
    writeDefinedTags: async (tags: DefinedTags, etag: string | null) => {
      written.push(tags, etag);
      return ends[written.length / 2 - 1] ?? DONE;
    },
  };
  return { ...(await askDefinedTag(probe, tag, client)), written };
}

const PROBED = {
  ...BEFORE,
  rotation: { client: "toy base=https%3A%2F%2Ftoy.example client=toy probed", other: "kept" },
};
const both = [PROBED, "e", BEFORE, "e"];

test.each<[string, typeof TAG | null, readonly Write[], string, string, readonly unknown[]]>([
  ["no tag is named", null, [], "not-asked", "OROT_BINDING_TAG names no tag to test with", []],
  [
    "the write is refused",
    TAG,
    [ended("refused")],
    "own-right",
    "the right to write the secret is not enough to set a defined tag",
    [PROBED, "e"],
  ],
  [
    "it has no answer",
    TAG,
    [ended("unknown")],
    "unknown",
    "the write ended unexpectedly: it ended unknown",
    [PROBED, "e"],
  ],
  ["it stays", TAG, [DONE, ended("refused")], "unknown", "the tag could not be reverted: it ended refused", both],
  [
    "it is set and reverted",
    TAG,
    [],
    "taken",
    "you may set it; run the probe as a user who may write the secret but not use the tag namespace",
    both,
  ],
])(
  "whether a defined tag needs a further right is answered where %s",
  async (_what, tag, ends, answer, told, written) => {
    expect(await ask(tag, ends)).toEqual({ question: "defined-tag", answer, told, seconds: null, written });
  },
);

test("a tag's text stays below the limit of 256 characters, and a namespace that the secret lacks is added", async () => {
  const { written } = await ask({ namespace: "new", key: "k" }, [], { ...toyClient, clientId: "c".repeat(210) });
  const { k = "" } = (written[0] as Record<string, Record<string, string>>)["new"] ?? {};
  expect(k).toHaveLength(240 + " probed".length);
  expect(written[0]).toEqual({ ...BEFORE, new: { k: expect.stringMatching(/^toy base=https.*c probed$/) } });
});
