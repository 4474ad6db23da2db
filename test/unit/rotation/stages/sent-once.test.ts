import { expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { promote } from "../../../../src/rotation/stages/promote.ts";
import { writePending } from "../../../../src/rotation/stages/write-pending.ts";
import { createStageRig } from "./rig.ts";

const refused: Write = { outcome: "refused", error: new RotationError("VAULT_FORBIDDEN", "no right") };

test("a version is promoted by its number and under the etag of the look, and the answer is Vault's", async () => {
  const { invocation, sent } = createStageRig([], {}, () => refused);
  expect(await promote(invocation, 8, "etag-1", null)).toBe(refused);
  expect(sent).toEqual([["promote", 8, "etag-1"]]);
});

test("a credential is written once, as it is and where it is told to, and the answer is Vault's", async () => {
  const { invocation, sent } = createStageRig([], {}, () => refused);
  const content = new Secret("text");
  expect(await writePending(invocation, "orot-8", "CURRENT", content, null)).toBe(refused);
  expect(sent).toEqual([["write", "orot-8", "CURRENT", content, null]]);
});
