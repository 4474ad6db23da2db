import { expect, test } from "vitest";
import { tellChange } from "../../../src/notify/tell.ts";
import type { SecretState, SecretStore } from "../../../src/vault/store.ts";
import { createRig, credential } from "../recovery/rig.ts";

const HOOK = "https://hooks.example.org/";
const own = (members: unknown) => ({ orot: JSON.stringify(members) });

test("what another call has told of a later version meanwhile stays, though this call has never seen that version", async () => {
  const { invocation, log } = createRig([{ no: 3, stages: ["CURRENT", "LATEST"], content: credential("S") }]);
  const subscribers = [{ endpoint: HOOK }];
  const before = own({ subscribers, told: { version: 2, seq: 1 } });
  const states: Partial<SecretState>[] = [
    { currentVersionNo: 3, metadata: before },
    { currentVersionNo: 4, metadata: own({ subscribers, told: { version: 4, seq: 3 } }) },
  ];
  const written: unknown[] = [];
  const store: SecretStore = {
    ...invocation.store,
    readSecret: async () => ({ ...(await invocation.store.readSecret()), ...states.shift() }),
    writeNotes: async (notes) => {
      written.push(notes);
      return { outcome: "done" };
    },
  };
  const told: string[] = [];
  const channels = {
    ...invocation.channels,
    allowance: () => 10_000,
    spend: () => undefined,
    send: async (_message: unknown, endpoint: string) => {
      told.push(endpoint);
      return "delivered" as const;
    },
  };
  await tellChange({ ...invocation, store, storeWithin: () => store, channels }, { metadata: before, highestNo: 3 }, 3);
  expect(told).toEqual([HOOK]);
  expect(states).toEqual([]);
  expect(written).toEqual([]);
  expect(log).toEqual([expect.objectContaining({ event: "change-told", versionNo: 3, delivered: 1 })]);
});
