import { describe, expect, test } from "vitest";
import { type ClientKind, uaaClient } from "../../support/clients.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const DAY_MS = 86_400_000;
const START = "2026-11-02T00:00:00Z";
const heal = (w: TestWorld) => w.call({ secretId: w.secretId, action: "heal" });
const tagsOf = (w: TestWorld) => w.emulator.admin.secret(w.secretId).freeformTags;
const writes = (w: TestWorld) => w.calls().filter((call) => call === "update-metadata").length;

/** A client of a realm whose policy has its secrets expire after 29 days. */
function keycloakClient(roles: readonly string[], wardenRoles: readonly string[] | null = null): ClientKind {
  const origin = "https://sso.emulated.example";
  return ({ admin }) => {
    admin.createRealm({ name: "r", policy: { expirationSeconds: 29 * 86_400, rotatedSeconds: 172_800 } });
    const { clientId, secret } = admin.createKeycloakClient({ realm: "r", roles });
    const warden = wardenRoles && admin.createKeycloakClient({ realm: "r", roles: wardenRoles });
    return {
      clientId,
      secret,
      subjectId: clientId,
      content: { issuer: "keycloak", url: origin, realm: "r", clientId, clientSecret: secret },
      rotatedMember: "clientSecret",
      authority:
        warden &&
        ((secretId) => ({
          kind: "client-secret",
          issuer: "keycloak",
          url: origin,
          realm: "r",
          clientId: warden.clientId,
          clientSecret: warden.secret,
          mayRotate: [{ client: clientId, secretId }],
        })),
      accepts: (value) => admin.keycloakLogin("r", clientId, value) === "accepted",
      state: () => admin.keycloakClient("r", clientId).secret,
    };
  };
}

describe("the tags that a heal keeps on the secret", () => {
  test("say issuer, client and outcome, beside the tags that are there", async () => {
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

  test("go into the write of the metadata where there is one", async () => {
    const w = await world();
    await w.rotate();
    await w.clock.sleep(60_000);
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

  test("go into the write that gives the lease back, where the heal ended an overlap", async () => {
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

  test("wait while another run holds the claim", async () => {
    const w = await world();
    const _rotation = { v: 1, kind: "claim", callId: "01OTHER", ttlSeconds: 3_600, base: 1, takeovers: 0 };
    const content = JSON.stringify({ ...w.client.content, _rotation });
    const secretContent = { contentType: "BASE64", content: Buffer.from(content).toString("base64") };
    await w.emulator.transport({
      method: "PUT",
      url: `https://vaults.emulated.example/20180608/secrets/${w.secretId}`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secretContent: { ...secretContent, stage: "PENDING", name: "orot-2" } }),
      deadline: w.clock.monotonic() + 10_000,
    });
    await w.clock.sleep(1_000);
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(tagsOf(w)).toEqual({});
    await w.clock.sleep(2 * 3_600_000);
    await heal(w);
    expect(tagsOf(w)).toMatchObject({ "orot-outcome": expect.stringMatching(/^OK \S+ v1$/) });
  });

  test.each(["refused", "answer-lost", "precondition-failed", "server-error-after", "client-error"] as const)(
    "leave the answer as it is where writing them is %s",
    async (kind) => {
      const w = await world();
      w.emulator.faults.add({ call: "update-metadata", kind });
      expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
      await w.clock.sleep(60_000);
      expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
      expect(tagsOf(w)).toMatchObject({ "orot-issuer": "oci-iam" });
    },
  );

  test("are left out where the secret has as many tags as it may, without trying", async () => {
    const w = await world();
    const many = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`tag-${at}`, "x"]));
    w.emulator.admin.secret(w.secretId).freeformTags = many;
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(tagsOf(w)).toEqual(many);
    expect(writes(w)).toBe(0);
    expect(w.log).toContainEqual(expect.objectContaining({ event: "heal-not-noted", outcome: "too-many-tags" }));
  });
});

describe("the issuer's own expiry", () => {
  const inDays = (w: TestWorld) =>
    Math.round((Date.parse(String(tagsOf(w)["orot-expires-on"])) - w.clock.now()) / DAY_MS);

  test("is kept where the realm's policy has the secret expire", async () => {
    const w = await world({ client: keycloakClient(["manage-clients"]) });
    await heal(w);
    const expires = w.emulator.admin.keycloakClient("r", w.client.clientId).attributes["client.secret.expiration.time"];
    expect(Date.parse(String(tagsOf(w)["orot-expires-on"])) / 1000).toBe(Number(expires ?? 0));
    await w.clock.sleep(10 * DAY_MS);
    await w.rotate();
    await heal(w);
    expect(inDays(w)).toBe(29);
  });

  test("is not asked for again while nothing is new", async () => {
    const w = await world({ client: keycloakClient(["manage-clients"]) });
    await heal(w);
    expect(w.calls()).toContain("find-client");
    await heal(w);
    expect(w.calls()).not.toContain("find-client");
  });

  test("is asked of a second authority where the client may not look at itself", async () => {
    const w = await world({ client: keycloakClient([], ["manage-clients"]) });
    await heal(w);
    expect(inDays(w)).toBe(28);
  });

  test("is absent where nobody may ask, and where the issuer has none", async () => {
    const w = await world({ client: keycloakClient([]) });
    await heal(w);
    expect(tagsOf(w)).toEqual({
      "orot-issuer": "keycloak",
      "orot-client": w.client.clientId,
      "orot-outcome": `OK ${START} v1`,
    });
  });

  test("has everything wait for the next heal where the realm does not answer now", async () => {
    const w = await world({ client: keycloakClient(["manage-clients"]) });
    w.emulator.faults.add({ call: "find-client", kind: "server-error-before", count: 20 });
    expect(outcomeOf(await heal(w))).toBe("NOTHING_TO_DO 200");
    expect(tagsOf(w)).toEqual({});
  });
});
