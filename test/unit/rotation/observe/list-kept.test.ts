import { expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { observeVersion } from "../../../../src/rotation/observe/version.ts";
import { expectFailure } from "../../../support/failures.ts";
import { accepted, createRig, observed } from "../rig.ts";
import { current, pending } from "./observe-rig.ts";

test("the list of the short look after a store is the one that later looks compare with", async () => {
  const rig = createRig([current]);
  const attempt = createAttempt(null, false, true);
  const first = await observed(rig, attempt);
  rig.vault.versions.push({ ...pending(8), name: "orot-8" });
  attempt.stored = { name: "orot-8", logIn: async () => accepted, login: null };
  await observe({ context: rig.context, attempt }, true, first);
  expect(attempt.read.list?.versions.map(({ versionNo }) => versionNo)).toEqual([8, 7]);
});

test("a list without CURRENT, which the secret does not name either, is asked for again later", async () => {
  const { context } = createRig([current, pending(8)]);
  const { vault: store } = context.clients;
  const vault = {
    ...store,
    readSecret: async () => ({ ...(await store.readSecret()), currentVersionNo: null }),
    listVersions: async () => ({ versions: [], asOf: context.clock.now() }),
  };
  const attempt = createAttempt(null);
  const look = () => observeVersion({ context: { ...context, clients: { ...context.clients, vault } }, attempt }, 8);
  const failure = await expectFailure(look, "VAULT_UNAVAILABLE");
  expect(failure.message).toBe("Vault does not say which version is CURRENT");
});
