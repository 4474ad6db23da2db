import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { createRealmWorld, makeClient, puts } from "./keycloak-world.ts";

const cli = useCli();
const world = createRealmWorld(cli);

describe("oci-rotate keycloak policy start", () => {
  test("gives each client the role and its end, and leaves its secret as it is", async () => {
    const { w, policy } = await world();
    const { secret } = makeClient(w, "till");
    await policy("apply", "--yes");
    const run = await policy("start", "--client", "till", "--yes", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({
      clients: [{ clientId: "till", outcome: "started", expiresAt: expect.any(String) }],
    });
    const till = w.emulator.admin.keycloakClient("shop", "till");
    expect(till).toMatchObject({ secret, ownRoles: ["rotated-by-oci-rotate"], mints: 0 });
    const again = await policy("start", "--client", "till", "--yes", "--json");
    expect(again.json()).toMatchObject({ clients: [{ outcome: "running" }] });
    expect(puts(again.requests)).toEqual([]);
  });

  test("leaves alone whose secret has ended, for Keycloak would make one that nobody stores", async () => {
    const { w, policy } = await world();
    const past = String(Math.floor(w.clock.now() / 1000) - 60);
    const { secret } = makeClient(w, "late", { attributes: { "client.secret.expiration.time": past } });
    await policy("apply", "--yes");
    const run = await policy("start", "--client", "late", "--client", "nobody", "--yes", "--json");
    expect(run.exitCode).toBe(4);
    expect(run.json()).toMatchObject({ clients: [{ outcome: "expired" }, { outcome: "unknown" }] });
    expect(puts(run.requests)).toEqual([]);
    expect(w.emulator.admin.keycloakClient("shop", "late").secret).toBe(secret);
  });

  test("takes all that log in by a secret, page by page, but for the administrator and public clients", async () => {
    const { w, policy } = await world();
    for (let index = 0; index < 120; index++) makeClient(w, `c${index}`);
    makeClient(w, "public", { publicClient: true });
    await policy("apply", "--yes", "--all-confidential");
    const run = await policy("start", "--all", "--yes", "--json");
    const { clients } = run.json() as { clients: { clientId: string; outcome: string }[] };
    expect(clients).toHaveLength(120);
    expect(new Set(clients.map(({ outcome }) => outcome))).toEqual(new Set(["started"]));
    expect(clients.some(({ clientId }) => clientId === "warden")).toBe(false);
  });

  test("shows when each client's secret ends, and what became of it", async () => {
    const { w, policy } = await world();
    const past = Math.floor(w.clock.now() / 1000) - 60;
    makeClient(w, "late", { attributes: { "client.secret.expiration.time": String(past) } });
    makeClient(w, "till");
    makeClient(w, "public", { publicClient: true });
    await policy("apply", "--yes");
    const shown = async (...clients: readonly string[]) => {
      const run = await policy("start", ...clients.flatMap((clientId) => ["--client", clientId]), "--yes");
      return [run.exitCode, ...run.stdout.split("\n").map((line) => line.split(/ {2,}/))];
    };
    // Keycloak notes whole seconds.
    const end = new Date((past + 60) * 1000 + 45 * DAY_MS).toISOString();
    const head = ["CLIENT", "SECRET ENDS"];
    expect(await shown("late", "till", "till", "public", "nobody")).toEqual([
      4,
      head,
      [
        "late",
        new Date(past * 1000).toISOString(),
        "its secret has expired: rotate it, or regenerate it in the console",
      ],
      ["till", end, "started"],
      ["public", "-", "does not use a client secret"],
      ["nobody", "-", "the realm has no such client, or does not show it"],
      [""],
    ]);
    expect(await shown("till")).toEqual([0, head, ["till", end, "had been started before"], [""]]);
  });

  test("of a client that a policy by another access type leaves out it says so", async () => {
    const { w, policy, realm } = await world();
    makeClient(w, "till");
    await policy("apply", "--yes", "--all-confidential");
    const [, own] = realm().policies as { enabled: boolean }[];
    Object.assign(own ?? {}, { enabled: false });
    const run = await policy("start", "--client", "till", "--yes");
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toMatch(/^till +- +the policy does not match it$/m);
  });

  test.each([
    [["till"], "Start 1 client on the policy?"],
    [["till", "stock", "till"], "Start 2 clients on the policy?"],
  ])("asks about %j first, and changes none after a no", async (clients, question) => {
    const { policy, policyWith } = await world();
    await policy("apply", "--yes");
    const words = clients.flatMap((clientId) => ["--client", clientId]);
    const run = await policyWith({ answers: ["n"], environment: { NO_COLOR: "1" } }, "start", ...words);
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toContain(`${question} [y/N] error: no client was changed.\nnext:  nothing.\n`);
    expectOnlyReads(run);
  });

  test("after Ctrl-C it names how many were not started", async () => {
    const { w, policy, policyWith } = await world();
    for (const clientId of ["one", "two", "three"]) makeClient(w, clientId);
    await policy("apply", "--yes");
    const stop = new AbortController();
    const run = await policyWith(
      {
        signal: stop.signal,
        transport: (request) => {
          if (request.method === "PUT") stop.abort();
          return w.emulator.transport(request);
        },
      },
      ...["start", "--client", "one", "--client", "two", "--client", "three", "--yes", "--json"],
    );
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toBe("warning: 2 clients were not started; run it again\n");
    expect(run.json()).toMatchObject({ clients: [{ clientId: "one", outcome: "started" }] });
  });

  test.each([
    [[], 2, "neither --client nor --all was given.\nnext:  give exactly one of them."],
    [["--client", "a", "--all"], 2, "--all and --client were both given.\nnext:  give exactly one of them."],
    [["--all"], 2, "--all would give every client the policy's role.\nnext:  name the clients with --client."],
    [
      ["--client", "till", "--name", "none"],
      1,
      "the realm has no policy none made by keycloak policy apply.\nnext:  run keycloak policy apply first, or name another with --name.",
    ],
  ])("refuses %j and changes nothing", async (words, exitCode, told) => {
    const { policy } = await world();
    await policy("apply", "--yes");
    const run = await policy("start", ...words, "--yes");
    expect(run).toMatchObject({ exitCode, stdout: "", stderr: `error: ${told}\n` });
    expectOnlyReads(run);
  });
});
