import { describe, expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";
import { type ClientKind, keycloakClient, uaaClient } from "../../../support/clients.ts";
import { scheduleRotation } from "../../../support/outside-changes.ts";
import { deployed, diagnose, mendOf, those } from "./doctor-rig.ts";

const cli = useCli();

const GRACE = /^the older client secret may live for \d+ hours, longer than the \d+ days? to the next rotation/;
const NOTICE = /^subscribers are told \S+ before a rotation, which comes every \d+ days?/;
const OWN_NOTICE = /^.+ is told \S+ before a rotation/;
const ACKNOWLEDGED = { OROT_RETIRE_AFTER: "acknowledged" };

/** A secret whose value has been rotated once, and that Vault rotates every so many days. */
async function world(client: ClientKind, everyDays: number, settings: Readonly<Record<string, string>>) {
  const w = await cli({ client });
  const url = new URL(String(w.client.content["url"] ?? w.client.content["domainUrl"]));
  const functionId = deployed(w, { OROT_ISSUER_ORIGINS: url.origin, ...settings });
  expect((await w.rotate()).responseCode).toBe(200);
  scheduleRotation(w, functionId, everyDays);
  return { w, look: () => diagnose(w, {}, w.secretId) };
}

const policy = { expirationSeconds: 45 * 86_400, rotatedSeconds: 2 * 86_400 };

describe("doctor compares the longest grace with the interval of the schedule", () => {
  test("a grace of a week is a problem at a UAA with a rotation a week; the command that it prints mends it", async () => {
    const { w, look } = await world(uaaClient(), 7, ACKNOWLEDGED);
    const { run, findings } = await look();
    expect(run.exitCode).toBe(4);
    expect(findings.find(({ what }) => GRACE.test(what))?.what).toContain("which then answers GRACE_RUNNING");
    const mend = mendOf(findings, GRACE);
    expect(mend).toEqual([`oci-rotate schedule set ${w.secretId} --every 8d`]);
    expect((await w.run(...(mend[0] ?? "").split(" ").slice(1))).exitCode).toBe(0);
    expect(those((await look()).findings, "schedule", "problem")).toEqual([]);
  });

  test("only the grace itself counts where nobody has to acknowledge", async () => {
    const { findings } = await (await world(uaaClient(), 7, {})).look();
    expect(those(findings, "schedule", "problem")).toEqual([]);
    const late = await (await world(uaaClient(), 7, { OROT_GRACE_HOURS: "168" })).look();
    expect(mendOf(late.findings, GRACE)[0]).toContain("--every 8d");
  });

  test("where the value does not live for a longer interval, it names each setting that is too long", async () => {
    const short = { expirationSeconds: 29 * 86_400, rotatedSeconds: 86_400 };
    const settings = { ...ACKNOWLEDGED, OROT_GRACE_HOURS: "300", OROT_LONGEST_GRACE_HOURS: "500" };
    const { findings } = await (await world(keycloakClient(short), 18, settings)).look();
    expect(findings.find(({ what }) => GRACE.test(what))?.what).toContain("which ends it early");
    expect(mendOf(findings, GRACE)).toEqual([
      expect.stringMatching(/ OROT_GRACE_HOURS 288$/),
      expect.stringMatching(/ OROT_LONGEST_GRACE_HOURS 288$/),
    ]);
  });

  test("where the value lives so short that no interval fits, it prints no longer one", async () => {
    const shortest = { expirationSeconds: 86_400, rotatedSeconds: 3_600 };
    const { findings } = await (await world(keycloakClient(shortest), 1, ACKNOWLEDGED)).look();
    expect(mendOf(findings, GRACE)).toEqual([
      expect.stringMatching(/ OROT_GRACE_HOURS 16$/),
      expect.stringMatching(/ OROT_LONGEST_GRACE_HOURS 16$/),
    ]);
  });

  test.each([
    { issuer: "a Keycloak without a policy", client: keycloakClient(), found: 0 },
    { issuer: "a Keycloak under a policy", client: keycloakClient(policy), found: 1 },
  ])("$issuer: $found", async ({ client, found }) => {
    const { findings } = await (await world(client, 7, ACKNOWLEDGED)).look();
    expect(those(findings, "schedule", "problem").filter((what) => GRACE.test(what))).toHaveLength(found);
  });

  test("an issuer that keeps one value has no grace, and a schedule that is off no interval", async () => {
    const one = await cli();
    const functionId = deployed(one, ACKNOWLEDGED);
    scheduleRotation(one, functionId, 7);
    expect(those((await diagnose(one, {}, one.secretId)).findings, "schedule", "problem")).toEqual([]);
    const { w, look } = await world(uaaClient(), 7, { ...ACKNOWLEDGED, OROT_NOTICE_BEFORE: "7d" });
    const secret = w.emulator.admin.secret(w.secretId);
    if (secret.rotationConfig !== null) secret.rotationConfig.isScheduledRotationEnabled = false;
    expect(those((await look()).findings, "schedule", "problem")).toEqual([]);
  });
});

describe("doctor compares the time of a notice with the interval of the schedule", () => {
  test("a notice a week before a weekly rotation is a problem; the setting that it prints mends it", async () => {
    const settings = { OROT_NOTICE_BEFORE: "7d" };
    const { w, look } = await world(uaaClient(), 7, settings);
    const { run, findings } = await look();
    expect(run.exitCode).toBe(4);
    const [mend] = mendOf(findings, NOTICE);
    expect(mend).toMatch(/ OROT_NOTICE_BEFORE 56h$/);
    w.emulator.admin.secret(w.secretId).rotationConfig = null;
    const functionId = deployed(w, { OROT_ISSUER_ORIGINS: "https://uaa.emulated.example", OROT_NOTICE_BEFORE: "56h" });
    scheduleRotation(w, functionId, 7);
    expect(those((await look()).findings, "schedule", "problem")).toEqual([]);
  });

  test("a subscriber's own time counts too, and its line does not show the endpoint", async () => {
    const { w, look } = await world(uaaClient(), 7, {});
    const subscribe = (noticeBefore: string) => {
      const subscribers = [{ endpoint: "mailto:vendor@example.org", noticeBefore }];
      w.emulator.admin.secret(w.secretId).metadata = { orot: JSON.stringify({ subscribers }) };
    };
    subscribe("14d");
    const { findings } = await look();
    expect(findings.find(({ what }) => OWN_NOTICE.test(what))?.what).toContain("a mail address is told 14d before");
    expect(mendOf(findings, OWN_NOTICE)).toEqual([
      `oci-rotate notify add ${w.secretId} <endpoint> --notice-before 56h`,
    ]);
    subscribe("56h");
    expect(those((await look()).findings, "schedule", "problem")).toEqual([]);
  });

  test("a notice that comes later than the rotation before is none", async () => {
    const { findings } = await (await world(uaaClient(), 8, { OROT_NOTICE_BEFORE: "7d" })).look();
    expect(those(findings, "schedule", "problem")).toEqual([]);
  });
});
