import { describe, expect, test } from "vitest";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";

const cli = useCli();

const HEAL_ALL = ["heal", "--all", "--yes", "--json"];
const SLOW_MS = 5_000;

/** More secrets in Vault of the client that the world's secret holds. */
function twins(w: CliWorld, count: number): string[] {
  const { admin } = w.emulator;
  const functionId = w.deploy();
  const content = admin.content(w.secretId, 1) ?? "";
  return Array.from({ length: count }, (_, at) => admin.createSecret({ name: `twin-${at}`, content, functionId }));
}

function currentOf({ emulator: { admin } }: CliWorld, id: string): string {
  const current = admin.versions(id).find(({ versionStages }) => versionStages.includes("CURRENT"));
  return JSON.parse(admin.content(id, current?.number ?? 0) ?? "{}").clientSecret;
}

/** An issuer that is slow to answer a login; `most`: logins that were under way at once. */
function slowIssuer(w: CliWorld) {
  const seen = { most: 0, now: 0, logins: 0 };
  const transport: typeof w.emulator.transport = async (request) => {
    if (!request.url.endsWith("/token")) return w.emulator.transport(request);
    seen.logins += 1;
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    await w.clock.sleep(SLOW_MS);
    seen.now -= 1;
    return w.emulator.transport(request);
  };
  return { seen, transport };
}

describe("several secrets of one client, on the command line", () => {
  test("are healed one after the other, and none is left as busy", async () => {
    const w = await cli();
    twins(w, 3);
    const { compartmentId } = w.emulator.admin.secret(w.secretId);
    const { seen, transport } = slowIssuer(w);
    const run = await w.runWith({ transport }, ...HEAL_ALL, "--compartment", compartmentId);
    expect(run.json()).toMatchObject({ healed: 0, healthy: 3, busy: 0, failed: 0, remaining: 0 });
    expect(seen).toEqual({ most: 1, now: 0, logins: 3 });
  });

  test("are rotated one after the other at an issuer where of two simultaneous ADDs one is lost", async () => {
    const switches = { "latency-ms": 400, "uaa-race-ms": 200, "uaa-race": "overwrites" } as const;
    const w = await cli({ client: uaaClient(), switches });
    const [twin = ""] = twins(w, 1);
    const run = await w.run("rotate", w.secretId, twin, "--via", "local", "--yes", "--json");
    expect(run.json()).toMatchObject({ rotated: 1, failed: 1 });
    // In turn, the second one is told that two values are stored. At once, both are answered 200.
    const adds = run.requests.filter(({ call }) => call === "install").map(({ status }) => status);
    expect(adds).toEqual([200, 400]);
    expect([w.secretId, twin].map((id) => w.client.accepts(currentOf(w, id)))).toEqual([true, true]);
  });
});
