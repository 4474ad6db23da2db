import { describe, expect, test } from "vitest";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { readKnown, settleClient } from "../../../../src/rotation/observe/contents.ts";
import { observeVersion } from "../../../../src/rotation/observe/version.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import { createRig } from "../rig.ts";
import { current, pending, setUp } from "./observe-rig.ts";

describe("the client that a call serves", () => {
  test("is that of CURRENT's content where the call has read it, whatever an earlier call has kept", async () => {
    const { rig, attempt } = setUp();
    const rotation = { context: rig.context, attempt };
    const known = await readKnown(rotation, { versionNo: 7 });
    const { clientCache, secretId } = rig.context;
    clientCache.put(secretId, 7, { ...toyClient, clientId: "another" });
    await settleClient(rotation, { versionNo: 7 });
    if (known.kind === "unknown") throw new Error("not understood");
    expect(attempt.read.served).toEqual({ client: known.credential.client });
  });

  test("is kept for later calls only if CURRENT names one", async () => {
    const { rig, look } = setUp([{ ...current, content: { _rotation: { v: 1 } } }]);
    await look();
    expect(rig.context.clientCache.get(rig.context.secretId, 7)).toBeUndefined();
  });

  test("is asked for again later where Vault neither names CURRENT nor lists the versions", async () => {
    const { context } = createRig([current, pending(8)]);
    const { vault: store } = context.clients;
    const vault = {
      ...store,
      readSecret: async () => ({ ...(await store.readSecret()), currentVersionNo: null }),
      listVersions: async () => null,
    };
    const attempt = createAttempt(null);
    const rotation = { context: { ...context, clients: { ...context.clients, vault } }, attempt };
    const failure = await expectFailure(() => observeVersion(rotation, 8), "VAULT_UNAVAILABLE");
    expect(failure.message).toBe("Vault does not say which version is CURRENT");
    expect(attempt.read.served).toBeNull();
  });
});
