import { describe, expect, test } from "vitest";
import { type CliRun, useCli } from "../../../support/cli.ts";
import { DAY_MS, FLEET_COMPARTMENT, fleetIn, ROTATED, shown, standOf, UNTOUCHED } from "../../../support/cli-fleet.ts";

const cli = useCli();
const LOCAL = ["--via", "local", "--yes"];
const ALL_DUE = ["rotate", "--all-due", "--compartment", FLEET_COMPARTMENT];

const writes = (run: CliRun) =>
  run.requests.filter(({ method, call }) => method !== "GET" && !call.startsWith("token-")).map(({ call }) => call);

describe("oci-rotate rotate --all-due", () => {
  test("rotates those that are due and no other", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3, 20);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, "--within", "10d", ...LOCAL, "--json");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(shown(run)).toMatchObject({ total: 2, rotated: 2 });
    expect([0, 1, 2].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, ROTATED, UNTOUCHED]);
  });

  test("run again leaves alone what it has rotated, until the next interval is over", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 2);
    await w.clock.sleep(DAY_MS);
    await w.run(...ALL_DUE, ...LOCAL);
    const again = await w.run(...ALL_DUE, ...LOCAL, "--json");
    expect(again.exitCode).toBe(0);
    expect(shown(again)).toMatchObject({ rotated: 0, already: 2 });
    expect(writes(again)).toEqual([]);
    await w.clock.sleep(31 * DAY_MS);
    expect(shown(await w.run(...ALL_DUE, ...LOCAL, "--json"))).toMatchObject({ rotated: 2, already: 0 });
    expect(standOf(w, fleet, 0)).toMatch(/2 mints, accepted$/);
  });

  test("says that nothing is due", async () => {
    const w = await cli();
    w.emulator.admin.createCompartment(FLEET_COMPARTMENT);
    const run = await w.run(...ALL_DUE, ...LOCAL);
    expect(run).toMatchObject({ exitCode: 0, stdout: "Nothing is due.\n", stderr: "" });
  });

  test("goes on where one fails, and says what to do about it", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 3);
    w.emulator.admin.secret(fleet.secretIds[1] ?? "").versions[0] = {
      ...w.emulator.admin.secret(fleet.secretIds[1] ?? "").versions[0],
      content: Buffer.from("{}").toString("base64"),
    } as never;
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, ...LOCAL);
    expect(run.exitCode).toBe(1);
    expect(run.stdout).toContain("2 of 3 rotated, 1 failed.");
    expect(run.stdout).toMatch(
      /fleet-00002 {2}ocid1\S+\n {2}CONTENT_INVALID: .+\n {2}next: correct the secret's content/,
    );
    expect([0, 2].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, ROTATED]);
  });

  test("at Ctrl-C ends what is under way and starts nothing new", async () => {
    const w = await cli();
    const fleet = fleetIn(w, 4, 3);
    await w.clock.sleep(4 * DAY_MS);
    const stopping = new AbortController();
    const transport: typeof w.emulator.transport = (request) => {
      if (request.url.includes("AppClientSecretRegenerator")) stopping.abort();
      return w.emulator.transport(request);
    };
    const words = [...ALL_DUE, ...LOCAL, "--json", "--concurrency", "1"];
    const run = await w.runWith({ signal: stopping.signal, transport }, ...words);
    expect(run.exitCode).toBe(1);
    expect(shown(run)).toMatchObject({ rotated: 1, notStarted: 3, failed: 0 });
    expect([0, 1, 2, 3].map((index) => standOf(w, fleet, index))).toEqual([ROTATED, UNTOUCHED, UNTOUCHED, UNTOUCHED]);
    const again = await w.run(...words);
    expect(shown(again)).toMatchObject({ rotated: 3, already: 1 });
  });

  test("a session that ends in the middle starts nothing new, and ends with 3 and the command that renews it", async () => {
    const w = await cli();
    fleetIn(w, 3);
    await w.clock.sleep(DAY_MS);
    w.writeSession(60_000);
    const transport: typeof w.emulator.transport = async (request) => {
      const answer = await w.emulator.transport(request);
      if (request.url.includes("AppClientSecretRegenerator")) await w.clock.sleep(61_000);
      return answer;
    };
    const run = await w.runWith({ transport }, ...ALL_DUE, ...LOCAL, "--json", "--concurrency", "1");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("run oci session authenticate --profile-name DEFAULT");
    expect(shown(run)).toMatchObject({ failed: 1, notStarted: 2, secrets: [{ code: "SESSION_EXPIRED" }, {}, {}] });
  });

  test("keeps below the limits of a Free domain", async () => {
    const w = await cli({ switches: { "domain-limits": "free" } });
    const fleet = fleetIn(w, 80);
    await w.clock.sleep(DAY_MS);
    const from = w.clock.monotonic();
    const run = await w.run(...ALL_DUE, ...LOCAL, "--json");
    expect(run.exitCode).toBe(0);
    expect(run.requests.filter(({ status }) => status === 429)).toEqual([]);
    expect(new Set(fleet.secretIds.map((_, index) => standOf(w, fleet, index)))).toEqual(new Set([ROTATED]));
    expect(w.clock.monotonic() - from).toBeGreaterThan(60_000);
  });

  test("faster than the domain bears, it slows down and still rotates all, each once", async () => {
    const w = await cli({ switches: { "domain-limits": "free", "retry-after-seconds": 20 } });
    const fleet = fleetIn(w, 40);
    await w.clock.sleep(DAY_MS);
    const run = await w.run(...ALL_DUE, ...LOCAL, "--json", "--rate", "3000", "--concurrency", "40");
    expect(run.requests.some(({ status }) => status === 429)).toBe(true);
    expect(run.exitCode).toBe(0);
    expect(fleet.secretIds.filter((_, index) => !standOf(w, fleet, index).endsWith("accepted"))).toEqual([]);
    expect(shown(run).rotated).toBe(40);
  });
});
