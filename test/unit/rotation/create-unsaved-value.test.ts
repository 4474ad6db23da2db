import { describe, expect, test } from "vitest";
import { contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

/** Does something once, right after the first attempt to store a value has failed. */
function afterFailedStore(w: TestWorld, act: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let isDone = false;
    w.emulator.core.onChange(() => {
      const last = w.emulator.requests.at(-1);
      if (isDone || last?.call !== "write-pending" || last.fault === null) return;
      isDone = true;
      act().then(resolve, reject);
    });
  });
}

describe("an unsaved value", () => {
  test("that another writer overtook is stored at once: so young, its verdict could not matter", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-pending", kind: "server-error-before" });
    const other = afterFailedStore(w, () => writeVersion(w, contentWith(w, "never-was-one"), { ageSeconds: 0 }));
    const answer = await w.rotate();
    await other;
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.stages?.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      ...["verify-current accepted", "fetch-token prepared", "regenerate claimed", "regenerate minted"],
      ...["write-pending unknown", "write-pending stored", "verify-pending accepted", "promote promoted"],
    ]);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("that the issuer refuses a moment after it made it is stored all the same", async () => {
    // Not readable at the issuer: dropped, it would be gone.
    const w = await world({ switches: { "new-secret-late-ms": 20_000, "app-read-back": "empty" } });
    w.emulator.faults.add({ call: "write-pending", kind: "server-error-before" });
    const other = afterFailedStore(w, () => writeVersion(w, contentWith(w, "never-was-one"), { ageSeconds: 0 }));
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await other;
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("that the issuer has replaced meanwhile is dropped for the version of the other writer", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-pending", kind: "server-error-before", count: 20 });
    const other = afterFailedStore(w, async () => {
      regenerateByHand(w, "made-by-the-other");
      await writeVersion(w, contentWith(w, "made-by-the-other"), { ageSeconds: 0 });
      await w.clock.sleep(90_000);
      w.emulator.faults.clear();
    });
    const answer = await w.rotate();
    await other;
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(3);
    expect(w.valueOf(3)).toBe("made-by-the-other");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
  });

  test("whose write landed although it was not answered is found by what it holds, not written twice", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-pending", kind: "answer-lost" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.calls().filter((call) => call === "write-pending")).toHaveLength(1);
  });

  test("that came of a mint without an answer logs in before CREATE calls it good", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("OK 200");
    const calls = w.calls();
    expect(calls.lastIndexOf("token-pending")).toBeGreaterThan(calls.indexOf("write-pending"));
  });
});

describe("a value that was read back", () => {
  test("and is refused within the landing bound is asked about again: one mint is enough", async () => {
    const w = await world({ switches: { "new-secret-late-ms": 20_000 } });
    w.emulator.faults.add({ call: "regenerate", kind: "answer-lost" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});

describe("a PENDING version below CURRENT's number", () => {
  test("is of an earlier rotation: never promoted, also where it logs in", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, w.app.secret));
    await writeVersion(w, contentWith(w, w.app.secret), { stage: "CURRENT" });
    expect(w.versions()).toBe("1:PREVIOUS 2:PENDING 3:CURRENT");
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    expect(answer.versionNo).toBe(5);
    // Vault is known to take a second PENDING version, so the claim takes the place of this one.
    expect(w.versions()).toBe("1:DEPRECATED 2:DEPRECATED 3:PREVIOUS 4:DEPRECATED 5:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });
});
