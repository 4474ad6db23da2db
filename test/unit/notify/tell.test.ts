import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { FaultKind } from "../../../src/emulator/faults.ts";
import type { Mail, MailOutcome, SendMail } from "../../../src/notify/mail.ts";
import { readRecord } from "../../../src/notify/record.ts";
import { regenerateByHand } from "../../support/by-hand.ts";
import { createAuthority } from "../../support/certificates.ts";
import { outcomeOf, STEPS, type TestWorld, useWorlds } from "../../support/worlds.ts";
import { DOWN, HOOK, heal, heardBy, KEY, OTHER, published, subscribedIn, TOPIC } from "./subscribed.ts";

const world = useWorlds();
const subscribed = (endpoints: readonly string[], more: Readonly<Record<string, string>> = {}, sendMail?: SendMail) =>
  subscribedIn(world, endpoints, more, sendMail ? { sendMail } : {});

const endpoints = (w: TestWorld) =>
  readRecord(w.emulator.admin.secret(w.secretId).metadata).subscribers.map(({ endpoint }) => endpoint);
/** What everybody is to hear of the first rotation. */
const firstChange = ({ secretId }: Pick<TestWorld, "secretId">) => ({
  usecase: "credentialRotation",
  change: "credentials",
  id: `${secretId}:3:1`,
  time: expect.any(String),
  secretId,
  versionNo: 3,
});
const versionsHeardBy = (w: TestWorld, endpoint: string) => heardBy(w, endpoint).map(({ versionNo }) => versionNo);

describe("after a promotion", () => {
  test("each subscriber hears once which version is CURRENT", async () => {
    const w = await subscribed([HOOK, OTHER]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(heardBy(w, HOOK)).toEqual([firstChange(w)]);
    expect(heardBy(w, OTHER)).toEqual(heardBy(w, HOOK));
    await heal(w);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("the four steps tell of it at the last one", async () => {
    const w = await subscribed([HOOK]);
    const heard: number[] = [];
    let versionNo: number | null = null;
    for (const step of STEPS) {
      versionNo = (await w.step(step, versionNo)).versionNo;
      heard.push(heardBy(w, HOOK).length);
    }
    expect(heard).toEqual([0, 0, 0, 1]);
  });

  test("what is told is signed with the key in Vault", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    const [received] = w.emulator.state.received.webhooks;
    // The library compares with the machine's clock; the world has its own.
    const { "webhook-timestamp": timestamp = "", ...rest } = received?.headers ?? {};
    expect(Number(timestamp) * 1000).toBeLessThanOrEqual(w.clock.now());
    const signature = new Webhook(KEY).sign(
      rest["webhook-id"] ?? "",
      new Date(Number(timestamp) * 1000),
      received?.body ?? "",
    );
    expect(rest["webhook-signature"]).toBe(signature);
    expect(rest).toMatchObject({ "content-type": "application/json" });
  });

  test("the next one is told under another id", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    await w.rotate();
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`, `${w.secretId}:5:2`]);
  });

  test("subscribers hear after the promote, when Vault is ACTIVE again", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.switches["updating-polls"] = 3;
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const names = w.emulator.requests.map(({ call }) => call);
    expect(names.lastIndexOf("webhook")).toBeGreaterThan(names.lastIndexOf("promote") + 3);
  });

  test("what is CURRENT already is no news to the first subscriber", async () => {
    const w = await subscribed([HOOK]);
    await heal(w);
    expect(heardBy(w, HOOK)).toEqual([]);
  });

  test("a rollback is told too", async () => {
    const w = await subscribed([HOOK]);
    await w.rotate();
    regenerateByHand(w, w.app.secret);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`, `${w.secretId}:1:2`]);
  });

  test("without a subscriber not one request more is sent", async () => {
    const plain = await world();
    plain.calls();
    await plain.rotate();
    const w = await subscribed([]);
    await w.rotate();
    expect(w.calls()).toEqual(plain.calls());
  });
});

describe("a subscriber that cannot be reached", () => {
  test("fails no rotation and keeps nobody from being told", async () => {
    const w = await subscribed([DOWN, HOOK]);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("hears of it from the next heal under the same id, and nobody else hears again", async () => {
    const w = await subscribed([HOOK, OTHER]);
    w.emulator.faults.add({ call: "webhook", kind: "server-error-before", count: 4 });
    await w.rotate();
    expect([...heardBy(w, HOOK), ...heardBy(w, OTHER)]).toEqual([]);
    await heal(w);
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
    expect(heardBy(w, OTHER).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("is asked a second time in the same call", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "webhook", kind: "server-error-before" });
    await w.rotate();
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("takes no more time than notifications have", async () => {
    const w = await subscribed([HOOK, OTHER], { OROT_NOTIFY_BUDGET_SECONDS: "4" });
    await w.rotate();
    const started = w.clock.now();
    await w.rotate();
    const plain = w.clock.now() - started;
    w.emulator.faults.add({ call: "webhook", kind: "too-slow", count: 100 });
    const slow = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.clock.now() - slow).toBeLessThanOrEqual(plain + 4_000);
  });

  test("costs no more than that where the key that signs cannot be read in time", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_BUDGET_SECONDS: "4" });
    await w.rotate();
    const started = w.clock.now();
    const reads = () => w.emulator.requests.filter(({ call }) => call === "read-current").length;
    const before = reads();
    await w.rotate();
    const plain = w.clock.now() - started;
    // The last of a rotation's reads is the key's.
    const occurrence = reads() - before;
    w.emulator.faults.add({ call: "read-current", kind: "too-slow", occurrence, count: 100 });
    const slow = w.clock.now();
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.faults.struck).toBeGreaterThan(0);
    expect(w.clock.now() - slow).toBeLessThanOrEqual(plain + 4_000);
  });

  test("is removed after so many calls in a row", async () => {
    const w = await subscribed([HOOK, DOWN], { OROT_NOTIFY_MAX_FAILURES: "3" });
    await w.rotate();
    await heal(w);
    expect(endpoints(w)).toEqual([HOOK, DOWN]);
    await heal(w);
    expect(endpoints(w)).toEqual([HOOK]);
  });

  test("is not removed because the list of hosts does not name it any more", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" });
    const hosts = w.configure("OROT_NOTIFY_HOSTS", "elsewhere.emulated.example");
    await w.rotate();
    await heal(w);
    expect(endpoints(w)).toEqual([HOOK]);
    w.configure("OROT_NOTIFY_HOSTS", hosts);
    await heal(w);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("starts anew once it was reached", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "2" });
    for (let round = 0; round < 3; round++) {
      w.emulator.faults.add({ call: "webhook", kind: "server-error-before", count: 2 });
      await w.rotate();
      await heal(w);
    }
    expect(endpoints(w)).toEqual([HOOK]);
  });
});

describe("metadata that somebody else has written", () => {
  const plant = (w: TestWorld, orot: unknown) => {
    w.emulator.admin.secret(w.secretId).metadata = { team: "payments", orot };
  };
  const deep = `{"x":${"[".repeat(20_000)}${"]".repeat(20_000)}}`;

  test("with ten thousand subscribers has the first of them told, and no more than the setting allows", async () => {
    const w = await subscribed([HOOK], { OROT_SUBSCRIBER_LIMIT: "3" });
    const list = Array.from({ length: 10_000 }, (_, at) => ({ endpoint: `${HOOK}${at}` }));
    plant(w, JSON.stringify({ subscribers: list }));
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.emulator.state.received.webhooks.map(({ to }) => to).sort()).toEqual(["a0", "a1", "a2"]);
    expect((await w.call({ secretId: w.secretId, action: "subscribers" })).endpoints).toHaveLength(3);
  });

  test("does not make the unreadable of its subscribers silence the others", async () => {
    const w = await subscribed([]);
    plant(w, JSON.stringify({ secondPending: "taken", subscribers: [null, { endpoint: {} }, { endpoint: HOOK }] }));
    await w.rotate();
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("that tells of a version there is none of is no reason to be silent, and the count begins anew", async () => {
    const w = await subscribed([]);
    plant(
      w,
      JSON.stringify({
        secondPending: "taken",
        subscribers: [{ endpoint: HOOK }],
        told: { version: 1_000_000_000, seq: 7 },
      }),
    );
    await w.rotate();
    expect(heardBy(w, HOOK)).toEqual([firstChange(w)]);
  });

  test.each([
    ["no JSON", "{"],
    ["JSON of another kind", "[1]"],
    ["deep JSON", deep],
    ["deep JSON within its own members", `{"subscribers":${deep},"told":${deep},"currentSince":${deep}}`],
    ["longer than anything of ours", JSON.stringify({ x: "a".repeat(1_000_000) })],
    ["no text", 7],
  ])("and is %s is as if there was none", async (_what, orot) => {
    const w = await subscribed([]);
    plant(w, orot);
    const answers = [
      await w.rotate(),
      await heal(w),
      await w.call({ secretId: w.secretId, action: "subscribe", endpoint: HOOK }),
      await w.call({ secretId: w.secretId, action: "test-notification" }),
      await w.call({ secretId: w.secretId, action: "unsubscribe", endpoint: HOOK }),
    ];
    expect(answers.map(outcomeOf)).toEqual(["OK 200", "NOTHING_TO_DO 200", "OK 200", "OK 200", "OK 200"]);
    const { metadata } = w.emulator.admin.secret(w.secretId);
    expect(metadata).toMatchObject({ team: "payments" });
    expect(JSON.parse(String(metadata["orot"]))).not.toHaveProperty("x");
  });
});

describe("at least once", () => {
  test.each<FaultKind>(["killed-before", "killed-after"])("although the process is %s at the webhook", async (kind) => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "webhook", kind });
    // Nobody hears of that call any more.
    void w.rotate();
    await w.clock.sleep(120_000);
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:CURRENT");
    await heal(w);
    expect(new Set(heardBy(w, HOOK).map(({ id }) => id))).toEqual(new Set([`${w.secretId}:3:1`]));
  });

  test.each<FaultKind>([
    "refused",
    "answer-lost",
    "server-error-before",
    "server-error-after",
    "precondition-failed",
    "lands-late",
  ])("although who was told cannot be noted (%s)", async (kind) => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "update-metadata", kind, count: 2 });
    await w.rotate();
    await w.clock.sleep(120_000);
    await heal(w);
    expect(new Set(heardBy(w, HOOK).map(({ id }) => id))).toEqual(new Set([`${w.secretId}:3:1`]));
    const before = heardBy(w, HOOK).length;
    await heal(w);
    expect(heardBy(w, HOOK)).toHaveLength(before);
  });

  test("also where the keys could not be read at first, which is no failure of the subscriber", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" });
    const keys = w.configure("OROT_WEBHOOK_KEY_SECRET_ID", "ocid1.vaultsecret.oc1.iad.gone");
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    await heal(w);
    expect(endpoints(w)).toEqual([HOOK]);
    w.configure("OROT_WEBHOOK_KEY_SECRET_ID", keys);
    await heal(w);
    expect(heardBy(w, HOOK).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
  });
});

describe("a mail address", () => {
  const ONE = "mailto:one@example.org";
  const TWO = "mailto:two@example.org";
  /** Answers every mail in the same way, and keeps them. */
  const post = (outcome: MailOutcome) => {
    const mails: Mail[] = [];
    const sendMail: SendMail = async (_server, mail) => {
      mails.push(mail);
      return { outcome, why: outcome === "delivered" ? null : "MAIL_REFUSED" };
    };
    return { mails, sendMail };
  };

  test("gets a mail of its own after a rotation", async () => {
    const { mails, sendMail } = post("delivered");
    const w = await subscribed([ONE, TWO], {}, sendMail);
    await w.rotate();
    await heal(w);
    expect(mails.map(({ to }) => to)).toEqual(["one@example.org", "two@example.org"]);
    expect(mails[0]?.text).toContain("version 3 is CURRENT");
  });

  test("is served by a mail server that the authorities of OROT_CA_BUNDLE vouch for", async () => {
    const trusted: (string | null)[] = [];
    const sendMail: SendMail = async (_server, _mail, { authorities }) => {
      trusted.push(authorities);
      return { outcome: "delivered", why: null };
    };
    const w = await subscribed([ONE], {}, sendMail);
    await w.rotate();
    const { pem } = createAuthority();
    w.configure("OROT_CA_BUNDLE", w.emulator.admin.createSecret({ name: "authorities", content: pem }));
    await w.rotate();
    expect(trusted).toEqual([null, pem.trim()]);
  });

  test("whose mail is not taken is logged with the reason", async () => {
    const w = await subscribed([ONE], {}, async () => ({ outcome: "not-sent", why: "CERTIFICATE_UNTRUSTED" }));
    await w.rotate();
    expect(w.log).toContainEqual(
      expect.objectContaining({ event: "not-notified", host: "smtp.example.org", outcome: "CERTIFICATE_UNTRUSTED" }),
    );
  });

  test("that is the last one is never removed", async () => {
    const { mails, sendMail } = post("failed");
    const w = await subscribed([ONE, TWO, DOWN], { OROT_NOTIFY_MAX_FAILURES: "1" }, sendMail);
    await w.rotate();
    expect(endpoints(w)).toEqual([TWO]);
    for (let round = 0; round < 3; round++) await heal(w);
    expect(endpoints(w)).toEqual([TWO]);
    expect(mails.filter(({ to }) => to === "two@example.org")).toHaveLength(4);
  });

  test("is not removed because no mail can be sent at all", async () => {
    const { mails, sendMail } = post("not-sent");
    const w = await subscribed([ONE, TWO, HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" }, sendMail);
    await w.rotate();
    await heal(w);
    expect(endpoints(w)).toEqual([ONE, TWO, HOOK]);
    expect(mails).toHaveLength(4);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });
});

describe("the topic of the settings", () => {
  test("hears of a rotation once, also of a secret without subscribers", async () => {
    const w = await subscribed([], TOPIC);
    await w.rotate();
    await heal(w);
    expect(published(w)).toEqual([
      { to: TOPIC.OROT_NOTIFY_TOPIC_ID, title: "A client secret in OCI Vault was rotated", ...firstChange(w) },
    ]);
  });

  test.each(["never rotated", "not rotated, as that failed"])(
    "hears of no rotation of a secret that was %s",
    async (what) => {
      const w = await subscribed([HOOK], TOPIC);
      if (what !== "never rotated") {
        w.emulator.faults.add({ call: "regenerate", kind: "client-error" });
        await w.rotate();
      }
      await w.clock.sleep(300_000);
      await heal(w);
      const heard = [...published(w), ...heardBy(w, HOOK)].map(({ usecase }) => usecase);
      expect(new Set(heard)).toEqual(new Set(what === "never rotated" ? [] : ["credentialRotationFailed"]));
      w.emulator.state.received.topics = [];
      await w.rotate();
      expect(published(w)).toMatchObject([{ usecase: "credentialRotation", id: expect.stringMatching(/:1$/) }]);
    },
  );

  test("hears of a rollback to the first version, although of nothing before", async () => {
    const w = await subscribed([]);
    await w.rotate();
    w.configure("OROT_NOTIFY_TOPIC_ID", TOPIC.OROT_NOTIFY_TOPIC_ID);
    regenerateByHand(w, w.app.secret);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("OK 200");
    expect(published(w).map(({ id }) => id)).toEqual([`${w.secretId}:1:1`]);
  });

  test("hears from the next heal what it could not be told, and nobody else hears again", async () => {
    const w = await subscribed([HOOK], TOPIC);
    w.emulator.faults.add({ call: "publish-message", kind: "server-error-before" });
    await w.rotate();
    expect(published(w)).toEqual([]);
    await heal(w);
    await heal(w);
    expect(published(w).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
    expect(versionsHeardBy(w, HOOK)).toEqual([3]);
  });

  test("that may not be published to yet hears from a later heal, under the same id", async () => {
    const w = await subscribed([], TOPIC);
    w.emulator.switches.deny = ["publish-message"];
    await w.rotate();
    await heal(w);
    expect(published(w)).toEqual([]);
    expect(w.log).toContainEqual(expect.objectContaining({ event: "notified", channel: "topic", status: 404 }));
    w.emulator.switches.deny = [];
    await heal(w);
    expect(published(w).map(({ id }) => id)).toEqual([`${w.secretId}:3:1`]);
  });
});
