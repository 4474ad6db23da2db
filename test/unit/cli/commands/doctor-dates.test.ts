import { describe, expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";
import { DAY_MS } from "../../../support/cli-fleet.ts";
import { keycloakClient } from "../../../support/clients.ts";
import { scheduleRotation } from "../../../support/outside-changes.ts";
import { deployed, diagnose, mendOf, those } from "./doctor-rig.ts";

const cli = useCli();

const TOO_LATE = /^the next rotation, on \S+, comes after the client secret ends, on \S+$/;
/** The executor's own default at Keycloak. */
const policy = { expirationSeconds: 29 * 86_400, rotatedSeconds: 2 * 86_400 };

/** A secret whose value the realm ends after 29 days, made now. */
async function keycloakWorld(roles: readonly string[] = ["manage-clients"]) {
  const w = await cli({ client: keycloakClient(policy, { roles }) });
  const functionId = deployed(w, { OROT_ISSUER_ORIGINS: String(w.client.content["url"]) });
  expect((await w.rotate()).responseCode).toBe(200);
  return { w, functionId };
}

describe("doctor compares when the client secret ends with Vault's next rotation", () => {
  test("a rotation every 30 days of a value that lives for 29 is a problem; the command that it prints mends it", async () => {
    const { w, functionId } = await keycloakWorld();
    scheduleRotation(w, functionId, 30);
    const { run, findings } = await diagnose(w, {}, w.secretId);
    expect(run.exitCode).toBe(4);
    const mend = mendOf(findings, TOO_LATE);
    expect(mend).toEqual([`oci-rotate schedule set ${w.secretId} --every 19d`]);
    const words = (mend[0] ?? "").split(" ").slice(1);
    expect((await w.run(...words)).exitCode).toBe(0);
    const after = await diagnose(w, {}, w.secretId);
    expect(those(after.findings, "schedule", "problem")).toEqual([]);
    expect(those(after.findings, "schedule", "ok")[0]).toMatch(/^Vault rotates it every 19 days/);
  });

  test("asks the issuer itself, whatever is noted", async () => {
    const { w, functionId } = await keycloakWorld();
    scheduleRotation(w, functionId, 30);
    w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": "2035-01-01T00:00:00Z v2" };
    expect(mendOf((await diagnose(w, {}, w.secretId)).findings, TOO_LATE)).toHaveLength(1);
  });

  test("says to rotate now, and to look again, if little is left of the value's life", async () => {
    const { w, functionId } = await keycloakWorld();
    await w.clock.sleep(20 * DAY_MS);
    scheduleRotation(w, functionId, 30);
    const { findings } = await diagnose(w, {}, w.secretId);
    expect(mendOf(findings, TOO_LATE)).toEqual([`oci-rotate rotate ${w.secretId}`, `oci-rotate doctor ${w.secretId}`]);
  });

  test("takes what is noted where the client may not ask, and says so where nothing is noted", async () => {
    const { w, functionId } = await keycloakWorld();
    scheduleRotation(w, functionId, 30);
    w.emulator.admin.keycloakClient("shop", w.client.clientId).roles["shop"] = [];
    const noted = await diagnose(w, {}, w.secretId);
    expect(mendOf(noted.findings, TOO_LATE)).toHaveLength(1);
    const notTold = /^the issuer may end the client secret, and the client may not ask when$/;
    expect(noted.findings.find(({ what }) => notTold.test(what))).toBeUndefined();
    w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": "unknown v2" };
    const unknown = await diagnose(w, {}, w.secretId);
    expect(those(unknown.findings, "schedule", "problem")).toEqual([]);
    expect(mendOf(unknown.findings, notTold)[0]).toMatch(/^let the client or a second authority view the client/);
  });

  test("prints no schedule for a secret without one that its value does not live for", async () => {
    const { w } = await keycloakWorld();
    w.emulator.admin.secret(w.secretId).rotationConfig = null;
    const { findings } = await diagnose(w, {}, w.secretId);
    expect(mendOf(findings, /^Vault never rotates this secret/)[0]).toContain('"rotationInterval":"P19D"');
  });
});
