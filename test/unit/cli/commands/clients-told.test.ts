import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";

const cli = useCli();
const HERE = ["--compartment", OTHER_COMPARTMENT];
const TERMINAL = { answers: [], environment: { NO_COLOR: "1" } };

interface Made {
  readonly clientId: string;
  readonly secret: string;
}

/** An issuer with an authority that may list its clients, whose secret names the issuer. */
async function issuer(content: object, make: (w: CliWorld) => Made) {
  const w = await cli();
  const { clientId, secret } = make(w);
  w.canary.add(secret);
  const text = { kind: "client-secret", clientId, clientSecret: secret, mayRotate: [], ...content };
  const authority = w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(text) });
  w.emulator.admin.createSecret({ name: "no-client", content: "{}", compartmentId: OTHER_COMPARTMENT });
  const words = (...more: readonly string[]) => ["clients", "--authority", authority, ...HERE, ...more];
  return { w, words };
}

const keycloak = (names: readonly string[]) =>
  issuer({ issuer: "keycloak", url: "https://sso.emulated.example", realm: names[0] }, ({ emulator: { admin } }) => {
    for (const name of names) admin.createRealm({ name });
    const rolesIn = Object.fromEntries(names.map((name) => [name, ["view-clients"]]));
    return admin.createKeycloakClient({ realm: names[0] ?? "", clientId: "warden", roles: ["view-clients"], rolesIn });
  });
const uaa = (authorities: readonly string[]) =>
  issuer({ issuer: "uaa", url: "https://uaa.emulated.example/uaa" }, ({ emulator: { admin } }) =>
    admin.createUaaClient({ clientId: "reader", authorities: [...authorities] }),
  );

const notes = ({ stderr }: { readonly stderr: string }) =>
  stderr.split("\n").filter((line) => line !== "" && !line.startsWith("as profile "));

describe("oci-rotate clients", () => {
  test("tells at a terminal which realm it reads", async () => {
    const { w, words } = await keycloak(["shop"]);
    expect(notes(await w.runWith(TERMINAL, ...words()))).toEqual([
      "reading clients of shop (1 of 1)",
      "reading secrets in Vault",
    ]);
  });

  test("tells at a terminal which zone it reads, or the address where there is none", async () => {
    const { w, words } = await uaa(["uaa.admin"]);
    const { zoneId } = w.emulator.admin.createUaaZone();
    expect(notes(await w.runWith(TERMINAL, ...words()))[0]).toBe(
      "reading clients of https://uaa.emulated.example/uaa (1 of 1)",
    );
    const all = notes(await w.runWith(TERMINAL, ...words("--zone", zoneId)));
    expect(all[0]).toBe(`reading clients of ${zoneId} (1 of 1)`);
  });

  test("after Ctrl-C it reads no further realm, and shows no partial list", async () => {
    const { w, words } = await keycloak(["master", "one", "two"]);
    const stop = new AbortController();
    const transport: Transport = (request) => {
      if (request.url.includes("/clients?")) stop.abort();
      return w.emulator.transport(request);
    };
    const run = await w.runWith({ signal: stop.signal, transport }, ...words("--all-realms"));
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe("error: the list was interrupted; nothing was changed.\nnext:  run it again.\n");
  });

  test("refuses two formats at once before anything is read", async () => {
    const { w, words } = await keycloak(["shop"]);
    const run = await w.run(...words("--csv", "--json"));
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.json()).toMatchObject({
      error: { what: "--csv and --json were both given", next: "leave one of them out" },
    });
  });

  test("warns of secrets that it could not read, any of which may hold a client", async () => {
    const { w, words } = await keycloak(["shop"]);
    const hidden = Object.values(w.emulator.state.vault.secrets).find(({ name }) => name === "no-client");
    const transport: Transport = async (request) =>
      request.url.includes(`/secretbundles/${hidden?.id}`)
        ? { status: 404, headers: {}, body: '{"code":"NotAuthorizedOrNotFound"}' }
        : w.emulator.transport(request);
    const run = await w.runWith({ transport }, ...words("--json"));
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toBe(
      'warning: secrets that could not be read: 1; each may hold a client shown as unmanaged; next: grant "read secret-bundles" there\n',
    );
  });

  test("writes a page beside the table, and says where", async () => {
    const { w, words } = await keycloak(["shop"]);
    const file = path.join(w.home, "clients.html");
    const run = await w.runWith(TERMINAL, ...words("--html", file));
    expect(notes(run)).toContain(`report: ${file}`);
    expect(readFileSync(file, "utf8")).toContain("warden");
    expect(run.stdout).toContain("warden");
  });
});
