import { describe, expect, test } from "vitest";
import { type ClientKind, keycloakClient, uaaClient } from "../../support/clients.ts";
import { startProcess } from "../../support/processes.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A client whose rotation may be told that the values in use are compromised. */
async function worldOf(client: ClientKind) {
  const w = await createWorld({ client });
  const { secretId } = w;
  const versions = () => w.emulator.admin.versions(secretId);
  return {
    w,
    secretId,
    create: () => w.step("CREATE_PENDING_VERSION"),
    send: (action: "heal" | "rollback") => w.call({ secretId, action }),
    retire: () => w.call({ secretId, action: "retire" }),
    rotate: (reason?: string) => w.call({ secretId, ...(reason === undefined ? {} : { reason }) }),
    /** How many different values were ever stored. */
    stored: () => new Set(versions().map(({ number }) => w.valueOf(number))).size,
    /** The version stages whose values the issuer accepts. */
    working: () =>
      versions().flatMap(({ number, versionStages }) =>
        w.accepted(number).length === 0 ? [] : [versionStages.find((stage) => stage !== "LATEST")],
      ),
  };
}

const uaaWorld = () => worldOf(uaaClient());
const keycloakWorld = () => worldOf(keycloakClient({ expirationSeconds: 2_505_600, rotatedSeconds: 172_800 }));

describe("a rotation for the reason compromised", () => {
  test("ends when UAA accepts only the new value, without any grace", async () => {
    const { rotate, working } = await uaaWorld();
    expect(outcomeOf(await rotate("compromised"))).toBe("OK 200");
    expect(working()).toEqual(["CURRENT"]);
  });

  test("ends an overlap that still has its grace first", async () => {
    const { rotate, working } = await uaaWorld();
    expect(outcomeOf(await rotate())).toBe("OK 200");
    expect(working()).toEqual(["PREVIOUS", "CURRENT"]);
    expect(outcomeOf(await rotate())).toBe("GRACE_RUNNING 409");
    expect(outcomeOf(await rotate("compromised"))).toBe("OK 200");
    expect(working()).toEqual(["CURRENT"]);
  });

  test("keeps the lease under which it ended the older value where an install before it was not answered", async () => {
    for (const kind of [null, "answer-lost"] as const) {
      const { w, secretId, rotate, working } = await uaaWorld();
      if (kind !== null) w.emulator.faults.add({ call: "install", kind });
      expect(outcomeOf(await rotate("compromised"))).toBe("OK 200");
      expect(working()).toEqual(["CURRENT"]);
      const isKept = String(w.emulator.admin.secret(secretId).metadata["orot"]).includes("lease");
      expect(isKept).toBe(kind !== null);
    }
  });

  test("leaves no older value at Keycloak, whatever its policy would keep", async () => {
    const { rotate, working } = await keycloakWorld();
    expect(outcomeOf(await rotate())).toBe("OK 200");
    expect(working()).toEqual(["PREVIOUS", "CURRENT"]);
    expect(outcomeOf(await rotate("compromised"))).toBe("OK 200");
    expect(working()).toEqual(["CURRENT"]);
  });

  test.each([
    ["UAA", uaaWorld],
    ["Keycloak", keycloakWorld],
  ] as const)("makes a new value at %s although one that works is pending", async (_name, world) => {
    const { create, rotate, stored, working } = await world();
    expect(outcomeOf(await create())).toBe("OK 200");
    const answer = await rotate("compromised");
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 3 });
    expect(stored()).toBe(3);
    expect(working()).toEqual(["CURRENT"]);
  });

  test("makes a new value at an issuer that keeps one, although one that works is pending", async () => {
    const w = await createWorld();
    await w.step("CREATE_PENDING_VERSION");
    const pending = w.valueOf(3);
    expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "compromised" }))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.client.accepts(pending ?? "")).toBe(false);
  });

  test("makes a new value after a rollback, where the newer one is only CURRENT again for a moment", async () => {
    const { rotate, send, stored, working } = await uaaWorld();
    await rotate();
    expect(outcomeOf(await send("rollback"))).toBe("OK 200");
    const answer = await rotate("compromised");
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 3 });
    expect(stored()).toBe(3);
    expect(working()).toEqual(["CURRENT"]);
  });

  test("whose call was killed before Keycloak heard of the new value leaves no grace to a heal either", async () => {
    const { w, secretId, send, working } = await keycloakWorld();
    w.emulator.faults.add({ call: "install", kind: "killed-before" });
    expect(await startProcess(w, 1).call({ secretId, reason: "compromised" })).toBeNull();
    await w.clock.sleep(160_000);
    expect(outcomeOf(await send("heal"))).toBe("OK 200");
    expect(working()).toEqual(["CURRENT"]);
  });

  test("is an ordinary rotation where the issuer keeps one value", async () => {
    const w = await createWorld();
    expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "compromised" }))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("is refused for a step, and for another reason", async () => {
    const w = await createWorld();
    const step = { secretId: w.secretId, step: "VERIFY_CONNECTION", reason: "compromised" };
    expect(outcomeOf(await w.call(step))).toBe("EVENT_INVALID 400");
    expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "bored" }))).toBe("EVENT_INVALID 400");
  });
});

test("a retirement at Keycloak ends the old value before it would expire, and then has nothing to do", async () => {
  const { rotate, retire, working } = await keycloakWorld();
  await rotate();
  expect(working()).toEqual(["PREVIOUS", "CURRENT"]);
  expect(outcomeOf(await retire())).toBe("OK 200");
  expect(working()).toEqual(["CURRENT"]);
  expect(outcomeOf(await retire())).toBe("NOTHING_TO_DO 200");
});

test("a retirement at Keycloak leaves CURRENT alone if an operator regenerated in the console", async () => {
  const { w, rotate, retire, working } = await keycloakWorld();
  await rotate();
  const client = w.emulator.admin.keycloakClient("shop", w.client.clientId);
  // The console's button: CURRENT's value moves to the rotated slot.
  client.attributes = { ...client.attributes, "client.secret.rotated": client.secret };
  client.secret = "made-in-the-console";
  expect(working()).toEqual(["CURRENT"]);
  expect(outcomeOf(await retire())).toBe("NOTHING_TO_DO 200");
  expect(working()).toEqual(["CURRENT"]);
});
