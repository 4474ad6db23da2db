import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { Token } from "../../../src/clients/http/token-cache.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { copyOfMemory, createProcessMemory } from "../../../src/rotation/process-memory.ts";
import { toyClient } from "../../support/held.ts";
import { createInstantClock } from "../../support/instant-clock.ts";
import { accepted, createRig, credential } from "./rig.ts";

const SECRET = "ocid1.vaultsecret.oc1..a";
const held = { client: toyClient, clientSecret: new Secret("S1") };
const token = (value: string): Token => ({ value: new Secret(value), expiresAt: Number.MAX_SAFE_INTEGER });

/** What a memory knows of the things that `filled` puts there. */
async function known(memory: ReturnType<typeof createProcessMemory>) {
  const fetched = await memory.tokens.get("key", 0, async () => token("new"));
  return {
    pauseMs: memory.gate.pauseMs("issuer", false),
    token: fetched.value.reveal(),
    client: memory.clients.get(SECRET, 1),
    isAccepted: memory.acceptances.has(held),
    firstWaitMs: memory.updatingTimes.firstWaitMs(),
  };
}

async function filled() {
  const clock = createInstantClock();
  const memory = createProcessMemory(clock);
  memory.gate.close("issuer", undefined, 30_000);
  memory.tokens.put("key", token("kept"));
  memory.clients.put(SECRET, 1, toyClient);
  const { issuers } = createRig([], {}, { issuer: { login: async () => accepted } }).context.clients;
  const plain = issuers.open(parseContent(new Secret(JSON.stringify(credential("S1")))));
  await memory.acceptances.remembering(plain, []).login(null);
  memory.updatingTimes.learn(700, false);
  return { clock, memory };
}

const everything = { pauseMs: 30_000, token: "kept", client: toyClient, isAccepted: true, firstWaitMs: 700 };
const nothing = { pauseMs: 0, token: "new", client: undefined, isAccepted: false, firstWaitMs: 100 };

describe("the memory of a process", () => {
  test("is empty at its start, and keeps what calls leave", async () => {
    expect(await known(createProcessMemory(createInstantClock()))).toEqual(nothing);
    expect(await known((await filled()).memory)).toEqual(everything);
  });

  test("is copied whole for a process that goes on from there by its own clock", async () => {
    const { clock, memory } = await filled();
    const other = createInstantClock();
    const copy = copyOfMemory(memory, other);
    clock.advance(60_000);
    expect(await known(copy)).toEqual(everything);
    expect(await known(memory)).toMatchObject({ pauseMs: 0, isAccepted: false });
    other.advance(20_000);
    expect(await known(copy)).toMatchObject({ pauseMs: 10_000, isAccepted: true });
  });

  test("does not hear of what the copy does", async () => {
    const { memory } = await filled();
    const copy = copyOfMemory(memory, createInstantClock());
    copy.gate.close("issuer", undefined, 90_000);
    copy.tokens.drop("key");
    copy.clients.put(SECRET, 2, toyClient);
    copy.updatingTimes.learn(200, false);
    expect(await known(memory)).toEqual(everything);
    expect(memory.clients.get(SECRET, 2)).toBeUndefined();
  });
});
