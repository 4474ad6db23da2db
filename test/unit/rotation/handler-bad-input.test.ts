import { describe, expect, test } from "vitest";
import { regenerateByHand } from "../../support/outside-changes.ts";
import { outcomeOf, refused, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("an event that is no event is answered EVENT_INVALID, and nothing is sent anywhere", () => {
  const secretId = `ocid1.vaultsecret.oc1.iad.${"a".repeat(32)}`;
  const events: readonly (readonly [title: string, event: unknown, names: string])[] = [
    ["an empty body", "", "empty"],
    ["no JSON", "step=VERIFY_CONNECTION", "not JSON"],
    ["an array", "[]", "not a JSON object"],
    ["null", "null", "not a JSON object"],
    ["a number", "5", "not a JSON object"],
    ["a JSON string that holds no JSON", '"VERIFY_CONNECTION"', "not JSON"],
    ["an event quoted twice", JSON.stringify(JSON.stringify(JSON.stringify({ secretId }))), "not a JSON object"],
    ["bytes that are no UTF-8", new Uint8Array([0xff, 0xfe, 0x00]), "not JSON"],
    ["an unknown step", { step: "FINISH", secretId }, "step"],
    ["a step in lower case", { step: "verify_connection", secretId }, "step"],
    ["an unknown action", { action: "mend", secretId }, "action"],
    ["an unknown reason", { reason: "bored", secretId }, "reason"],
    ["step and action together", { step: "VERIFY_CONNECTION", action: "check", secretId }, "step and action"],
    ["half of an alarm's message", { dedupeKey: "x", title: "Function errors", type: "OK_TO_FIRING" }, "secretId"],
    ["a heal of something that is no secret", { action: "heal", secretId: "ocid1.vault.oc1.iad.x" }, "secretId"],
    ["a check of everything", { action: "check" }, "secretId"],
    ["a retirement of everything", { action: "retire" }, "secretId"],
    ["a rollback of everything", { action: "rollback" }, "secretId"],
    ["no secretId", { step: "VERIFY_CONNECTION" }, "secretId"],
    ["a secretId that is no OCID", { secretId: "my-secret" }, "secretId"],
    ["the OCID of something else", { secretId: "ocid1.vault.oc1.iad.x" }, "secretId"],
    ["a secretId that is no string", { secretId: 5 }, "secretId"],
    ["PROMOTE without versionNo", { step: "PROMOTE_PENDING_VERSION", secretId }, "versionNo"],
    ["PROMOTE with null", { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: null }, "versionNo"],
    ["PROMOTE with text", { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: "2" }, "versionNo"],
    ["PROMOTE with a fraction", { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: 1.5 }, "versionNo"],
    ["PROMOTE with 0", { step: "PROMOTE_PENDING_VERSION", secretId, versionNo: 0 }, "versionNo"],
  ];
  test.each(events)("%s", async (_title, event, names) => {
    const w = await world();
    const answer = await w.call(event);
    expect(outcomeOf(answer)).toBe("EVENT_INVALID 400");
    expect(answer.returnMessage).toContain(names);
    expect(answer.versionNo).toBeNull();
    expect(w.emulator.requests).toEqual([]);
  });

  test("but a JSON string that holds the event is unwrapped once, and unknown members are ignored", async () => {
    const w = await world();
    const event = { step: "VERIFY_CONNECTION", secretId: w.secretId, tomorrow: { more: [1] } };
    expect(outcomeOf(await w.call(JSON.stringify(JSON.stringify(event))))).toBe("OK 200");
  });
});

describe("PROMOTE of a version that is neither PENDING nor CURRENT is answered VERSION_NOT_PROMOTABLE", () => {
  test.each([
    ["PREVIOUS", 3],
    ["a DEPRECATED one", 1],
    ["the claim of the rotation", 4],
    ["a number that there is not", 9],
  ])("%s", async (_title, versionNo) => {
    const w = await world();
    await w.steps();
    await w.steps();
    expect(w.versions()).toBe("1:DEPRECATED 2:DEPRECATED 3:PREVIOUS 4:DEPRECATED 5:CURRENT");
    const before = w.state();
    w.calls();
    expect(outcomeOf(await w.step("PROMOTE_PENDING_VERSION", versionNo))).toBe("VERSION_NOT_PROMOTABLE 400");
    expect(w.state()).toEqual(before);
    expect(w.calls()).not.toContain("promote");
  });
});

describe("a wrong client secret in CURRENT", () => {
  test("is answered with what the operator does next, and nothing is changed", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    expect(await refused(w, { secretId: w.secretId })).toBe("LOCKED_OUT 400");
    expect(await refused(w, { secretId: w.secretId, step: "CREATE_PENDING_VERSION" })).toBe("LOCKED_OUT 400");
    const before = w.state();
    w.calls();
    // A heal notes it in its tags, and changes nothing else.
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "heal" }))).toBe("LOCKED_OUT 400");
    expect(w.state()).toEqual(before);
    expect(w.calls().filter((call) => call === "update-metadata")).toHaveLength(1);
    expect(w.log.at(-1)?.["returnMessage"]).toContain("Next: regenerate in the console");
  });

  test("makes VERIFY_CONNECTION answer with no number", async () => {
    const w = await world();
    regenerateByHand(w, "made-in-the-console");
    expect(await refused(w, { secretId: w.secretId, step: "VERIFY_CONNECTION" })).toBe("OK 200");
  });
});

describe("a setting", () => {
  const settings: readonly (readonly [name: string, value: string])[] = [
    ["OROT_PAUSED", "yes"],
    ["OROT_CALL_TIMEOUT_SECONDS", "soon"],
    ["OROT_BUDGET_SECONDS", "-1"],
    ["OROT_ISSUER_ORIGINS", "http://issuer.example.org"],
    ["OROT_KEEP_DEPRECATED_VERSIONS", "21"],
    ["OROT_VAULT_ENDPOINT", "vault"],
    ["OROT_NO_SUCH_SETTING", "1"],
  ];
  test.each(settings)("%s=%s makes every invocation answer 500 with its name", async (name, value) => {
    const w = await world({ environment: { [name]: value } });
    for (const event of [{ secretId: w.secretId }, { secretId: w.secretId, action: "check" }, "not json"]) {
      const answer = await w.call(event);
      expect(outcomeOf(answer)).toBe("SETTINGS_INVALID 500");
      expect(answer.returnMessage).toContain(name);
    }
    expect(w.emulator.requests).toEqual([]);
  });
});
