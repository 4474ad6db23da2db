import { expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { SecretState } from "../../../../src/clients/vault/store.ts";
import { rollback } from "../../../../src/rotation/actions/rollback.ts";
import { expectFailure } from "../../../support/failures.ts";
import { accepted, createRig, credential, type Written } from "../rig.ts";

const versions: readonly Written[] = [
  { no: 6, stages: ["PREVIOUS"], content: credential("S6") },
  { no: 7, stages: ["CURRENT"], content: credential("S7") },
];

/** A secret that from some read on, the first being 1, is another one than before. PREVIOUS logs in. */
function changing(changes: Readonly<Record<number, Partial<SecretState>>>) {
  const logins: string[] = [];
  const rig = createRig(
    versions,
    {},
    {
      answer: { outcome: "done" },
      stateOf: (state, reads) => {
        const due = Object.keys(changes).filter((from) => Number(from) <= reads);
        return { ...state, ...changes[Number(due.at(-1) ?? 0)] };
      },
      issuer: {
        async login() {
          logins.push("login");
          return accepted;
        },
      },
    },
  );
  return { ...rig, logins, go: () => rollback(rig.context) };
}

test("a rollback looks once more after PREVIOUS has logged in, right before the promote", async () => {
  const { go, sent, asked } = changing({});
  expect(await go()).toBe(6);
  expect(sent).toEqual([["promote", 6, "etag-1"]]);
  expect(asked).toEqual(["read-secret", "list", "read 6", "read 7", "read-secret"]);
});

test.each<[string, Partial<Written>]>([
  ["PREVIOUS is of another client than CURRENT", { content: credential("S6", { clientId: "another" }) }],
  ["CURRENT cannot be understood", { no: 7, stages: ["CURRENT"], content: "not json" }],
])("if %s a rollback is refused before any login, naming the command that does it", async (what, change) => {
  const { go, sent, logins, vault } = changing({});
  vault.versions = versions.map((version) => (version.no === (change.no ?? 6) ? { ...version, ...change } : version));
  const { nextAction } = await expectFailure(go, "ROLLBACK_REFUSED", what);
  expect(nextAction).toContain("oci vault secret update --secret-id ocid1.");
  expect(nextAction).toContain("--current-version-number 6");
  expect([logins, sent]).toEqual([[], []]);
});

test.each<[string, Partial<SecretState>]>([
  ["was written to", { etag: "etag-2" }],
  ["has another CURRENT, although its etag says nothing of that", { currentVersionNo: 8 }],
])("if the secret %s meanwhile, everything is asked again", async (_what, change) => {
  const { go, sent, logins } = changing({ 2: change });
  expect(await go()).toBe(6);
  expect(logins).toEqual(["login", "login"]);
  expect(sent).toEqual([["promote", 6, change.etag ?? "etag-1"]]);
});

test("a secret that does not stand still is for later, and nothing is promoted", async () => {
  const { go, sent, logins } = changing(
    Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at + 1, { etag: `etag-${at}` }])),
  );
  await expectFailure(go, "VAULT_UNAVAILABLE", "the secret changed each time");
  expect(logins).toHaveLength(3);
  expect(sent).toEqual([]);
});

test.each([
  ["nothing is CURRENT any more", null],
  ["another version is CURRENT", 8],
])("a promote without an answer after which %s is reported as it failed", async (_what, currentNo) => {
  const error = new RotationError("VAULT_UNAVAILABLE", "no answer to the promote");
  const rig = createRig(
    versions,
    {},
    {
      answer: () => {
        rig.vault.versions = versions
          .map((version): Written => ({ ...version, stages: ["DEPRECATED"] }))
          .concat(currentNo === null ? [] : [{ no: currentNo, stages: ["CURRENT"], content: credential("S8") }]);
        return { outcome: "unknown", error };
      },
      issuer: { login: async () => accepted },
    },
  );
  await expectFailure(() => rollback(rig.context), "VAULT_UNAVAILABLE", "no answer to the promote");
});
