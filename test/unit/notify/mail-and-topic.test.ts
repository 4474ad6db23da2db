import { describe, expect, test } from "vitest";
import type { Mail, MailOutcome, SendMail } from "../../../src/notify/mail.ts";
import { createAuthority } from "../../support/certificates.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";
import {
  DOWN,
  endpointsOf,
  firstChange,
  HOOK,
  heal,
  heardBy,
  published,
  subscribedIn,
  TOPIC,
  versionsHeardBy,
} from "./subscribed.ts";

const world = useWorlds();
const subscribed = (endpoints: readonly string[], more: Readonly<Record<string, string>> = {}, sendMail?: SendMail) =>
  subscribedIn(world, endpoints, more, sendMail ? { sendMail } : {});

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
    expect(endpointsOf(w)).toEqual([TWO]);
    for (let round = 0; round < 3; round++) await heal(w);
    expect(endpointsOf(w)).toEqual([TWO]);
    expect(mails.filter(({ to }) => to === "two@example.org")).toHaveLength(4);
  });

  test("is not removed because no mail can be sent at all", async () => {
    const { mails, sendMail } = post("not-sent");
    const w = await subscribed([ONE, TWO, HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" }, sendMail);
    await w.rotate();
    await heal(w);
    expect(endpointsOf(w)).toEqual([ONE, TWO, HOOK]);
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
