import { describe, expect, test } from "vitest";
import { contentWith, keepUpdating, writeVersion } from "../../support/outside-changes.ts";
import { expectOnlyClaimed, outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("the content that is stored", () => {
  const id = `idcs-${"0".repeat(32)}`;
  /** As Jackson's ObjectMapper writes the four members of Oracle's sample, plainly and with its default pretty printer. */
  const plain = (appId: string, clientId: string, appSecret: string) =>
    `{"iamDomainInstanceId":"${id}","appId":"${appId}","clientId":"${clientId}","appSecret":"${appSecret}"}`;
  const pretty = (appId: string, clientId: string, appSecret: string) =>
    `{\n  "iamDomainInstanceId" : "${id}",\n  "appId" : "${appId}",\n  "clientId" : "${clientId}",\n  "appSecret" : "${appSecret}"\n}`;

  test.each([
    ["plain", plain],
    ["pretty-printed", pretty],
  ])("is that of Oracle's sample byte for byte, %s", async (_title, write) => {
    const w = await world({
      content: (sample) => write(String(sample["appId"]), String(sample["clientId"]), String(sample["appSecret"])),
    });
    await w.steps();
    expect(w.emulator.admin.content(w.secretId, 3)).toBe(write(w.app.appId, w.app.clientId, w.valueOf(3) ?? ""));
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("carries members that we do not know over, in order and untouched", async () => {
    const text = (appId: string, clientId: string, appSecret: string) =>
      `{ "9": 1, "owner":"ops\\u00e9", "appId":"${appId}", "big": 12345678901234567890.10e+2,\r\n"nested": {"b": [1,2 ,3], "a": null},` +
      ` "clientId":"${clientId}", "1": "first?", "appSecret":"${appSecret}", "iamDomainInstanceId": "${id}", "last": true }\n`;
    const w = await world({
      content: (sample) => text(String(sample["appId"]), String(sample["clientId"]), String(sample["appSecret"])),
    });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.content(w.secretId, 3)).toBe(text(w.app.appId, w.app.clientId, w.valueOf(3) ?? ""));
  });

  test.each([
    "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com",
    "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com:443",
    "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com:443/",
    "https://login.example.org/admin/v1",
    "https://login.example.org/admin/v1/",
  ])("may name its domain by domainUrl: %s", async (domainUrl) => {
    // An identity domain at Oracle's own address needs no setting.
    const own = new URL(domainUrl).host === "login.example.org";
    const w = await world({
      content: ({ iamDomainInstanceId: _, ...rest }) => ({ domainUrl, ...rest }),
      environment: own ? { OROT_ISSUER_ORIGINS: "https://login.example.org" } : {},
    });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.content(w.secretId, 3)).toContain(`"domainUrl":"${domainUrl}"`);
    const hosts = new Set(w.emulator.requests.filter(({ system }) => system === "identity").map(({ host }) => host));
    expect([...hosts]).toEqual([new URL(domainUrl).host]);
  });

  test("may hold a client secret that JSON, URLs and headers would change", async () => {
    const odd = String.raw`p"ä/+ &%\: 100%`;
    const w = await world({ content: (sample) => ({ ...sample, appSecret: odd }) });
    w.canary.add(odd);
    const app = w.emulator.admin.app(w.app.clientId);
    app.accepted = [{ value: odd, acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
    expect((await w.steps()).map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
  });
});

describe("Vault", () => {
  test.each([
    { "if-match": "ignored" },
    { "etag-on-active": "stays" },
    { "list-while-updating": "accepted" },
    { "updating-polls": 0 },
    { "updating-polls": 5 },
    { "updating-ms": 12_000 },
    { "page-size": 1 },
    { "data-plane-lag-ms": 1_500 },
    { "update-during-version-deletion": "refused" },
    { "app-read-back": "forbidden" },
    { "old-tokens": "die" },
    { "old-secret-dies": 30_000 },
    { "new-secret-late-refusals": 4 },
    { "new-secret-late-ms": 50_000 },
  ] as const)(
    "as the switches %o make it is rotated twice, by steps and as a whole, with one mint each",
    async (switches) => {
      const w = await world({ switches });
      expect((await w.steps()).map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
      await w.clock.sleep(86_400_000);
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.versions()).toBe("1:DEPRECATED 2:DEPRECATED 3:PREVIOUS 4:DEPRECATED 5:CURRENT");
      expect(w.currentVerdict()).toBe("accepted");
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(2);
    },
  );

  test("whose every call takes two seconds is rotated all the same", async () => {
    const w = await world();
    w.emulator.switches["latency-ms"] = 2_000;
    expect((await w.steps()).map(outcomeOf)).toEqual(["OK 200", "OK 200", "OK 200", "OK 200"]);
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("that stays UPDATING for too long ends the call with 503, nothing changed before the mint", async () => {
    const w = await world();
    keepUpdating(w, { ms: 3_600_000 });
    const before = w.state();
    const started = w.clock.now();
    for (const step of ["VERIFY_CONNECTION", "CREATE_PENDING_VERSION", "UPDATE_TARGET_SYSTEM"] as const) {
      const answer = await w.step(step);
      expect(outcomeOf(answer)).toBe("VAULT_UNAVAILABLE 503");
      expect(answer.returnMessage).toContain("UPDATING for 30 s");
    }
    expect(w.clock.now() - started).toBeLessThan(3 * 40_000);
    expect(w.state()).toEqual(before);
  });

  test("that stays UPDATING after the claim ends with 503, and nothing is minted", async () => {
    const w = await world({ switches: { "updating-ms": 400_000 } });
    expect(outcomeOf(await w.rotate())).toBe("VAULT_UNAVAILABLE 503");
    expectOnlyClaimed(w);
  });

  test("that stays UPDATING after the value was stored ends with 503, and the value is in Vault", async () => {
    const w = await world();
    w.emulator.core.onChange(() => {
      if (w.emulator.requests.at(-1)?.call === "regenerate") w.emulator.switches["updating-ms"] = 400_000;
    });
    const answer = await w.rotate();
    expect(outcomeOf(answer)).toBe("VAULT_UNAVAILABLE 503");
    expect(w.versions()).toBe("1:CURRENT 2:DEPRECATED 3:PENDING");
    expect(w.emulator.admin.login(w.app.clientId, w.valueOf(3) ?? "")).toBe("accepted");
    // Vault confirmed the write: an operator who regenerated now would kill the value that works.
    expect(answer.returnMessage).not.toContain("could not be stored");
    expect(answer.returnMessage).not.toContain("regenerate");
    await w.clock.sleep(400_000);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("that another writer keeps busy is waited for with the unsaved value, longer than otherwise", async () => {
    const w = await world();
    w.emulator.faults.add({ call: "write-pending", kind: "conflict" });
    w.emulator.core.onChange(() => {
      if (w.emulator.requests.at(-1)?.fault === "conflict") keepUpdating(w, { ms: 100_000 });
    });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("whose version name is taken by another is written under the next free name", async () => {
    const w = await world();
    await writeVersion(w, contentWith(w, "never-was-one"), { name: "orot-3" });
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.admin.versions(w.secretId).at(-1)?.name).toMatch(/^orot-/);
    expect(w.currentVerdict()).toBe("accepted");
  });

  test("with the reuse rule is rotated", async () => {
    const w = await world();
    w.emulator.admin.secret(w.secretId).rules = [{ ruleType: "SECRET_REUSE_RULE" }];
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
  });
});

describe("a second PENDING version", () => {
  test.each([
    ["refuses", "1:DEPRECATED 2:PENDING 3:DEPRECATED 4:PREVIOUS 5:CURRENT", "the claim"],
    // The refusal is seen only once the claim stands next to the older one, if the note says that a second one is taken.
    ["keeps-both", "1:DEPRECATED 2:PENDING 3:PREVIOUS 4:PENDING 5:CURRENT", "no claim"],
  ] as const)(
    "where Vault %s is avoided: what is written goes to CURRENT, and no client secret is lost",
    async (rule, versions, moved) => {
      const w = await world({ switches: { "second-pending": rule } });
      const steps = (await w.steps()).map(outcomeOf);
      expect(steps[1]).toBe("OK 200");
      expect(steps.at(-1)).toBe("OK 200");
      expect(w.versions()).toBe("1:PREVIOUS 2:PENDING 3:CURRENT");
      await w.clock.sleep(86_400_000);
      // Now a PENDING version stands below CURRENT's number. A claim that goes to CURRENT has CURRENT's own credential.
      const seen: (string | undefined)[] = [];
      w.emulator.core.onChange(() => {
        if (w.versions().includes("4:CURRENT")) seen.push(w.valueOf(4));
      });
      const before = w.valueOf(3);
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      expect(w.versions()).toBe(versions);
      expect(new Set(seen)).toEqual(new Set(moved === "the claim" ? [before] : []));
      expect(w.emulator.admin.content(w.secretId, 5)).not.toContain("_rotation");
      expect(w.currentVerdict()).toBe("accepted");
      expect(w.emulator.admin.app(w.app.clientId).mints).toBe(2);
    },
  );

  test("where Vault refuses one is found out by the claim, before the mint", async () => {
    const w = await world({ switches: { "second-pending": "refuses" } });
    await writeVersion(w, contentWith(w, "never-was-one"));
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.versions()).toBe("1:DEPRECATED 2:PENDING 3:PREVIOUS 4:CURRENT");
    expect(w.currentVerdict()).toBe("accepted");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
  });

  test("where Vault refuses one, what the new CURRENT is to be logs in first", async () => {
    const w = await world({ switches: { "second-pending": "refuses", "new-secret-late-ms": 30_000 } });
    expect(outcomeOf(await w.step("CREATE_PENDING_VERSION"))).toBe("OK 200");
    expect(w.versions()).toBe("1:PREVIOUS 2:PENDING 3:CURRENT");
    const logins = w.emulator.requests.filter(({ call }) => call === "token-pending");
    const stored = w.emulator.requests.find(({ call, status }) => call === "write-pending" && status === 200);
    expect(logins.some(({ status, time }) => status === 200 && time < (stored?.time ?? 0))).toBe(true);
  });

  test("where Vault refuses one, CREATE does not call the new CURRENT version PENDING", async () => {
    const w = await world({ switches: { "second-pending": "refuses" } });
    const answer = await w.step("CREATE_PENDING_VERSION");
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 3 });
    expect(answer.returnMessage).not.toContain("is PENDING");
  });

  test("where Vault keeps both, the newest counts", async () => {
    const w = await world({ switches: { "second-pending": "keeps-both" } });
    await writeVersion(w, contentWith(w, "never-was-one"));
    await writeVersion(w, contentWith(w, "nor-was-this"));
    expect((await w.steps()).map(outcomeOf)).toEqual(["OK 200", "OK 200", "ALREADY_ROTATED 200", "OK 200"]);
    expect(w.versions()).toBe("1:DEPRECATED 2:PENDING 3:PENDING 4:PREVIOUS 5:CURRENT");
    expect(w.emulator.admin.app(w.app.clientId).mints).toBe(1);
    expect(w.currentVerdict()).toBe("accepted");
  });
});
