import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { uaaClient } from "../../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../../support/worlds.ts";

const world = useWorlds();

const START = "2026-11-02T00:00:00Z";
const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });
const tagsOf = (w: TestWorld) => w.emulator.admin.secret(w.secretId).freeformTags;
const writes = (w: TestWorld) => w.calls().filter((call) => call === "update-metadata").length;

describe("the tags that a heal keeps on the secret", () => {
  test("say issuer, client and outcome, besides the existing tags", async () => {
    const w = await world();
    w.emulator.admin.secret(w.secretId).freeformTags = { team: "payments" };
    await heal(w);
    expect(tagsOf(w)).toEqual({
      team: "payments",
      "orot-issuer": "oci-iam",
      "orot-client": w.app.clientId,
      "orot-outcome": `OK ${START} v1`,
    });
    expect(w.log).toContainEqual(expect.objectContaining({ event: "heal-noted", outcome: "done" }));
  });

  test("are written once, and again only after a rotation", async () => {
    const w = await world();
    await heal(w);
    expect(writes(w)).toBe(1);
    await w.clock.sleep(DAY_MS);
    await heal(w);
    expect(writes(w)).toBe(0);
    await w.rotate();
    expect(writes(w)).toBe(0);
    await heal(w);
    expect(writes(w)).toBe(1);
    expect(tagsOf(w)["orot-outcome"]).toMatch(/^OK 2026-11-03T\S+Z v3$/);
  });

  test("go into the write of the metadata if there is one", async () => {
    const w = await world();
    await w.rotate();
    await w.clock.sleep(61_000);
    await heal(w);
    expect(writes(w)).toBe(1);
    expect(tagsOf(w)["orot-outcome"]).toMatch(/^OK \S+ v3$/);
    expect(w.emulator.admin.secret(w.secretId).metadata["orot"]).toContain("tokenSurvives");
  });

  test("are kept by the heal that finished an interrupted rotation", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "promote", kind: "client-error", count: 1 });
    await w.rotate();
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    expect(tagsOf(w)["orot-outcome"]).toMatch(/^OK \S+ v3$/);
    expect(writes(w)).toBe(1);
    await heal(w);
    expect(writes(w)).toBe(0);
  });

  test("go into the write that gives the lease back, if the heal ended an overlap", async () => {
    const w = await world({ client: uaaClient() });
    await w.rotate();
    await w.clock.sleep(2 * DAY_MS);
    w.calls();
    expect(outcomeOf(await heal(w))).toBe("OK 200");
    // The lease, and everything else.
    expect(writes(w)).toBe(2);
    expect(tagsOf(w)).toMatchObject({ "orot-issuer": "uaa", "orot-outcome": expect.stringMatching(/^OK \S+ v2$/) });
    expect(w.emulator.admin.secret(w.secretId).metadata["orot"]).not.toContain("lease");
  });

  test("say where an operator is needed, and since when", async () => {
    const w = await world({ switches: { "app-read-back": "empty" } });
    await heal(w);
    const stored = w.emulator.admin.app(w.app.clientId);
    w.canary.add("made-in-the-console");
    stored.secret = "made-in-the-console";
    stored.accepted = [{ value: stored.secret, acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
    w.calls();
    expect(outcomeOf(await heal(w))).toBe("LOCKED_OUT 400");
    const noted = tagsOf(w)["orot-outcome"];
    expect(noted).toMatch(/^LOCKED_OUT \S+ v1$/);
    await w.clock.sleep(DAY_MS);
    expect(outcomeOf(await heal(w))).toBe("LOCKED_OUT 400");
    expect(tagsOf(w)["orot-outcome"]).toBe(noted);
    expect(writes(w)).toBe(1);
  });

  test("say that the secret of the only second authority is gone", async () => {
    const environment = { OROT_AUTHORITY_SECRET_IDS: "ocid1.vaultsecret.oc1.iad.gone" };
    const w = await world({ client: uaaClient({ authorities: ["uaa.none"] }), environment });
    w.emulator.admin.uaaClient(w.client.clientId).secrets = [];
    expect(outcomeOf(await heal(w))).toBe("SECRET_NOT_FOUND 404");
    expect(tagsOf(w)["orot-outcome"]).toMatch(/^SECRET_NOT_FOUND \S+ v1$/);
  });

  test("do not change for trouble that passes", async () => {
    const w = await world();
    await heal(w);
    const before = { ...tagsOf(w) };
    w.emulator.faults.add({ call: "token-current", kind: "server-error-before", count: 1_000 });
    expect(outcomeOf(await heal(w))).toBe("ISSUER_UNAVAILABLE 503");
    expect(tagsOf(w)).toEqual(before);
  });

  test.each(["refused", "answer-lost", "precondition-failed", "server-error-after", "client-error"] as const)(
    "leave the answer as it is if writing them is %s",
    async (kind) => {
      const w = await world();
      w.emulator.faults.add({ call: "update-metadata", kind });
      expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
      await w.clock.sleep(61_000);
      expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
      expect(tagsOf(w)).toMatchObject({ "orot-issuer": "oci-iam" });
    },
  );
});
