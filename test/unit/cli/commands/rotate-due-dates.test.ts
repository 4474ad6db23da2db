import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import {
  clientOf,
  type DueKind,
  expiryTag,
  makeDue,
  noted,
  rotateDue,
  rotateKilled,
  rotateOften,
  rotations,
  setExpiryTag,
} from "../../../support/cli-due.ts";
import { DAY_MS, shown } from "../../../support/cli-fleet.ts";
import { edfiClient, ociIamClient, uaaClient } from "../../../support/clients.ts";
import { claimWith, writeVersion } from "../../../support/outside-changes.ts";
import { outcomeOf } from "../../../support/worlds.ts";

const cli = useCli();

const LOCAL = ["--within", "7d", "--via", "local"];
const kinds = [
  ["Vault's schedule", "schedule"],
  ["the issuer's expiry", "issuer"],
  ["an expiry rule of Vault's", "rule"],
] as const;

async function dueWorld(kind: DueKind) {
  const w = await cli({ client: clientOf(kind) });
  await makeDue(w, kind);
  return w;
}

const rollBack = async (w: CliWorld) =>
  expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");

describe("rotate --all-due", () => {
  test.each(kinds)("leaves alone what somebody else has rotated since it came to be due by %s", async (_by, kind) => {
    const w = await dueWorld(kind);
    expect((await w.rotate()).responseCode).toBe(200);
    const runs = await rotateOften(w, LOCAL);
    expect(runs.map((run) => run.exitCode + shown(run).rotated + shown(run).failed)).toEqual([0, 0, 0, 0, 0]);
    expect(rotations(w)).toBe(1);
  });

  test.each(kinds)("goes on after a kill without a second value, due by %s", async (_by, kind) => {
    const calls = kind === "issuer" ? (["install", "promote"] as const) : (["write-pending", "promote"] as const);
    for (const call of calls) {
      for (const death of ["killed-before", "killed-after"] as const) {
        const w = await dueWorld(kind);
        await rotateKilled(w, { call, kind: death }, ...LOCAL);
        await w.clock.sleep(5 * 60_000);
        const runs = await rotateOften(w, LOCAL);
        expect(runs.at(-1)?.exitCode, `${call} ${death}`).toBe(0);
        expect(w.versions(), `${call} ${death}`).not.toContain("PENDING");
        expect(w.currentVerdict()).toBe("accepted");
        expect(rotations(w), `${call} ${death}`).toBe(1);
      }
    }
  });

  test.each(kinds)("looking two months ahead every fifth day lets nothing expire, by %s", async (_by, kind) => {
    const w = await dueWorld(kind);
    for (let days = 0; days < 90; days += 5) {
      expect((await rotateDue(w, "--within", "60d", "--via", "local")).exitCode).toBe(0);
      await noted(w);
      await w.clock.sleep(5 * DAY_MS);
      expect(w.currentVerdict()).toBe("accepted");
    }
    // The first at once, the others when half of 30 days are over.
    expect(rotations(w)).toBe(6);
  });
});

describe("rotate --all-due, after a rollback", () => {
  test("knows of no date of the issuer's until a heal has asked", async () => {
    const w = await dueWorld("issuer");
    await rotateDue(w, ...LOCAL);
    await rollBack(w);
    const runs = await rotateOften(w, LOCAL);
    expect(runs.map((run) => shown(run).rotated)).toEqual([0, 0, 0, 0, 0]);
    expect(w.versions()).toBe("1:CURRENT 2:PREVIOUS");
    await noted(w);
    expect(expiryTag(w)).toMatch(/Z v1$/);
  });

  test.each([
    ["Vault's schedule", "schedule"],
    ["an expiry rule of Vault's", "rule"],
  ] as const)("ends the use of the value that is due by %s once more, and makes no other", async (_by, kind) => {
    const w = await cli({ client: uaaClient() });
    await makeDue(w, kind);
    await rotateDue(w, ...LOCAL);
    await rollBack(w);
    const runs = await rotateOften(w, LOCAL);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
    expect(rotations(w)).toBe(1);
  });
});

describe("a tag with the issuer's expiry", () => {
  const withTag = async (textOf: (w: CliWorld, at: number) => string) => {
    const w = await dueWorld("issuer");
    setExpiryTag(w, textOf(w, w.clock.now() + 2 * DAY_MS));
    return w;
  };
  const text = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;

  test.each([
    ["older", "v1", true],
    ["newer", "v9", false],
  ])("of an %s version than CURRENT asks for no rotation, and that is said", async (_which, number, rotatesFirst) => {
    const w = await withTag((_w, at) => `${text(at)} v1`);
    if (rotatesFirst) await w.rotate();
    setExpiryTag(w, `${text(w.clock.now() + DAY_MS)} ${number}`);
    const before = rotations(w);
    const run = await rotateDue(w, ...LOCAL);
    expect(run.exitCode).toBe(0);
    expectOnlyReads(run);
    expect(shown(run)).toMatchObject({ total: 1, rotated: 0, already: 0, notDue: 1 });
    const [told] = shown(run).secrets;
    const current = rotatesFirst ? 2 : 1;
    expect(told).toMatchObject({ outcome: "not-due", code: "NOT_DUE", versionNo: current });
    expect(told?.what).toBe(`its date was noted for version ${number.slice(1)}, and version ${current} is CURRENT`);
    expect(told?.next).toContain(`oci-rotate heal ${w.secretId}`);
    expect(rotations(w)).toBe(before);
    await noted(w);
    expect(expiryTag(w)).toMatch(new RegExp(` v${current}$`));
  });

  test("of the old form counts as CURRENT's, and asks for one rotation", async () => {
    const w = await withTag((_w, at) => text(at));
    const runs = await rotateOften(w, LOCAL);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(expiryTag(w)).toMatch(/^2026-12-\d\dT[\d:]+Z v2$/);
  });

  test("of the old form, left by a function of the last edition, asks for no second one", async () => {
    const w = await withTag((_w, at) => text(at));
    const old = expiryTag(w);
    const runs = await rotateOften(w, LOCAL, async () => setExpiryTag(w, old));
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(runs.slice(1).map((run) => shown(run).already)).toEqual([1, 1, 1, 1]);
  });

  test("that was forged brings one rotation forward, and no second one without another forgery", async () => {
    const w = await withTag((_w, at) => `${text(at)} v1`);
    const forged = expiryTag(w);
    const runs = await rotateOften(w, LOCAL, async () => setExpiryTag(w, forged));
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    setExpiryTag(w, "1970-01-01T00:00:00Z v2");
    expect(shown(await rotateDue(w, ...LOCAL))).toMatchObject({ rotated: 0, already: 1 });
  });

  test("that was forged for the next version beforehand is gone when that is CURRENT", async () => {
    const w = await dueWorld("schedule");
    setExpiryTag(w, `${text(w.clock.now() + DAY_MS)} v3`);
    const runs = await rotateOften(w, LOCAL);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(expiryTag(w)).toBe("unknown v3");
  });
});

describe("rotate --all-due --dry-run", () => {
  test.each(kinds)("plans what is due by %s, and after the rotation nothing", async (_by, kind) => {
    const w = await dueWorld(kind);
    const before = await rotateDue(w, ...LOCAL, "--dry-run");
    expect(shown(before)).toMatchObject({ planned: 1, already: 0, notDue: 0 });
    await rotateDue(w, ...LOCAL);
    const after = await rotateDue(w, ...LOCAL, "--dry-run");
    expect(after.exitCode).toBe(0);
    expect(shown(after).planned).toBe(0);
    expectOnlyReads(after);
  });

  test("says of what is left alone why, and counts it apart", async () => {
    const w = await dueWorld("issuer");
    setExpiryTag(w, expiryTag(w).replace("v1", "v9"));
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const run = await w.run("rotate", "--all-due", "--compartment", compartmentId, ...LOCAL, "--dry-run");
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("NOT_DUE");
    expect(run.stdout).toContain("its date was noted for version 9, and version 1 is CURRENT");
    expect(run.stdout).toContain("Nothing was changed: 0 of 1 can be rotated, 1 not due after all.");
  });
});

describe("rotate --all-due --max-age", () => {
  const AGE = [...LOCAL, "--max-age", "30d"];
  const aged = async (client = ociIamClient) => {
    const w = await cli({ client });
    await makeDue(w, "age");
    return w;
  };

  test("rotates nothing by its age without it, and nothing that is younger", async () => {
    const w = await aged();
    expect(shown(await rotateDue(w, ...LOCAL)).total).toBe(0);
    expect(shown(await rotateDue(w, "--via", "local", "--max-age", "27d")).total).toBe(0);
    expect(rotations(w)).toBe(0);
  });

  test("takes the age from OROT_MAX_AGE_DAYS, and 0d switches that off", async () => {
    const w = await aged();
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const environment = { OROT_MAX_AGE_DAYS: "25" };
    const words = ["rotate", "--all-due", "--compartment", compartmentId, "--via", "local", "--yes", "--json"];
    expect(shown(await w.runWith({ environment }, ...words, "--max-age", "0d")).total).toBe(0);
    expect(shown(await w.runWith({ environment }, ...words)).rotated).toBe(1);
  });

  test("is for secrets that are due, and not for those that are named", async () => {
    const w = await aged();
    const run = await w.run("rotate", w.secretId, "--max-age", "30d", "--yes");
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain("--max-age belongs to --all-due");
  });

  test.each([
    ["an identity domain", ociIamClient],
    ["a UAA", uaaClient()],
  ])("finds a value of %s that was copied into a newer version, and rotates it once", async (_issuer, client) => {
    const w = await aged(client);
    await writeVersion(w, w.client.content, { stage: "CURRENT", name: "orot-2" });
    const runs = await rotateOften(w, AGE);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(rotations(w)).toBe(1);
  });

  test.each([
    ["an identity domain", ociIamClient],
    ["a UAA", uaaClient()],
    ["an Ed-Fi Configuration Service", edfiClient()],
  ])("is what scan counts: the age of %s's value, and not that of its copy", async (_issuer, client) => {
    const w = await aged(client);
    await writeVersion(w, w.client.content, { stage: "CURRENT" });
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const run = await w.run("scan", "--compartment", compartmentId, "--max-age", "26d", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ secrets: [{ state: "due", ageDays: 26 }] });
    expectOnlyReads(run);
  });

  test("finds a value whose claim has become CURRENT, which its rotation then replaces", async () => {
    const w = await aged();
    await writeVersion(w, claimWith(w), { stage: "CURRENT" });
    const runs = await rotateOften(w, AGE);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(rotations(w)).toBe(1);
  });

  test("goes on after a kill without a second value", async () => {
    for (const call of ["write-pending", "promote"] as const) {
      for (const kind of ["killed-before", "killed-after"] as const) {
        const w = await aged();
        await rotateKilled(w, { call, kind }, ...AGE);
        await w.clock.sleep(5 * 60_000);
        await rotateOften(w, AGE);
        expect(w.currentVerdict()).toBe("accepted");
        expect(rotations(w), `${call} ${kind}`).toBe(1);
      }
    }
  });

  test("counts from the value again after a rollback", async () => {
    const w = await aged(uaaClient());
    await rotateDue(w, ...AGE);
    await rollBack(w);
    const runs = await rotateOften(w, AGE);
    expect(runs.map((run) => shown(run).rotated)).toEqual([1, 0, 0, 0, 0]);
    expect(w.versions()).toBe("1:PREVIOUS 2:CURRENT");
  });
});
