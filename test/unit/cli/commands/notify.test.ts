import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";

const cli = useCli();
const ORIGIN = "https://hooks.emulated.example";
const HOOK = `${ORIGIN}/receivers/a`;
const DOWN = `${ORIGIN}/receivers/unavailable/b`;
const KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;

/** A secret, and the settings of a local run by which webhooks may be sent. */
async function ready() {
  const w = await cli();
  const keys = w.emulator.admin.createSecret({ name: "keys", content: JSON.stringify({ keys: [KEY] }) });
  const environment = { OROT_WEBHOOK_KEY_SECRET_ID: keys, OROT_NOTIFY_HOSTS: "hooks.emulated.example" };
  return { ...w, notify: (...words: string[]) => w.runWith({ environment }, "notify", ...words) };
}

describe("oci-rotate notify", () => {
  test("registers an endpoint once, lists it, and removes it once", async () => {
    const w = await ready();
    const added = await w.notify("add", w.secretId, HOOK, "--json");
    expect(added).toMatchObject({ exitCode: 0, stderr: "" });
    expect(added.json()).toEqual({ secretId: w.secretId, endpoint: HOOK, changed: true, code: "OK" });
    expect((await w.notify("add", w.secretId, HOOK, "--json")).json()).toMatchObject({ changed: false });
    const listed = await w.notify("list", w.secretId);
    expect(listed).toMatchObject({ exitCode: 0, stdout: `${HOOK}\n`, stderr: "" });
    expectOnlyReads(listed);
    expect((await w.notify("remove", w.secretId, HOOK, "--json")).json()).toMatchObject({ changed: true });
    expect((await w.notify("remove", w.secretId, HOOK, "--json")).json()).toMatchObject({ changed: false });
    expect((await w.notify("list", w.secretId, "--json")).json()).toEqual({
      secretId: w.secretId,
      endpoints: [],
      waiting: [],
      noticeBefore: [],
    });
  });

  test("gives an endpoint a time of its own for notices, and lists it", async () => {
    const w = await ready();
    await w.notify("add", w.secretId, HOOK);
    expect((await w.notify("add", w.secretId, DOWN, "--notice-before", "14d")).exitCode).toBe(0);
    expect((await w.notify("list", w.secretId)).stdout).toBe(`${HOOK}\n${DOWN}  notice 14d before\n`);
    expect((await w.notify("list", w.secretId, "--json")).json()).toMatchObject({
      endpoints: [HOOK, DOWN],
      noticeBefore: [{ endpoint: DOWN, before: "14d" }],
    });
    const changed = await w.notify("add", w.secretId, HOOK, "--notice-before", "2d", "--json");
    expect(changed.json()).toMatchObject({ changed: true });
    const refused = await w.notify("add", w.secretId, HOOK, "--notice-before", "400d");
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain("from 1m to 360d");
  });

  test("notes once that an endpoint has a version, and lists who has not", async () => {
    const w = await ready();
    await w.notify("add", w.secretId, HOOK);
    await w.notify("add", w.secretId, DOWN);
    expect((await w.notify("acknowledge", w.secretId, HOOK, "1", "--json")).json()).toEqual({
      ...{ secretId: w.secretId, endpoint: HOOK, versionNo: 1, changed: true, code: "OK" },
    });
    const again = await w.notify("acknowledge", w.secretId, HOOK, "1", "--json");
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.json()).toMatchObject({ changed: false, code: "NOTHING_TO_DO" });
    expect((await w.notify("list", w.secretId, "--json")).json()).toMatchObject({ waiting: [DOWN] });
    expect((await w.run("status", w.secretId, "--json")).json()["subscribers"]).toMatchObject({
      count: 2,
      waiting: ["hooks.emulated.example"],
    });
    expect((await w.run("status", w.secretId)).stdout).toContain("CURRENT, by 1 of 2; not by hooks.emulated.example");
  });

  test("says which version or endpoint there is not", async () => {
    const w = await ready();
    await w.notify("add", w.secretId, HOOK);
    const high = await w.notify("acknowledge", w.secretId, HOOK, "2");
    expect(high).toMatchObject({ exitCode: 1 });
    expect(high.stderr).toContain("error: EVENT_INVALID: versionNo is above the number of CURRENT.");
    const other = await w.notify("acknowledge", w.secretId, DOWN, "1");
    expect(other.stderr).toContain("error: SUBSCRIBER_INVALID: the endpoint is not registered.");
    expect((await w.notify("acknowledge", w.secretId, HOOK, "0")).stderr).toContain("a whole number from 1");
  });

  test("says why an endpoint is refused, and what to do", async () => {
    const w = await ready();
    const run = await w.notify("add", w.secretId, "https://other.example.org/");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("error: SUBSCRIBER_INVALID: the endpoint's host is not in OROT_NOTIFY_HOSTS.");
    expect(run.stderr).toContain("next:  add its host to OROT_NOTIFY_HOSTS");
  });

  test("asks the function that the secret's rotation targets", async () => {
    const w = await ready();
    const functionId = w.deploy();
    const content = JSON.stringify(w.client.content);
    const id = w.emulator.admin.createSecret({ name: "payroll", content, functionId });
    const run = await w.notify("add", id, HOOK);
    expect(run.requests.map(({ call }) => call)).toContain("invoke-function");
    // The function of this world has no keys to sign with.
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("OROT_WEBHOOK_KEY_SECRET_ID is not set");
  });

  test("tests who is reached, and tells a script that somebody is not", async () => {
    const w = await ready();
    await w.notify("add", w.secretId, HOOK);
    const good = await w.notify("test", w.secretId, "--json");
    expect(good).toMatchObject({ exitCode: 0 });
    expect(good.json()).toEqual({
      secretId: w.secretId,
      deliveries: [{ endpoint: `${ORIGIN}/…`, outcome: "delivered" }],
    });
    expect(JSON.parse(w.emulator.state.received.webhooks[0]?.body ?? "{}")).toMatchObject({
      usecase: "credentialRotationTest",
      secretId: w.secretId,
    });
    await w.notify("add", w.secretId, DOWN);
    const bad = await w.notify("test", w.secretId);
    expect(bad.exitCode).toBe(4);
    expect(bad.stdout).toMatch(/^https:\/\/hooks\.emulated\.example\/… +failed$/m);
    expect(bad.requests.filter(({ method }) => method === "PUT")).toEqual([]);
  });

  test("prints what was done and by whom, for each of its commands", async () => {
    const w = await ready();
    const by = "by    you, from here, with your own credentials\n";
    const shown = async (...words: string[]) => (await w.notify(...words)).stdout.replace(by, "");
    expect(await shown("add", w.secretId, HOOK)).toBe("done  the endpoint is registered\n");
    expect(await shown("acknowledge", w.secretId, HOOK, "1")).toBe("done  the endpoint has version 1\n");
    expect(await shown("remove", w.secretId, HOOK)).toBe("done  the endpoint is removed\n");
  });

  test("shows each endpoint that was tested, in the order of the list", async () => {
    const w = await ready();
    for (const endpoint of [DOWN, HOOK]) await w.notify("add", w.secretId, endpoint);
    const { stdout } = await w.notify("test", w.secretId);
    expect(stdout.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["ENDPOINT", "OUTCOME"],
      [`${ORIGIN}/…`, "failed"],
      [`${ORIGIN}/…`, "delivered"],
      [""],
    ]);
  });

  test.each(["list", "test"])(
    "%s says that nobody is notified, and at a terminal how to add somebody",
    async (verb) => {
      const w = await ready();
      const given = { answers: [], environment: { NO_COLOR: "1" } };
      const run = await w.runWith(given, "notify", verb, w.secretId);
      expect(run).toMatchObject({ exitCode: 0, stdout: "Nobody is notified of this secret's rotations.\n" });
      expect(run.stderr).toContain(`to add one: oci-rotate notify add ${w.secretId} <https or mailto address>\n`);
      expect((await w.run("notify", verb, w.secretId, "--json")).json()).toMatchObject({
        [verb === "list" ? "endpoints" : "deliveries"]: [],
      });
    },
  );
});
