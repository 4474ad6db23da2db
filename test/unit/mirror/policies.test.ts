import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ROOT } from "../../../scripts/run.ts";
import { createMirrorWorld } from "../../prove/mirror/world.ts";

const MIRROR = { action: "mirror" };

/** The policy lines of docs/mirror.md, by what each allows. */
function documented(): string[] {
  const lines = readFileSync(path.join(ROOT, "docs/mirror.md"), "utf8").matchAll(
    /"Allow dynamic-group oci-rotate-mirror to (\w+ [\w-]+) in compartment id (\$\w+)(?: where ([^"]*))?"/g,
  );
  return [...lines].map(
    ([, right, where, condition]) => `${right} in ${where}${condition ? ` where ${condition}` : ""}`,
  );
}

const OWN = "in $MIRRORED where target.secret.name = /ces.abc123.*/";
/** What each emulated call needs (Source: OCI key policy reference); null: it is no call to OCI. */
const needs: Readonly<Record<string, readonly string[] | null>> = {
  "list-secrets": ["inspect secrets in $MIRRORED"],
  "get-secret": [`use secrets ${OWN}`],
  "update-metadata": [`use secrets ${OWN}`],
  "write-pending": [`use secrets ${OWN}`],
  "list-versions": [`manage secret-versions ${OWN}`],
  "schedule-version-deletion": [`manage secret-versions ${OWN}`, `use secrets ${OWN}`],
  "create-secret": [
    "manage secrets in $MIRRORED where request.permission = 'SECRET_CREATE'",
    "use vaults in $VAULT_COMPARTMENT where target.vault.id = '$VAULT'",
    "use keys in $VAULT_COMPARTMENT where target.key.id = '$KEY'",
  ],
  "read-current": [`read secret-bundles ${OWN}`],
  "read-pending": [`read secret-bundles ${OWN}`],
  "get-version": [`read secret-bundles ${OWN}`],
  "token-current": null,
  "token-pending": null,
  "fetch-credentials": null,
  "list-callbacks": null,
  "register-callback": null,
  "remove-callback": null,
};
const CLIENT = "read secret-bundles in $COMPARTMENT where target.secret.id = '$CLIENT_SECRET'";

describe("The policies in the documentation", () => {
  it("allow every call that the mirror makes, and nothing else", async () => {
    const world = createMirrorWorld({ users: ["APP"], files: ["cwallet.sso"] });
    const process = world.startProcess();
    // So many sets that old versions are tidied away.
    for (let sets = 0; sets < 25; sets += 1) {
      await process.call(MIRROR);
      await world.clock.sleep(3_600_000);
      world.emulator.admin.rotateWallets("all");
      world.watch.served();
    }
    for (const action of ["register", "callbacks", "unregister"]) await process.call({ action });
    const { requests } = world.emulator;
    const used = new Set<string>();
    for (const { call, secretId } of requests) {
      const rights = needs[call];
      expect(rights, `a call ${call} that the test does not know`).toBeDefined();
      for (const right of secretId === world.clientSecretId ? [CLIENT] : (rights ?? [])) used.add(right);
      if (secretId === world.clientSecretId) expect(["read-current", "read-pending"]).toContain(call);
    }
    expect(new Set(requests.map(({ call }) => call))).toContain("schedule-version-deletion");
    expect([...used].sort()).toEqual(documented().sort());
  });

  it.each([
    ["list-secrets", "ListSecrets"],
    ["get-secret", "GetSecret"],
    ["create-secret", "CreateSecret"],
    ["update-metadata", "UpdateSecret"],
    ["list-versions", "ListSecretVersions"],
  ])("are asked for by name where %s is refused", async (call, operation) => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const world = createMirrorWorld();
    await world.startProcess().call(MIRROR);
    await world.clock.sleep(3_600_000);
    const [wallet] = world.emulator.state.ces.wallets;
    Object.assign(wallet?.schemas ?? {}, { APP_2: "password" });
    world.emulator.admin.rotateWallets("all");
    world.emulator.switches.deny = [call];
    const answer = await world.startProcess().call(MIRROR);
    expect(answer?.returnMessage).toContain(`${operation} was answered 404`);
    expect(answer?.returnMessage).toContain("Allow dynamic-group");
    expect(world.watch.inForce).toBe(0);
  });
});
