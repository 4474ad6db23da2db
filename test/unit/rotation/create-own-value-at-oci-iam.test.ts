import { describe, expect, test } from "vitest";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();

/** A domain that takes a value of our own choosing. */
const world = (switches: object = {}) =>
  createWorld({
    environment: { OROT_OCI_IAM_VALUE: "caller" },
    switches: { "app-secret-patch": "accepted", ...switches },
  });
const installs = (w: TestWorld) => w.calls().filter((call) => call === "install").length;

describe("a value of our own choosing", () => {
  test("is stored before the issuer hears of it, then installed, verified and promoted", async () => {
    const w = await world();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("OK 200");
    const calls = w.calls();
    expect(calls.indexOf("write-pending")).toBeLessThan(calls.indexOf("install"));
    expect(calls).not.toContain("regenerate");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("whose install was answered with an error after it took effect is not installed again", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind: "server-error-after" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(installs(w)).toBe(1);
  });

  test("is installed by the next call where the first was killed before it could", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind: "killed-before" });
    const killed = new Promise<void>((resolve) => {
      w.emulator.onKill = () => resolve();
    });
    void w.rotate();
    await killed;
    await w.clock.sleep(600_000);
    const stored = w.valueOf(2);
    expect(outcomeOf(await w.call({ action: "heal", secretId: w.secretId }))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(w.valueOf(2)).toBe(stored);
    expect(w.currentVerdict()).toBe("accepted");
  });

  // Found by the checker: oci-iam-caller,empty,die,alone,honoured,deprecates,fresh/whole/heal-later/-/9:unauthorized
  test("whose install the issuer refuses by 401 although CURRENT logs in ends the call with 503", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind: "unauthorized" });
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that a domain refuses is said with the setting to change, and nothing has changed there", async () => {
    const w = await world({ "app-secret-patch": "refused" });
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("set OROT_OCI_IAM_VALUE to issuer");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that a domain takes and ignores is said too", async () => {
    const w = await world({ "app-secret-patch": "ignored" });
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("took the chosen value and still refuses it");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("that the issuer never answers about is left for later", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "install", kind: "server-error-before", count: 100 });
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
    expect(installs(w)).toBe(2);
  });
});
