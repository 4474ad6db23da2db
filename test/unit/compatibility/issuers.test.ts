/** What people's issuers really hold, by whole calls: ids, realms, secrets and refusals that no documentation of ours would have thought of. */
import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../support/cli.ts";
import { edfiClient, keycloakClient, uaaClient } from "../../support/clients.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import { deployed, diagnose, those } from "../cli/commands/doctor-rig.ts";

const createWorld = useWorlds();
const cli = useCli();

const ALLOWED = "client.secret.authentication.allowed.method";
/** A call that ends at once sends no login twice but for one in another way. */
const AT_ONCE_MS = 5_000;

describe("a client secret that stands in Keycloak's own vault", () => {
  const vaulted = keycloakClient(undefined, { vaultName: "my_secret" });
  const why = "its Client Secret holds a reference, which a new value would overwrite";

  test.each(["a whole rotation", "CREATE_PENDING_VERSION"] as const)("%s is refused, nothing stored", async (what) => {
    const w = await createWorld({ client: vaulted });
    const before = w.state();
    const answer = await (what === "a whole rotation" ? w.rotate() : w.step(what));
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain(why);
    expect(w.state()).toEqual(before);
    expect(w.versions()).toBe("1:CURRENT");
  });

  test("is refused by a second authority too, where the client itself may not look", async () => {
    const client = keycloakClient(undefined, { vaultName: "my_secret", roles: [], warden: ["manage-clients"] });
    const w = await createWorld({ client });
    const answer = await w.rotate();
    expect(answer.returnMessage).toContain(why);
    expect(w.versions()).toBe("1:CURRENT");
  });

  test("shows in a dry run and in doctor, which write nothing", async () => {
    const w = await cli({ client: vaulted });
    const dry = await w.run("rotate", w.secretId, "--dry-run", "--via", "local", "--json");
    expectOnlyReads(dry);
    expect(JSON.stringify(dry.json())).toContain(why);
    const functionId = deployed(w, { OROT_ISSUER_ORIGINS: "https://sso.emulated.example" });
    const { findings } = await diagnose(w, {}, w.secretId, "--function", functionId);
    expect(those(findings, "issuer", "problem").join()).toContain(why);
  });
});

describe("client ids", () => {
  const ids = ["https://app.example.com/x", "urn:my:app", "a b", "a;b", "a%b", "a\\b", "..", "ü+é"];
  test.each(ids)("%j is rotated at a Keycloak", async (clientId) => {
    const w = await createWorld({ client: keycloakClient(undefined, { made: { clientId } }) });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(["urn:my:app", "a b", "a?b", "a#b", "a..b", "ü+é"])("%j is rotated at a UAA", async (clientId) => {
    const w = await createWorld({ client: uaaClient({ clientId }) });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test.each(["https://app.example.com/x", "a\\b", "a;b", "a%b", ".", ".."])(
    "%j cannot be addressed by a UAA's API, which check says",
    async (clientId) => {
      const w = await createWorld({ client: uaaClient({ clientId }) });
      const answer = await w.call({ action: "check", secretId: w.secretId });
      expect(outcomeOf(answer)).toBe("CONTENT_INVALID 400");
      expect(answer.returnMessage).toContain("a UAA's API cannot address such a client");
      expect(w.calls().filter((call) => call.startsWith("token-") || call === "install")).toEqual([]);
    },
  );

  test("a colon is refused where the Basic header goes out as it is, at an identity domain", async () => {
    const w = await createWorld({ content: (content) => ({ ...content, clientId: "urn:my:app" }) });
    const answer = await w.call({ action: "check", secretId: w.secretId });
    expect(answer.returnMessage).toContain("must hold no colon: in an identity domain's Basic header");
  });
});

describe("realms", () => {
  test.each(["Company GmbH", "müll", "a'b"])("%j is rotated", async (realm) => {
    const w = await createWorld({ client: keycloakClient(undefined, { realm }) });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});

describe("a client that takes its secret in one way alone", () => {
  test.each(["client_secret_post", "client_secret_basic"])("%s: is rotated", async (method) => {
    const w = await createWorld({ client: keycloakClient(undefined, { made: { attributes: { [ALLOWED]: method } } }) });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("a wrong secret is a wrong secret in that way too", async () => {
    const attributes = { [ALLOWED]: "client_secret_post" };
    const w = await createWorld({ client: keycloakClient(undefined, { made: { attributes } }) });
    for (const client of Object.values(w.emulator.admin.realm("shop").clients)) client.secret = "another";
    expect(outcomeOf(await w.call({ action: "check", secretId: w.secretId }))).toBe("SECRET_REJECTED 400");
  });

  test("client_secret_jwt: is named at once", async () => {
    const attributes = { [ALLOWED]: "client_secret_jwt" };
    const w = await createWorld({ client: keycloakClient(undefined, { made: { attributes } }) });
    const started = w.clock.monotonic();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("neither client_secret_basic nor client_secret_post");
    expect(w.clock.monotonic() - started).toBeLessThan(AT_ONCE_MS);
  });
});

describe("a refusal that never passes ends the call at once, and gives nothing up", () => {
  const events = [
    ["a rotation", (secretId: string) => ({ secretId })],
    ["a heal", (secretId: string) => ({ action: "heal", secretId })],
    ["a check", (secretId: string) => ({ action: "check", secretId })],
  ] as const;
  const kinds = [
    ["a Keycloak that knows no such client", keycloakClient(), "knows no enabled client with this clientId"],
    ["an Ed-Fi service that knows no such key", edfiClient(), "knows no approved client with the key"],
  ] as const;
  const cases = kinds.flatMap(([where, client, why]) =>
    events.map(([what, event]) => ({ where, client, why, what, event })),
  );

  test.each(cases)("$what, $where", async ({ client, why, event }) => {
    const w = await createWorld({ client, content: (content) => ({ ...content, clientId: "nobody" }) });
    const started = w.clock.monotonic();
    const answer = await w.call(event(w.secretId));
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain(why);
    expect(w.clock.monotonic() - started).toBeLessThan(AT_ONCE_MS);
    expect(w.versions()).toBe("1:CURRENT");
  });
});
