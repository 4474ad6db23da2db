import { describe, expect, test } from "vitest";
import { readRecord } from "../../../src/clients/vault/notify-record.ts";
import type { MailTrouble } from "../../../src/notify/mail.ts";
import { uaaClient } from "../../support/clients.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import { startProcess } from "../../support/processes.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";
import { HOOK, heal, heardBy, published, subscribedIn, TOPIC } from "./subscribed.ts";

const world = useWorlds();
const MAIL = "mailto:ops@example.org";
const subscribed = (endpoints: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  subscribedIn(world, endpoints, more);
const kept = (w: TestWorld) => readRecord(w.emulator.admin.secret(w.secretId).metadata);
const codesHeardBy = (w: TestWorld) => heardBy(w, HOOK).map((heard) => Reflect.get(heard, "code"));

describe("a rotation that failed", () => {
  test("is told with its code and what is to be done, once a day", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "regenerate", kind: "client-error", count: 100 });
    const answer = await w.rotate();
    expect(answer.responseCode).toBe(400);
    expect(heardBy(w, HOOK)).toEqual([
      {
        usecase: "credentialRotationFailed",
        id: expect.stringMatching(/:1:0:ISSUER_CONFIGURATION:\d{4}-\d\d-\d\d$/),
        time: expect.any(String),
        secretId: w.secretId,
        versionNo: 1,
        code: "ISSUER_CONFIGURATION",
        nextAction: expect.any(String),
      },
    ]);
    await w.clock.sleep(300_000);
    await w.rotate();
    expect(heardBy(w, HOOK)).toHaveLength(1);
    await w.clock.sleep(86_400_000);
    await w.rotate();
    expect(heardBy(w, HOOK)).toHaveLength(2);
  });

  test("and then succeeds is told as a change", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "regenerate", kind: "client-error" });
    await w.rotate();
    await w.clock.sleep(300_000);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(heardBy(w, HOOK).map(({ usecase }) => usecase)).toEqual(["credentialRotationFailed", "credentialRotation"]);
  });

  test("because it is paused is told to nobody", async () => {
    const w = await subscribed([HOOK], { OROT_PAUSED: "true" });
    expect(outcomeOf(await w.rotate())).toBe("PAUSED 409");
    expect(heardBy(w, HOOK)).toEqual([]);
  });
});

describe("a failure is told", () => {
  test("by the topic too, which is told with the subscribers", async () => {
    const w = await subscribed([HOOK], TOPIC);
    w.emulator.faults.add({ call: "regenerate", kind: "client-error" });
    await w.rotate();
    expect(published(w)).toMatchObject([{ usecase: "credentialRotationFailed", code: "ISSUER_CONFIGURATION" }]);
    expect(published(w).map(({ id }) => id)).toEqual(heardBy(w, HOOK).map(({ id }) => id));
  });

  test("of the step in which it came, once for all of them", async () => {
    const w = await subscribed([HOOK]);
    w.emulator.faults.add({ call: "token-current", kind: "client-error", count: 1_000 });
    await w.step("VERIFY_CONNECTION");
    await w.step("CREATE_PENDING_VERSION");
    expect(codesHeardBy(w)).toEqual(["ISSUER_CONFIGURATION"]);
  });

  test("again by the next run, under the same id, as long as nobody has heard of it", async () => {
    const w = await subscribed([HOOK], TOPIC);
    w.emulator.faults.add({ call: "regenerate", kind: "client-error", count: 100 });
    w.emulator.faults.add({ call: "webhook", kind: "server-error-after", count: 2 });
    w.emulator.faults.add({ call: "publish-message", kind: "server-error-before" });
    await w.rotate();
    expect(kept(w).told?.failure ?? null).toBeNull();
    await w.clock.sleep(300_000);
    await w.rotate();
    const ids = heardBy(w, HOOK).map(({ id }) => id);
    // The first two were taken, and their answers lost.
    expect(ids).toHaveLength(3);
    expect(new Set(ids)).toEqual(new Set(published(w).map(({ id }) => id)));
    expect(kept(w).told?.failure).toMatchObject({ code: "ISSUER_CONFIGURATION" });
  });

  test("and costs nobody a place who has not heard of it", async () => {
    const w = await subscribed([HOOK], { OROT_NOTIFY_MAX_FAILURES: "1" });
    w.emulator.faults.add({ call: "regenerate", kind: "client-error" });
    w.emulator.faults.add({ call: "webhook", kind: "client-error", count: 100 });
    await w.rotate();
    expect(kept(w).subscribers).toEqual([{ endpoint: HOOK, failures: null }]);
  });

  test("by a heal where only an operator can end it", async () => {
    const w = await subscribed([HOOK]);
    regenerateByHand(w, "made-in-the-console");
    expect(outcomeOf(await heal(w))).toBe("LOCKED_OUT 400");
    await heal(w);
    expect(codesHeardBy(w)).toEqual(["LOCKED_OUT"]);
  });
});

describe("what is no failure is told to nobody", () => {
  /** A rotation whose process dies while it changes the issuer, so that its claim is live. */
  async function claimed() {
    const w = await subscribed([HOOK], TOPIC);
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    expect(await startProcess(w, 1).call({ secretId: w.secretId })).toBeNull();
    return w;
  }
  const heard = (w: TestWorld) => [...heardBy(w, HOOK), ...published(w)];

  test("a heal that leaves the work to the run that is at it", async () => {
    const w = await claimed();
    expect(outcomeOf(await heal(w))).toBe("CLAIM_LIVE 503");
    expect(heard(w)).toEqual([]);
  });

  test("a heal that could not end its work this time", async () => {
    const w = await subscribed([HOOK], TOPIC);
    w.emulator.faults.add({ call: "token-current", kind: "rate-limited", count: 1_000 });
    const started = w.clock.now();
    expect(outcomeOf(await heal(w))).toBe("ISSUER_UNAVAILABLE 503");
    // There was time to tell.
    expect(w.clock.now() - started).toBeLessThan(280_000);
    expect(heard(w)).toEqual([]);
  });

  test("a retirement that is refused, and whoever asked for it hears why", async () => {
    const w = await subscribedIn(world, [HOOK], TOPIC, { client: uaaClient() });
    await w.rotate();
    const before = heard(w);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "retire" }))).toBe("GRACE_RUNNING 409");
    expect(heard(w)).toEqual(before);
    expect(before).toHaveLength(2);
  });

  test("a rollback that is refused", async () => {
    const w = await subscribed([HOOK], TOPIC);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "rollback" }))).toBe("ROLLBACK_REFUSED 409");
    expect(heard(w)).toEqual([]);
  });

  test("an event that is none, of this secret too", async () => {
    const w = await subscribed([HOOK], TOPIC);
    expect(outcomeOf(await w.call({ secretId: w.secretId, action: "no-such-thing" }))).toBe("EVENT_INVALID 400");
    expect(heard(w)).toEqual([]);
  });
});

describe("a mail server's own trouble", () => {
  test.each<MailTrouble>(["LOGIN_REFUSED", "SENDER_REFUSED", "MAIL_REFUSED"])(
    "(%s) is no failure of the address: it keeps its place, and hears once that is mended",
    async (why) => {
      let isMended = false;
      const mails: string[] = [];
      const w = await subscribedIn(
        world,
        // One that is reached, so that it is noted who was not.
        [MAIL, "mailto:two@example.org", HOOK],
        { OROT_NOTIFY_MAX_FAILURES: "1" },
        {
          sendMail: async (_server, { to, messageId }) => {
            mails.push(`${to} ${messageId}`);
            return isMended ? { outcome: "delivered", why: null } : { outcome: "not-sent", why };
          },
        },
      );
      for (const run of [w.rotate, () => heal(w), () => heal(w)]) await run();
      expect(kept(w).subscribers.map(({ failures }) => failures)).toEqual([0, 0, null]);
      isMended = true;
      await heal(w);
      await heal(w);
      // Two addresses in four runs, each under one id.
      expect(mails).toHaveLength(8);
      expect(new Set(mails).size).toBe(2);
    },
  );
});
