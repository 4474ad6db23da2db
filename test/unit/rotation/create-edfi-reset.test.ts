import { describe, expect, test } from "vitest";
import { type EdfiClientOptions, edfiClient } from "../../support/clients.ts";
import { startProcess } from "../../support/processes.ts";
import type { WorldOptions } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const createWorld = useWorlds();
const OVER_MS = 160_000;

const world = (options: EdfiClientOptions = {}, rest: WorldOptions = {}) =>
  createWorld({ client: edfiClient(options), ...rest });
const send = (w: TestWorld, action: "retire" | "heal" | "check") => w.call({ secretId: w.secretId, action });
const resets = (w: TestWorld) => w.calls().filter((call) => call === "regenerate").length;
const warnings = (w: TestWorld, event: string) => w.log.filter((line) => line["event"] === event);

describe("a reset by the administrator", () => {
  test.each(["in one call", "in four steps"])("%s gives a value that works, after a claim", async (way) => {
    const w = await world();
    const answers = way === "in one call" ? [await w.rotate()] : await w.steps();
    expect(new Set(answers.map(outcomeOf))).toEqual(new Set(["OK 200"]));
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    expect(w.accepted(1, 3)).toEqual([3]);
    const calls = w.calls();
    expect(calls.indexOf("write-claim")).toBeLessThan(calls.indexOf("regenerate"));
    expect(warnings(w, "minted-again")).toEqual([]);
  });

  test("leaves no token of the administrator's in the claim", async () => {
    const w = await world();
    await w.step("CREATE_PENDING_VERSION");
    const claim = JSON.parse(w.emulator.admin.content(w.secretId, 2) ?? "{}");
    expect(claim._rotation).toMatchObject({ kind: "claim" });
    expect(claim._rotation).not.toHaveProperty("token");
  });

  test("leaves nothing to retire", async () => {
    const w = await world();
    await w.rotate();
    const answer = await send(w, "retire");
    expect(outcomeOf(answer)).toBe("NOTHING_TO_DO 200");
    expect(resets(w)).toBe(1);
  });

  test.each<[string, EdfiClientOptions, NonNullable<WorldOptions["switches"]>]>([
    [
      "named by its application, where that endpoint is served",
      { byApplication: true },
      { "edfi-reset-endpoints": "both" },
    ],
    ["of a tenant", { tenant: "district-1" }, { "edfi-tenancy": "multi" }],
    ["kept by a Keycloak", {}, { "edfi-backend": "keycloak" }],
    ["of an older release", {}, { "edfi-release": "v0.7" }],
    ["with as many tokens as it may hold", {}, { "edfi-tokens-per-client": 1 }],
  ])("does the same for a client %s", async (_which, options, switches) => {
    const w = await world(options, { switches });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.accepted(1, 3)).toEqual([3]);
  });
});

describe("what keeps a reset from being made", () => {
  test("no administrator: it is said with 403 before anything has changed", async () => {
    const w = await world({ hasAdmin: false });
    const before = w.state();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_FORBIDDEN 403");
    expect(answer.returnMessage).toContain("OROT_AUTHORITY_SECRET_IDS");
    expect(w.state()).toEqual(before);
    expect(resets(w)).toBe(0);
  });

  test.each<[string, EdfiClientOptions, WorldOptions, string]>([
    [
      "the endpoint of applications is switched off",
      { byApplication: true },
      {},
      "the endpoint v3/applications is switched off or has another path version (404)",
    ],
    [
      "it is switched off, in the words of releases that word every 404",
      { byApplication: true },
      { switches: { "edfi-unmapped": "problem" } },
      "AppSettings:EnableApplicationResetEndpoint",
    ],
    ["the path has another version", {}, { switches: { "edfi-api-version": "v2" } }, "correct apiVersion"],
    ["the tenant is missing", {}, { switches: { "edfi-tenancy": "multi" } }, "check the id and the tenant"],
  ])("%s: it is said, and CURRENT works", async (_what, options, rest, said) => {
    const w = await world(options, rest);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain(said);
    expect(w.currentVerdict()).toBe("accepted");
    expect(resets(w)).toBe(1);
  });

  /** The content names another client next to its own key, and so does the administrator's entry for it. */
  const misdirected = (change: (content: Record<string, unknown>, otherId: number) => object): WorldOptions => ({
    client: (emulator) => {
      const other = emulator.admin.createApiClient();
      const client = edfiClient()(emulator);
      const content = { ...client.content, ...change(client.content, other.apiClientId) };
      const { clientId: key, apiClientId, applicationId } = content as Readonly<Record<string, unknown>>;
      const entry = { client: key, ...(applicationId === undefined ? { apiClientId } : { applicationId }) };
      const authority = (secretId: string) => ({
        ...client.authority?.(secretId),
        mayRotate: [{ ...entry, secretId }],
      });
      return { ...client, content, authority };
    },
  });

  /** Forgets the rule that tells ids from keys: a release that does not show which id a key has. */
  const showsNothing = (w: TestWorld) =>
    w.emulator.faults.add({ call: "read-client", kind: "client-error", count: 100 });

  test("the id of another client: it is said before anything has changed, with the right one", async () => {
    const w = await createWorld(misdirected((_content, apiClientId) => ({ apiClientId })));
    const before = w.state();
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("another client's secret would be reset");
    expect(answer.returnMessage).toMatch(/Next: set apiClientId in the secret's content to \d+\./);
    expect(w.state()).toEqual(before);
    expect(resets(w)).toBe(0);
  });

  test("the id of another client, and a CURRENT that the service refuses: a heal resets no other client's secret", async () => {
    const w = await createWorld(
      misdirected((_content, apiClientId) => ({ apiClientId, clientSecret: "a-mistyped-one" })),
    );
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("another client's secret would be reset");
    expect(w.versions()).toBe("1:CURRENT");
    expect(resets(w)).toBe(0);
  });

  test("an administrator that the service refuses, with a refused CURRENT: the client is locked out", async () => {
    const w = await createWorld({
      client: (emulator) => {
        const client = edfiClient()(emulator);
        const content = { ...client.content, clientSecret: "a-mistyped-one" };
        const authority = (secretId: string) => ({
          ...client.authority?.(secretId),
          clientSecret: "another-mistyped-one",
        });
        return { ...client, content, authority };
      },
    });
    const answer = await send(w, "heal");
    expect(outcomeOf(answer)).toBe("LOCKED_OUT 400");
    expect(resets(w)).toBe(0);
  });

  test("a lookup that fails for now: nothing is reset until it can be told whose secret that would be", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "read-client", kind: "server-error-before", count: 100 });
    const before = w.state();
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
    expect(w.state()).toEqual(before);
  });

  test("the id of another client where that is not shown: its secret has been changed, and the answer says so", async () => {
    const w = await createWorld(misdirected((_content, apiClientId) => ({ apiClientId })));
    showsNothing(w);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("has another key than the member clientId");
    expect(answer.returnMessage).toContain("reset the other client's secret once more");
    expect(resets(w)).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("an id that no client has: it is named", async () => {
    const w = await createWorld(misdirected(() => ({ apiClientId: 999 })));
    showsNothing(w);
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("ISSUER_CONFIGURATION 400");
    expect(answer.returnMessage).toContain("apiClients/999 is unknown (404)");
  });

  test("an id that the administrator was not given: no request is sent", async () => {
    const w = await world(
      {},
      { content: (content) => ({ ...content, apiClientId: Number(content["apiClientId"]) + 1 }) },
    );
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_FORBIDDEN 403");
    expect(resets(w)).toBe(0);
  });
});

describe("another reset of the same application", () => {
  test("is waited for: 409 has changed nothing, and the same request is sent again", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "conflict", count: 3 });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(resets(w)).toBe(4);
    expect(w.emulator.admin.apiClient(w.client.clientId).resets).toBe(1);
    expect(warnings(w, "minted-again")).toEqual([]);
  });

  test("that never ends is given up, with CURRENT at work", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "conflict", count: 100 });
    expect(outcomeOf(await w.rotate())).toBe("ISSUER_UNAVAILABLE 503");
    expect(resets(w)).toBe(6);
    expect(w.currentVerdict()).toBe("accepted");
    expect(outcomeOf(await send(w, "heal"))).toBe("NOTHING_TO_DO 200");
  });
});

describe("a reset whose answer is lost", () => {
  test.each(["answer-lost", "server-error-after", "truncated", "too-slow", "lands-late"] as const)(
    "under the fault %s is made once more as soon as CURRENT is refused, and that is logged",
    async (kind) => {
      const w = await world();
      w.emulator.faults.add({ call: "regenerate", kind });
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(resets(w)).toBe(2);
      expect(w.emulator.admin.apiClient(w.client.clientId).resets).toBe(2);
      expect(w.currentVerdict()).toBe("accepted");
      expect(warnings(w, "minted-again")).toEqual([expect.objectContaining({ level: "warn", mints: 2 })]);
    },
  );

  test("and that took no effect is made once more only after it can land no more", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "server-error-before" });
    const started = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.clock.now() - started).toBeGreaterThan(60_000);
    expect(w.emulator.admin.apiClient(w.client.clientId).resets).toBe(1);
  });

  test("with its process is replaced by a heal, by the administrator", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    const environment = { OROT_AUTHORITY_SECRET_IDS: authorityIdOf(w) };
    expect(await startProcess(w, 1, { environment }).call({ secretId: w.secretId })).toBeNull();
    await w.clock.sleep(OVER_MS);
    expect(outcomeOf(await send(w, "check"))).toBe("SECRET_REJECTED 400");
    expect(outcomeOf(await send(w, "heal"))).toBe("OK 200");
    expect(w.currentVerdict()).toBe("accepted");
  });
});

/** The OCID of the secret that holds the second authority. */
function authorityIdOf(w: TestWorld): string {
  const secrets = Object.values(w.emulator.state.vault.secrets);
  return secrets.find(({ name }) => name === "authority")?.id ?? "";
}
