import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { DAY_MS } from "../../src/base/durations.ts";
import type { World, WorldOptions } from "../support/world.ts";
import { useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

const ORIGIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;

/** A world whose domain gives nothing back, with a second authority for its application. */
async function worldWithAuthority(authority: (world: World) => object, environment: WorldOptions["environment"] = {}) {
  const world = await createWorld({
    switches: { "app-read-back": "forbidden", "old-tokens": "die" },
    environment,
  });
  const secretId = world.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(authority(world)) });
  world.environment["OROT_AUTHORITY_SECRET_IDS"] = secretId;
  return world;
}

/** The answer to regenerating is lost and the function killed: CURRENT is dead, and nobody knows the new client secret. */
async function loseTheNewSecret(world: World): Promise<void> {
  world.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
  const killed = new Promise<void>((resolve) => {
    world.emulator.onKill = () => resolve();
  });
  void world.call({ step: "CREATE_PENDING_VERSION", secretId: world.secretId });
  await killed;
  await world.clock.sleep(DAY_MS);
}

function currentLogsIn(world: World): string {
  const current = world.emulator.admin.versions(world.secretId).find((one) => one.versionStages.includes("CURRENT"));
  const content = JSON.parse(world.emulator.admin.content(world.secretId, current?.number ?? 0) ?? "{}");
  return world.emulator.admin.login(world.app.clientId, content.appSecret);
}

/** The entry that binds the world's own client to its secret. */
const own = ({ app, secretId }: World) => ({ client: app.clientId, appId: app.appId, secretId });

const byClient = (world: World, ...mayRotate: readonly object[]) => {
  const admin = world.emulator.admin.createApp({ admin: true });
  return {
    kind: "client-secret",
    issuer: "oci-iam",
    url: ORIGIN,
    clientId: admin.clientId,
    clientSecret: admin.secret,
    mayRotate,
  };
};

test("without any way back a heal says LOCKED_OUT and changes nothing", async () => {
  const world = await createWorld({ switches: { "app-read-back": "forbidden", "old-tokens": "die" } });
  await loseTheNewSecret(world);
  world.calls();

  const answer = await world.call({ action: "heal", secretId: world.secretId });

  expect(answer.returnMessage).toBe(
    "LOCKED_OUT: the issuer refuses CURRENT and no way back exists. Next: regenerate in the console, store the value as PENDING, run heal.",
  );
  expect(world.calls()).not.toContain("write-claim");
});

test("another client's secret, kept in Vault, brings a lost client secret back", async () => {
  const world = await worldWithAuthority((made) => byClient(made, own(made)));
  await loseTheNewSecret(world);

  const answer = await world.call({ action: "heal", secretId: world.secretId });

  expect(answer).toMatchObject({ responseCode: 200 });
  expect(currentLogsIn(world)).toBe("accepted");
});

test("an assertion signed with a key kept in Vault brings a lost client secret back", async () => {
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const world = await worldWithAuthority((made) => {
    const admin = made.emulator.admin.createApp({ admin: true, certificates: { "key-1": keys.publicKey } });
    return {
      kind: "client-assertion",
      issuer: "oci-iam",
      url: ORIGIN,
      clientId: admin.clientId,
      privateKey: keys.privateKey,
      keyId: "key-1",
      mayRotate: [own(made)],
    };
  });
  await loseTheNewSecret(world);

  const answer = await world.call({ action: "heal", secretId: world.secretId });

  expect(answer).toMatchObject({ responseCode: 200 });
  expect(currentLogsIn(world)).toBe("accepted");
});

test("the function's resource principal brings a lost client secret back where the settings name client and secret", async () => {
  const world = await createWorld({
    switches: { "app-read-back": "forbidden", "old-tokens": "die", "signed-callers": "allowed" },
    signsRequests: true,
  });
  world.environment["OROT_RESOURCE_PRINCIPAL_APPS"] = [
    ORIGIN,
    world.app.appId,
    world.app.clientId,
    world.secretId,
  ].join("#");
  await loseTheNewSecret(world);

  const answer = await world.call({ action: "heal", secretId: world.secretId });

  expect(answer).toMatchObject({ responseCode: 200 });
  expect(currentLogsIn(world)).toBe("accepted");
});

test("an authority that does not name the client is not used for it", async () => {
  const world = await worldWithAuthority((made) => byClient(made, { ...own(made), client: "another" }));
  await loseTheNewSecret(world);
  const asked = world.emulator.requests.length;

  const answer = await world.call({ action: "heal", secretId: world.secretId });

  expect(answer.returnMessage).toMatch(/^LOCKED_OUT: /);
  const tokenRequests = world.emulator.requests.slice(asked).filter(({ target }) => target === "/oauth2/v1/token");
  expect(tokenRequests.every(({ call }) => call === "token-current")).toBe(true);
});

test("an authority for another address never sees its credential sent to this one", async () => {
  const world = await worldWithAuthority((made) => ({ ...byClient(made, own(made)), url: "https://other.example" }));
  await loseTheNewSecret(world);

  expect((await world.call({ action: "heal", secretId: world.secretId })).returnMessage).toMatch(/^LOCKED_OUT: /);
  expect(world.emulator.requests.some(({ host }) => host === "other.example")).toBe(false);
});

test("an authority whose secret cannot be understood is left out with a warning that names the member", async () => {
  const world = await worldWithAuthority((made) => ({ ...byClient(made, own(made)), clientSecret: 7 }));
  await loseTheNewSecret(world);

  await world.call({ action: "heal", secretId: world.secretId });

  const warning = world.log.find(({ event }) => event === "authority-unusable");
  expect(warning).toMatchObject({ outcome: "CONTENT_INVALID", message: expect.stringContaining("clientSecret") });
});

test("where a way back is required, a rotation without one never starts", async () => {
  const world = await createWorld({
    switches: { "app-read-back": "forbidden", "old-tokens": "die" },
    environment: { OROT_REQUIRE_WAY_BACK: "true" },
  });
  world.calls();

  const answer = await world.call({ secretId: world.secretId });

  expect(answer).toMatchObject({ responseCode: 409, returnMessage: expect.stringMatching(/^NO_WAY_BACK: /) });
  expect(world.calls().filter((name) => /write|regenerate|promote/.test(name))).toEqual([]);
});

test("where a way back is required, a living authority suffices", async () => {
  const guarded = await worldWithAuthority((made) => byClient(made, own(made)), {
    OROT_REQUIRE_WAY_BACK: "true",
  });
  expect(await guarded.call({ secretId: guarded.secretId })).toMatchObject({ responseCode: 200 });
});

test("a readable client secret is no way back by itself: nobody may be left who can read it", async () => {
  const world = await createWorld({ environment: { OROT_REQUIRE_WAY_BACK: "true" } });
  expect((await world.call({ secretId: world.secretId })).returnMessage).toMatch(/^NO_WAY_BACK: /);
});

test("a heal learns once whether tokens outlive their client secret, and the answer then spares the warning", async () => {
  const world = await createWorld({ switches: { "app-read-back": "masked" } });
  const first = await world.call({ secretId: world.secretId });
  expect(first.returnMessage).toContain("warning: no way back is proven");

  // OCI's clock shows whole seconds.
  await world.clock.sleep(61_000);
  await world.call({ action: "heal", secretId: world.secretId });
  await world.clock.sleep(60_000);
  world.calls();
  await world.call({ action: "heal", secretId: world.secretId });
  expect(world.calls()).not.toContain("update-metadata");

  const second = await world.call({ secretId: world.secretId });
  expect(second.returnMessage).not.toContain("warning");
});

test("an authority that may speak for this client spares the warning, one of another client does not", async () => {
  const named = await worldWithAuthority((made) => byClient(made, own(made)));
  expect((await named.call({ secretId: named.secretId })).returnMessage).not.toContain("warning");
  const other = await worldWithAuthority((made) => byClient(made, { ...own(made), client: "another" }));
  expect((await other.call({ secretId: other.secretId })).returnMessage).toContain("warning: no way back is proven");
});

test("where nobody can say whether there is an authority the rotation goes on, with a warning", async () => {
  const world = await worldWithAuthority((made) => byClient(made, own(made)));
  // The reads of CURRENT after the rotation's own one are those of the authority's secret.
  world.emulator.faults.add({ call: "read-current", kind: "server-error-before", occurrence: 2, count: 200 });
  const answer = await world.call({ secretId: world.secretId });
  expect(answer).toMatchObject({ responseCode: 200 });
  expect(answer.returnMessage).toContain("warning: no way back is proven");
});
