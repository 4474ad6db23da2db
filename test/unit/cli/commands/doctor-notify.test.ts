import { describe, expect, test } from "vitest";
import { word } from "../../../../src/cli/command-line.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";

const cli = useCli();
const KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const HOOK = "https://hooks.example.org/canary-path";
const MAIL = "mailto:ops@example.org";
const TOPIC = "ocid1.onstopic.oc1.iad.t";
const SMTP = { host: "smtp.example.org", port: 587, user: "u", password: "canary-1!", from: "a@example.org" };

interface Finding {
  readonly area: string;
  readonly level: string;
  readonly what: string;
  readonly mend: readonly string[];
}
type Subscribers = readonly { readonly endpoint: string; readonly failures?: number }[];

const stored = (w: CliWorld, name: string, content: unknown) =>
  w.emulator.admin.createSecret({ name, content: JSON.stringify(content) });

/** What doctor says of notifications, of a secret with these subscribers and a function with this configuration. */
async function diagnose(w: CliWorld, subscribers: Subscribers, config: Record<string, string>, told?: object) {
  const functionId = w.emulator.admin.createFunction({ config });
  w.emulator.admin.secret(w.secretId).metadata = { orot: JSON.stringify({ subscribers, ...(told && { told }) }) };
  const run = await w.run("doctor", w.secretId, "--function", functionId, "--json");
  expectOnlyReads(run);
  expect(run.stdout).not.toMatch(/canary|whsec_|ops@example/);
  const findings = (run.json()["findings"] as readonly Finding[]).filter(({ area }) => area === "notify");
  const said = (level: string) => findings.filter((one) => one.level === level).map(({ what }) => what);
  const mendOf = (part: string) => findings.find(({ what }) => what.includes(part))?.mend;
  return { said, mendOf, levels: findings.map(({ level }) => level) };
}

describe("oci-rotate doctor, of notifications", () => {
  test("says that no one is notified where no one is registered", async () => {
    const { said, levels } = await diagnose(await cli(), [], {});
    expect(levels).toEqual(["ok"]);
    expect(said("ok")[0]).toContain("no one is notified of rotations");
  });

  test("finds nothing wrong where everything is set", async () => {
    const w = await cli();
    const config = {
      OROT_WEBHOOK_KEY_SECRET_ID: stored(w, "keys", { keys: [KEY, KEY] }),
      OROT_SMTP_SECRET_ID: stored(w, "mail", SMTP),
      OROT_NOTIFY_HOSTS: "hooks.example.org:443",
      OROT_NOTIFY_TOPIC_ID: w.emulator.admin.createTopic({ id: TOPIC }),
    };
    const { said, levels } = await diagnose(w, [{ endpoint: HOOK }, { endpoint: MAIL }], config, {
      version: 1,
      seq: 1,
    });
    expect([...new Set(levels)]).toEqual(["ok"]);
    expect(said("ok")).toEqual([
      "webhooks are signed with two keys, as while it changes",
      "mail is sent by smtp.example.org:587",
      "OROT_NOTIFY_HOSTS names the host of every webhook",
      "the topic of OROT_NOTIFY_TOPIC_ID is there",
      "the topic is up to date: it was notified of the last rotation, or there was none since it was set",
    ]);
  });

  test("names the settings without which those who are registered are not told", async () => {
    const { said, mendOf } = await diagnose(await cli(), [{ endpoint: HOOK }, { endpoint: MAIL }], {});
    expect(said("problem")).toEqual([
      "1 webhook is registered, and without OROT_WEBHOOK_KEY_SECRET_ID none is sent",
      "1 mail address is registered, and without OROT_SMTP_SECRET_ID no mail is sent",
    ]);
    expect(mendOf("OROT_NOTIFY_HOSTS is not set")).toEqual([
      "fn config function rotation oci-rotate OROT_NOTIFY_HOSTS hooks.example.org",
    ]);
  });

  test("a host that a shell would run is quoted in the line to paste, since anyone who may invoke the function chooses it", async () => {
    const host = "x;{curl,evil.example};$(reboot)&'.example";
    const { mendOf } = await diagnose(await cli(), [{ endpoint: `https://${host}/a` }], {});
    expect(mendOf("OROT_NOTIFY_HOSTS is not set")).toEqual([
      `fn config function rotation oci-rotate OROT_NOTIFY_HOSTS ${word(host)}`,
    ]);
  });

  test("names the hosts that OROT_NOTIFY_HOSTS has forgotten, without their paths", async () => {
    const { said } = await diagnose(await cli(), [{ endpoint: HOOK }], { OROT_NOTIFY_HOSTS: "other.example.org" });
    expect(said("problem")).toContain("OROT_NOTIFY_HOSTS does not name hooks.example.org, so nothing is sent there");
  });

  test("says of key and mail server that they cannot be read, with the policy line, or are no such thing", async () => {
    const w = await cli();
    const unreadable = "ocid1.vaultsecret.oc1.iad.gone";
    const config = {
      OROT_WEBHOOK_KEY_SECRET_ID: unreadable,
      OROT_SMTP_SECRET_ID: stored(w, "mail", { ...SMTP, port: "canary-1!" }),
    };
    const { said, mendOf } = await diagnose(w, [], config);
    expect(said("problem")).toEqual([
      expect.stringMatching(/^the key that signs webhooks: GetSecretBundle was answered 404/),
      "how mail is sent: the secret of OROT_SMTP_SECRET_ID needs a valid member port",
    ]);
    expect(mendOf("the key that signs")?.[0]).toMatch(
      new RegExp(`^Allow group .* to read secret-bundles .*'${unreadable}'`),
    );
  });

  test("says of the topic that it cannot be seen, and that it was not notified", async () => {
    const w = await cli({ switches: { deny: ["get-topic"] } });
    const told = { version: 1, seq: 1, owesTopic: true };
    const { said, mendOf } = await diagnose(w, [], { OROT_NOTIFY_TOPIC_ID: TOPIC }, told);
    expect(said("problem")).toEqual([
      "GetTopic of OROT_NOTIFY_TOPIC_ID was answered 404: there is no such topic in this region, or you may not see it",
      "the topic was not notified of the last rotation",
    ]);
    expect(mendOf("the topic was not")?.[0]).toMatch(
      /^Allow dynamic-group oci-rotate-function to use ons-topics .* where request\.permission = 'ONS_TOPIC_PUBLISH'$/,
    );
  });

  test("says of a topic that nobody has told anything that the right to publish is not shown", async () => {
    const { said } = await diagnose(await cli(), [], { OROT_NOTIFY_TOPIC_ID: TOPIC });
    expect(said("warning")).toEqual(["there is no evidence yet that the function may publish to the topic"]);
  });

  test("names those whom the last rotation did not notify, and whose fault it is", async () => {
    const w = await cli();
    const config = {
      OROT_WEBHOOK_KEY_SECRET_ID: stored(w, "keys", { keys: [KEY] }),
      OROT_SMTP_SECRET_ID: stored(w, "mail", SMTP),
      OROT_NOTIFY_HOSTS: "hooks.example.org",
    };
    const subscribers = [
      { endpoint: HOOK, failures: 4 },
      { endpoint: MAIL, failures: 0 },
    ];
    const { said, mendOf } = await diagnose(w, subscribers, config, { version: 1, seq: 1 });
    expect(said("warning")).toEqual([
      "hooks.example.org was not notified of the last rotation: 4 calls failed, at 10 it is removed",
      expect.stringMatching(/^a mail address was not notified of the last rotation, through no fault of the endpoint/),
    ]);
    expect(mendOf("4 calls failed")).toEqual([`oci-rotate notify test ${w.secretId}`]);
    expect(mendOf("no fault of the endpoint")?.[0]).toContain(`target.secret.id = '${config.OROT_SMTP_SECRET_ID}'`);
  });
});
