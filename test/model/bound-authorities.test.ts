import { describe, expect, test } from "vitest";
import { type ClientKind, edfiClient, uaaClient } from "../support/clients.ts";
import { regenerateByHand, writeVersion } from "../support/outside-changes.ts";
import type { World } from "../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

/** Events by which somebody may try to have a secret rotated. */
const events = [{}, { reason: "compromised" }, { action: "heal" }, { step: "CREATE_PENDING_VERSION" }] as const;

/** A secret of somebody else's, who may write and read it, in the compartment of the world's own. */
function secretOf(w: World, content: object): string {
  return w.emulator.admin.createSecret({ name: "own", content: JSON.stringify(content) });
}

const stored = (w: World, secretId: string) =>
  w.emulator.admin.versions(secretId).map(({ number }) => w.emulator.admin.content(secretId, number) ?? "");

/** Token requests that showed this client secret, by where they went. */
const shownAt = (w: World, secret: string) =>
  w.emulator.requests
    .filter(({ body, authorization }) => {
      const basic = Buffer.from(authorization.reveal().replace("Basic ", ""), "base64").toString("utf8");
      return `${basic} ${body.reveal()}`.includes(secret);
    })
    .map(({ host, target }) => `${host}${target}`);

describe("at an identity domain whose second authority is bound to another team's secret", () => {
  const ORIGIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;

  /** A's application and its secret are the world's; the authority is bound to both. */
  async function domain(mayRotate?: (w: TestWorld, own: { clientId: string }) => readonly object[]) {
    const w = await createWorld({ switches: { "old-tokens": "die" } });
    const { admin } = w.emulator;
    const own = admin.createApp();
    const warden = admin.createApp({ admin: true });
    const named = { client: w.app.clientId, appId: w.app.appId, secretId: w.secretId };
    const authority = {
      ...{ kind: "client-secret", issuer: "oci-iam", url: ORIGIN },
      ...{ clientId: warden.clientId, clientSecret: warden.secret, mayRotate: mayRotate?.(w, own) ?? [named] },
    };
    w.environment["OROT_AUTHORITY_SECRET_IDS"] = admin.createSecret({
      name: "authority",
      content: JSON.stringify(authority),
    });
    return { w, own };
  }

  const victim = ({ emulator, app }: World) => {
    const { secret, mints } = emulator.admin.app(app.clientId);
    return { secret, mints };
  };

  test.each(events.flatMap((event) => ["own-secret", "a-guess"].map((appSecret) => [event, appSecret] as const)))(
    "%j of a secret with another team's App id beside a client of one's own, and %s, changes nothing of theirs",
    async (event, appSecret) => {
      const { w, own } = await domain();
      const before = victim(w);
      const secretId = secretOf(w, {
        ...{ domainUrl: ORIGIN, appId: w.app.appId, clientId: own.clientId },
        appSecret: appSecret === "own-secret" ? own.secret : appSecret,
      });
      const answer = await w.call({ ...event, secretId });
      expect(answer.responseCode === 200 && event !== events[2]).toBe(false);
      expect(victim(w)).toEqual(before);
      expect(stored(w, secretId).some((text) => text.includes(before.secret))).toBe(false);
    },
  );

  test.each(events)(
    "%j of a secret that names another team's whole client, with a guess, changes nothing",
    async (event) => {
      const { w } = await domain();
      const before = victim(w);
      const secretId = secretOf(w, { ...w.client.content, appSecret: "a-guess" });
      expect((await w.call({ ...event, secretId })).responseCode).not.toBe(200);
      expect(victim(w)).toEqual(before);
      expect(stored(w, secretId).some((text) => text.includes(before.secret))).toBe(false);
    },
  );

  test("a heal of many does it unasked neither", async () => {
    const { w, own } = await domain();
    const functionId = "ocid1.fnfunc.oc1..this";
    const before = victim(w);
    const secretId = secretOf(w, {
      domainUrl: ORIGIN,
      appId: w.app.appId,
      clientId: own.clientId,
      appSecret: "a-guess",
    });
    for (const id of [secretId, w.secretId]) {
      w.emulator.admin.secret(id).rotationConfig = {
        targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
        isScheduledRotationEnabled: true,
        rotationInterval: "P30D",
      };
    }
    w.environment["FN_FN_ID"] = functionId;
    w.environment["OROT_HEAL_COMPARTMENT_IDS"] = w.emulator.admin.secret(w.secretId).compartmentId;
    expect(await w.call({ action: "heal" })).toMatchObject({ healthy: 1, failed: 1 });
    expect(victim(w)).toEqual(before);
  });

  test.each(events)(
    "%j where an entry sets another team's App id beside one's own client: the App's name refuses",
    async (event) => {
      const { w, own } = await domain((made, { clientId }) => [
        {
          client: clientId,
          appId: made.app.appId,
          compartmentId: made.emulator.admin.secret(made.secretId).compartmentId,
        },
      ]);
      const before = victim(w);
      const secretId = secretOf(w, {
        domainUrl: ORIGIN,
        appId: w.app.appId,
        clientId: own.clientId,
        appSecret: "a-guess",
      });
      const answer = await w.call({ ...event, secretId });
      expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
      expect(answer.returnMessage).toContain("another client's secret would be changed");
      expect(victim(w)).toEqual(before);
      expect(stored(w, secretId)).toHaveLength(1);
    },
  );

  test.each([
    ["refuses to show", "client-error"],
    ["does not show now, but soon,", "server-error-before"],
  ] as const)("where the domain %s the App, the client's own secret is healed all the same", async (_title, kind) => {
    const { w } = await domain();
    regenerateByHand(w, "set-at-the-console");
    w.emulator.faults.add({ call: "read-app", kind, count: kind === "client-error" ? 100 : 2 });
    const { secretId } = w;
    await w.call({ action: "heal", secretId });
    await w.clock.sleep(200_000);
    await w.call({ action: "heal", secretId });
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("where the domain does not show the App for a time, nothing is changed, and a later heal goes on", async () => {
    const { w } = await domain();
    regenerateByHand(w, "set-at-the-console");
    const before = victim(w);
    w.emulator.faults.add({ call: "read-app", kind: "server-error-before", count: 500 });
    const { secretId } = w;
    expect((await w.call({ action: "heal", secretId })).responseCode).toBe(503);
    expect(victim(w)).toEqual(before);
    w.emulator.faults.clear();
    await w.clock.sleep(200_000);
    expect((await w.call({ action: "heal", secretId })).responseCode).toBe(200);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("the function's own principal changes nothing for a secret that the settings do not bind to the App", async () => {
    const w = await createWorld({
      switches: { "signed-callers": "allowed", "old-tokens": "die" },
      signsRequests: true,
    });
    w.environment["OROT_RESOURCE_PRINCIPAL_APPS"] = [ORIGIN, w.app.appId, w.app.clientId, w.secretId].join("#");
    const before = victim(w);
    for (const content of [{ ...w.client.content, appSecret: "a-guess" }]) {
      const secretId = secretOf(w, content);
      for (const event of events) expect((await w.call({ ...event, secretId })).responseCode).not.toBe(200);
      expect(stored(w, secretId).some((text) => text.includes(before.secret))).toBe(false);
    }
    expect(victim(w)).toEqual(before);
  });
});

describe("at an Ed-Fi service", () => {
  test.each(events)("%j of a secret with another team's number beside one's own key resets nothing", async (event) => {
    const w = await createWorld({ client: edfiClient() });
    const own = w.emulator.admin.createApiClient();
    const content = { ...w.client.content, clientId: own.key, clientSecret: own.secret };
    const secretId = secretOf(w, content);
    const answer = await w.call({ ...event, secretId });
    expect(answer.responseCode === 200 && event !== events[2]).toBe(false);
    expect(w.emulator.admin.apiClient(w.client.clientId).resets).toBe(0);
  });
});

describe("a second authority at a UAA", () => {
  const warden = () => uaaClient({ authorities: ["uaa.none"], warden: ["clients.admin"] });
  const wardenSecret = (w: World) =>
    JSON.parse(w.emulator.admin.content(w.environment["OROT_AUTHORITY_SECRET_IDS"] ?? "", 1) ?? "{}").clientSecret;

  test.each([
    ["another path", "https://uaa.emulated.example/evil"],
    ["a path below its own", "https://uaa.emulated.example/uaa/evil"],
    ["its path in another case", "https://uaa.emulated.example/UAA"],
    ["no path", "https://uaa.emulated.example"],
    ["another port", "https://uaa.emulated.example:8443/uaa"],
  ])("is never sent to %s, which a writer names in the secret that it is bound to", async (_title, url) => {
    const w = await createWorld({ client: warden() });
    w.environment["OROT_ISSUER_ORIGINS"] = "https://uaa.emulated.example,https://uaa.emulated.example:8443";
    await writeVersion(w, { ...w.client.content, url, clientSecret: "a-guess" }, { stage: "CURRENT" });
    const secretId = secretOf(w, { ...w.client.content, url, clientSecret: "a-guess" });
    for (const event of events) await w.call({ ...event, secretId });
    for (const event of events) await w.call({ ...event, secretId: w.secretId });
    for (const address of shownAt(w, wardenSecret(w))) expect(address).toBe("uaa.emulated.example/uaa/oauth/token");
  });

  test.each(events)("does not speak for App where app is named: %j changes no client", async (event) => {
    const w = await createWorld({
      client: uaaClient({ clientId: "app", authorities: ["uaa.none"], warden: ["clients.admin"] }),
    });
    const other = w.emulator.admin.createUaaClient({ clientId: "App", authorities: ["uaa.none"] });
    const secretId = secretOf(w, { ...w.client.content, clientId: other.clientId, clientSecret: other.secret });
    const answer = await w.call({ ...event, secretId });
    expect(answer.responseCode === 200 && event !== events[2]).toBe(false);
    expect(w.emulator.admin.uaaClient("App").secrets.map(({ value }) => value)).toEqual([other.secret]);
  });
});

describe("a second authority at a Keycloak", () => {
  const SSO = "https://sso.emulated.example";

  /** A client of the realm shop that may not change itself, and an administrator of the realm master for it. */
  const realmClient: ClientKind = ({ admin }) => {
    for (const name of ["master", "shop", "other"]) admin.createRealm({ name });
    const { clientId, secret } = admin.createKeycloakClient({ realm: "shop", clientId: "app" });
    const rolesIn = { shop: ["manage-clients"], other: ["manage-clients"] };
    const warden = admin.createKeycloakClient({ realm: "master", roles: ["manage-clients"], rolesIn });
    return {
      ...{ clientId, secret, subjectId: clientId, rotatedMember: "clientSecret" },
      content: { issuer: "keycloak", url: SSO, realm: "shop", clientId, clientSecret: secret },
      authority: (secretId) => ({
        ...{ kind: "client-secret", issuer: "keycloak", url: SSO, realm: "master" },
        ...{ clientId: warden.clientId, clientSecret: warden.secret },
        mayRotate: [{ client: clientId, realm: "shop", secretId }],
      }),
      accepts: (value) => admin.keycloakLogin("shop", clientId, value) === "accepted",
      state: () => admin.keycloakClient("shop", clientId).secret,
    };
  };

  test("of the realm master rotates in the realm that its entry names", async () => {
    const w = await createWorld({ client: realmClient });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(events)(
    "does not speak for a client of the same name in another realm: %j changes nothing there",
    async (event) => {
      const w = await createWorld({ client: realmClient });
      const { secret } = w.emulator.admin.createKeycloakClient({ realm: "other", clientId: "app" });
      const content = { ...w.client.content, realm: "other", clientSecret: secret };
      const secretId = secretOf(w, content);
      await w.call({ ...event, secretId });
      await writeVersion(w, content, { stage: "CURRENT" });
      await w.call({ ...event, secretId: w.secretId });
      expect(w.emulator.admin.keycloakClient("other", "app").secret).toBe(secret);
      expect(w.client.state()).toBe(w.client.secret);
    },
  );

  test("logs in at its own realm alone, whatever realm a writer names", async () => {
    const w = await createWorld({ client: realmClient });
    const authority = JSON.parse(w.emulator.admin.content(w.environment["OROT_AUTHORITY_SECRET_IDS"] ?? "", 1) ?? "{}");
    for (const realm of ["other", "master", "shop"]) {
      await writeVersion(w, { ...w.client.content, realm, clientSecret: "a-guess" }, { stage: "CURRENT" });
      for (const event of events) await w.call({ ...event, secretId: w.secretId });
    }
    const seen = new Set(shownAt(w, encodeURIComponent(authority.clientSecret)));
    for (const address of seen)
      expect(address).toBe("sso.emulated.example/realms/master/protocol/openid-connect/token");
  });
});
