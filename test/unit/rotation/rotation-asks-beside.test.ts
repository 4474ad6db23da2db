import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { clientTag } from "../../../src/clients/issuers/client.ts";
import { clientIn } from "../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import type { CallName } from "../../../src/emulator/core/call-names.ts";
import { contentWith, storeVersion } from "../../support/outside-changes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const LATENCY_MS = 50;
const switches = { "latency-ms": LATENCY_MS, "updating-polls": 0 } as const;

/** Somebody acts while the request of this name, and this occurrence of it, is under way to Vault. */
async function actingBefore(call: CallName, occurrence: number, act: (w: TestWorld) => void): Promise<TestWorld> {
  let seen = 0;
  let w: TestWorld | null = null;
  const kinds: Partial<Record<CallName, (url: string) => boolean>> = {
    "list-versions": (url) => url.includes("/versions?"),
  };
  w = await world({
    switches,
    transport: (emulator) => async (request) => {
      if (w !== null && kinds[call]?.(request.url) === true) {
        seen += 1;
        if (seen === occurrence) act(w);
      }
      return emulator.transport(request);
    },
  });
  return w;
}

const timesOf = (w: TestWorld, call: CallName) =>
  w.emulator.requests.filter((request) => request.call === call).map(({ time }) => time);
const names = (w: TestWorld) => w.emulator.requests.map(({ call }) => call);

describe("the first look of a rotation", () => {
  test("asks for CURRENT's content beside the list, and for neither before the secret's etag is there", async () => {
    const w = await world({ switches });
    await w.rotate();
    const [state = 0] = timesOf(w, "get-secret");
    expect(timesOf(w, "list-versions")[0]).toBe(state + LATENCY_MS);
    expect(timesOf(w, "read-current")).toEqual([state + LATENCY_MS]);
  });

  test("goes by the list where another version has become CURRENT meanwhile", async () => {
    const w = await actingBefore("list-versions", 1, (one) =>
      storeVersion(one, contentWith(one, one.app.secret), { stage: "CURRENT" }),
    );
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    // Version 1, which is CURRENT no more, served nothing.
    expect(names(w).filter((call) => call === "read-current")).toHaveLength(1);
    expect(JSON.parse(w.emulator.admin.content(w.secretId, 3) ?? "{}")).toMatchObject({ _rotation: { base: 2 } });
  });

  test("says why the content cannot be read, and asks no more for it than before", async () => {
    const w = await world({ switches });
    w.emulator.faults.add({ call: "read-current", kind: "unauthorized", count: 100 });
    expect(outcomeOf(await w.rotate())).toBe("VAULT_FORBIDDEN 403");
    expect(names(w).filter((call) => call === "read-current")).toHaveLength(1);
  });

  test("ends with the list's failure only when the other request has ended too", async () => {
    const w = await world({ switches });
    w.emulator.faults.add({ call: "list-versions", kind: "unauthorized", count: 100 });
    w.emulator.faults.add({ call: "read-current", kind: "server-error-before", count: 2 });
    expect(outcomeOf(await w.rotate())).toBe("VAULT_FORBIDDEN 403");
    const sent = w.emulator.requests.length;
    await w.clock.sleep(60_000);
    expect(w.emulator.requests.length).toBe(sent);
  });
});

describe("the login with a value that was just stored", () => {
  test("is sent beside the list, once the secret is ACTIVE again, and its answer decides the promote", async () => {
    const w = await world({ switches: { ...switches, "updating-ms": 500 } });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const looked = timesOf(w, "get-secret").at(-1) ?? 0;
    expect(timesOf(w, "token-pending")).toEqual([looked + LATENCY_MS]);
    expect(timesOf(w, "list-versions").at(-1)).toBe(looked + LATENCY_MS);
    expect(timesOf(w, "promote")).toEqual([looked + 2 * LATENCY_MS]);
  });

  test("is sent anew after a look that it did not serve: an unknown verdict promotes nothing", async () => {
    const w = await world({ switches });
    w.emulator.faults.add({ call: "token-pending", kind: "server-error-before" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const [first = 0, second = 0] = timesOf(w, "token-pending");
    expect(timesOf(w, "token-pending")).toHaveLength(2);
    expect(second).toBeGreaterThan(first);
    expect(timesOf(w, "promote")[0]).toBeGreaterThan(second);
  });

  test("promotes no version of another that has come to lie above", async () => {
    const w = await actingBefore("list-versions", 2, (one) => storeVersion(one, contentWith(one, "a stranger's")));
    expect(outcomeOf(await w.rotate())).not.toBe("INTERNAL 500");
    const current = w.emulator.admin.versions(w.secretId).find((one) => one.versionStages.includes("CURRENT"));
    expect(w.valueOf(current?.number ?? 0)).not.toBe("a stranger's");
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("waits for the check of the binding tag, where there is one", async () => {
    const w = await world({ switches, environment: { OROT_BINDING_TAG: "rotation.client" } });
    const client = clientTag(clientIn(parseContent(new Secret(JSON.stringify(w.client.content)))));
    w.emulator.admin.secret(w.secretId).definedTags = { rotation: { client } };
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(timesOf(w, "token-pending")[0]).toBeGreaterThan(timesOf(w, "list-versions").at(-1) ?? 0);
  });
});

describe("CREATE, once its value is stored", () => {
  test("learns the version's number from a list alone", async () => {
    const w = await world({ switches });
    expect(await w.step("CREATE_PENDING_VERSION")).toMatchObject({ responseCode: 200, versionNo: 3 });
    expect(names(w).slice(-2)).toEqual(["write-pending", "list-versions"]);
  });

  test("looks at everything where the list shows more than that version", async () => {
    const w = await actingBefore("list-versions", 2, (one) => storeVersion(one, contentWith(one, "a stranger's")));
    await w.step("CREATE_PENDING_VERSION");
    const after = names(w).slice(names(w).indexOf("write-pending") + 1);
    expect(after.slice(0, 3)).toEqual(["list-versions", "get-secret", "list-versions"]);
  });

  test("looks at everything where CURRENT has changed", async () => {
    const w = await actingBefore("list-versions", 2, (one) => {
      const [first] = one.emulator.admin.secret(one.secretId).versions;
      const second = one.emulator.admin.secret(one.secretId).versions[1];
      if (first === undefined || second === undefined) throw new Error("no versions");
      first.stage = "PREVIOUS";
      second.stage = "CURRENT";
      one.emulator.admin.secret(one.secretId).etag += 1;
    });
    await w.step("CREATE_PENDING_VERSION");
    const after = names(w).slice(names(w).indexOf("write-pending") + 1);
    expect(after.slice(0, 3)).toEqual(["list-versions", "get-secret", "list-versions"]);
  });
});
