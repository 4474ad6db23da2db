import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { ProxyError, TransportError } from "../../../src/clients/http/transport.ts";
import { parseEndpoint } from "../../../src/notify/endpoint.ts";
import { expectFailure } from "../../support/failures.ts";
import { ADDRESS, createChannelsRig, HOOK, KEYS_ID, MAIL, SMTP_ID, TOPIC } from "./channels-rig.ts";

const OTHER_ADDRESS = "198.41.0.4";
const noAnswer = new TransportError("CONNECTION_LOST", true, "ECONNRESET");

describe("a webhook", () => {
  test("is one POST of the message, signed, to the address that was looked at", async () => {
    const rig = createChannelsRig();
    expect(await rig.send()).toBe("delivered");
    const [request] = rig.sent;
    expect(request).toMatchObject({ method: "POST", url: HOOK, untrusted: { address: ADDRESS } });
    expect(JSON.parse(request?.body ?? "")).toMatchObject({ usecase: "credentialRotation", versionNo: 3 });
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual(
      ["content-type", "user-agent", "webhook-id", "webhook-signature", "webhook-timestamp"].sort(),
    );
    expect(request?.headers).toMatchObject({ "content-type": "application/json", "user-agent": "oci-rotate" });
    expect(rig.log()).toEqual([
      expect.objectContaining({
        ...{ level: "info", event: "notified", channel: "webhook", host: "hooks.example.org", attempt: 1, status: 204 },
      }),
    ]);
  });

  test("ends with its time, and no request lasts longer than one may", async () => {
    const rig = createChannelsRig();
    await rig.send(HOOK, 7_000);
    await rig.send(HOOK, 60_000);
    const began = rig.clock.monotonic();
    expect(rig.sent.map(({ deadline }) => deadline - began)).toEqual([6_000, 10_000]);
    expect(rig.clock.waits).toEqual([7_000, 60_000]);
    expect(rig.clock.running).toBe(0);
  });

  test("whose name nobody resolves in time ends with its time", async () => {
    const rig = createChannelsRig({ names: "never" });
    const sending = rig.send();
    // So that the question is asked: the key is read before it.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(rig.asked).toHaveLength(1);
    rig.clock.advance(60_000);
    rig.clock.expire();
    expect(await sending).toBe("failed");
    expect(rig.sent).toEqual([]);
    expect(rig.log()).toMatchObject([{ event: "not-notified", outcome: "TIMED_OUT: no address before the deadline" }]);
  });

  test.each<[number | Error, boolean]>([
    [199, false],
    [200, false],
    [299, false],
    [300, false],
    [400, false],
    [404, false],
    [410, false],
    [429, true],
    [499, false],
    [500, true],
    [503, true],
    [noAnswer, true],
    [new ProxyError("UNREACHABLE", "answered CONNECT with 502"), true],
  ])(
    "that is answered with %s is sent once more, a second later, only where that may help: %s",
    async (status, isRepeated) => {
      const rig = createChannelsRig({ statuses: [status], names: [[ADDRESS], [OTHER_ADDRESS]] });
      const delivery = await rig.send();
      expect(rig.sent).toHaveLength(isRepeated ? 2 : 1);
      expect(rig.clock.slept).toEqual(isRepeated ? [1_000] : []);
      const isTaken = isRepeated || (typeof status === "number" && status >= 200 && status < 300);
      expect(delivery).toBe(isTaken ? "delivered" : "failed");
      if (!isRepeated) return;
      const [one, two] = rig.sent.map(({ headers }) => headers);
      // The same message to who has heard it already, signed anew: receivers refuse what is old.
      expect(two?.["webhook-id"]).toBe(one?.["webhook-id"]);
      expect(Number(two?.["webhook-timestamp"]) - Number(one?.["webhook-timestamp"])).toBe(1);
      expect(rig.sent[1]?.untrusted?.address).toBe(OTHER_ADDRESS);
      expect(rig.log().map(({ attempt }) => attempt)).toEqual([1, 2]);
    },
  );

  test("is sent twice at most", async () => {
    const rig = createChannelsRig({ statuses: [503, 503, 204] });
    expect(await rig.send()).toBe("failed");
    expect(rig.sent).toHaveLength(2);
  });

  test.each([
    [2_000, 1],
    [2_001, 2],
  ])("is sent once more only where time is left for it: %i ms", async (ms, times) => {
    const rig = createChannelsRig({ statuses: [503] });
    await rig.send(HOOK, ms);
    expect(rig.sent).toHaveLength(times);
  });

  test("that is not answered is logged with why, and the host alone", async () => {
    const rig = createChannelsRig({ statuses: [noAnswer, new Error(HOOK)] });
    await rig.send();
    expect(rig.log()).toEqual([
      expect.objectContaining({
        ...{ level: "warn", event: "not-notified", channel: "webhook", host: "hooks.example.org", attempt: 1 },
        outcome: "CONNECTION_LOST: ECONNRESET",
      }),
      expect.objectContaining({ event: "not-notified", attempt: 2, outcome: "unexpected error" }),
    ]);
    expect(rig.lines.join("")).not.toContain("services");
  });

  test("that may not go there any more is not sent once more, and the log says why", async () => {
    const rig = createChannelsRig({ environment: { OROT_NOTIFY_HOSTS: "other.example.org" } });
    expect(await rig.send()).toBe("not-sent");
    expect(rig.log()).toEqual([
      expect.objectContaining({ event: "not-notified", outcome: expect.stringContaining("OROT_NOTIFY_HOSTS") }),
    ]);
  });
});

describe("a secret that the settings name", () => {
  test("is read when it is first needed, within the time of what needs it, and once for all", async () => {
    const rig = createChannelsRig();
    expect(rig.read).toEqual([]);
    const deliveries = await Promise.all([
      rig.send(HOOK, 5_000),
      rig.send(`${HOOK}2`),
      rig.send(MAIL, 7_000),
      rig.send(MAIL),
    ]);
    await rig.send();
    expect(deliveries).toEqual(["delivered", "delivered", "delivered", "delivered"]);
    expect(rig.read).toEqual([
      { id: KEYS_ID, ms: 5_000 },
      { id: SMTP_ID, ms: 7_000 },
    ]);
  });

  test.each([
    [HOOK, KEYS_ID],
    [MAIL, SMTP_ID],
  ])("and that could not be read is read again by the next: %s", async (endpoint, id) => {
    const secrets: Record<string, string | Error> = { [id]: new RotationError("VAULT_FORBIDDEN", "no policy") };
    const rig = createChannelsRig({ secrets });
    expect(await rig.send(endpoint)).toBe("not-sent");
    expect(rig.log()).toEqual([
      expect.objectContaining({
        ...{
          level: "warn",
          event: "notify-not-configured",
          outcome: expect.stringContaining("VAULT_FORBIDDEN: no policy"),
        },
      }),
    ]);
    delete secrets[id];
    expect(await rig.send(endpoint)).toBe("delivered");
    expect(rig.read).toHaveLength(2);
  });

  test("but that no setting names any more is read from nowhere", async () => {
    const rig = createChannelsRig({
      environment: { OROT_WEBHOOK_KEY_SECRET_ID: undefined, OROT_SMTP_SECRET_ID: undefined },
    });
    expect([await rig.send(HOOK), await rig.send(MAIL)]).toEqual(["not-sent", "not-sent"]);
    expect([rig.read, rig.sent, rig.mails, rig.lines]).toEqual([[], [], [], []]);
  });
});

describe("a mail", () => {
  test("is given to the mail server with the time that is left, and the authorities that are trusted", async () => {
    const rig = createChannelsRig({ readMs: 400, authorities: "PEM" });
    expect(await rig.send(MAIL, 5_000)).toBe("delivered");
    const [{ server, mail, limits } = expect.fail("no mail")] = rig.mails;
    expect(server).toMatchObject({ host: "smtp.example.org", port: 587, isTlsAtOnce: false, login: null });
    expect(mail).toMatchObject({ to: "ops@example.org", from: "rotator@example.org" });
    expect(limits).toMatchObject({ ms: 4_600, authorities: "PEM" });
    expect(rig.clock.waits).toEqual([4_600]);
    expect(rig.clock.running).toBe(0);
    expect(rig.log()).toEqual([
      expect.objectContaining({ level: "info", event: "notified", channel: "mail", outcome: "delivered" }),
    ]);
  });

  test.each([
    [{ mail: { outcome: "not-sent", why: "LOGIN_REFUSED" } } as const, "LOGIN_REFUSED"],
    [{ mail: new Error("ops@example.org") }, "unexpected error"],
  ])("that is not taken is logged with why, and without its recipient", async (outside, outcome) => {
    const rig = createChannelsRig(outside);
    expect(await rig.send(MAIL)).toBe("not-sent");
    expect(rig.log()).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "not-notified",
        channel: "mail",
        host: "smtp.example.org",
        outcome,
      }),
    ]);
    expect(rig.lines.join("")).not.toContain("ops@");
    expect(rig.clock.running).toBe(0);
  });
});

describe("the topic", () => {
  test("gets what webhooks get, in a signed request", async () => {
    const rig = createChannelsRig({ statuses: [202] });
    expect(await rig.publish()).toBe("delivered");
    const [request] = rig.sent;
    expect(request).toMatchObject({
      method: "POST",
      url: `https://ons.example.org/20181201/topics/${TOPIC}/messages`,
      headers: { authorization: "signed", "content-type": "application/json" },
      deadline: rig.clock.monotonic() + 10_000,
    });
    expect(request?.untrusted).toBeUndefined();
    const { title, body, ...more } = JSON.parse(request?.body ?? "");
    expect(more).toEqual({});
    expect(title).toBe("A client secret in OCI Vault was rotated");
    expect(JSON.parse(body)).toMatchObject({ usecase: "credentialRotation", versionNo: 3 });
    expect(rig.log()).toEqual([
      expect.objectContaining({ level: "info", event: "notified", channel: "topic", status: 202 }),
    ]);
  });

  test.each([
    [200, "delivered"],
    [299, "delivered"],
    [199, "failed"],
    [300, "failed"],
    [404, "failed"],
    [429, "failed"],
    [503, "failed"],
  ])("that answers %i is %s, and not asked again", async (status, delivery) => {
    const rig = createChannelsRig({ statuses: [status] });
    expect(await rig.publish()).toBe(delivery);
    expect(rig.sent).toHaveLength(1);
    expect(rig.log()).toMatchObject([{ status }]);
  });

  test("that does not answer has not heard", async () => {
    const rig = createChannelsRig({ statuses: [noAnswer] });
    expect(await rig.publish()).toBe("failed");
    expect(rig.log()).toEqual([
      expect.objectContaining({
        ...{ level: "warn", event: "not-notified", channel: "topic", outcome: "CONNECTION_LOST: ECONNRESET" },
      }),
    ]);
  });

  test.each([
    ["no topic is set", { environment: { OROT_NOTIFY_TOPIC_ID: undefined } }],
    ["nobody knows where OCI Notifications is", { notificationsEndpoint: null }],
  ])("is not told where %s", async (_what, outside) => {
    const rig = createChannelsRig(outside);
    expect(await rig.publish()).toBe("not-sent");
    expect(rig.sent).toEqual([]);
  });
});

describe("the time of one call", () => {
  test("is what the settings give, less what was used, and never less than none", () => {
    const { channels } = createChannelsRig({ environment: { OROT_NOTIFY_BUDGET_SECONDS: "4" } });
    const left = [0, 1_500, 2_000, 1_000].map((ms) => {
      channels.spend(ms);
      return channels.allowance();
    });
    expect(left).toEqual([4_000, 2_500, 500, 0]);
  });
});

describe("an endpoint may be registered", () => {
  test.each([
    [HOOK, {}],
    [MAIL, {}],
    [HOOK, { OROT_SMTP_SECRET_ID: undefined }],
    [MAIL, { OROT_WEBHOOK_KEY_SECRET_ID: undefined }],
  ])("where its channel is set: %s", async (endpoint, environment) => {
    const rig = createChannelsRig({ environment });
    await rig.channels.require(parseEndpoint(endpoint));
    expect(rig.asked).toEqual(endpoint === HOOK ? ["hooks.example.org"] : []);
    expect([rig.sent, rig.mails, rig.read]).toEqual([[], [], []]);
  });

  test.each([
    [HOOK, "OROT_WEBHOOK_KEY_SECRET_ID", "webhooks cannot be signed: OROT_WEBHOOK_KEY_SECRET_ID is not set"],
    [MAIL, "OROT_SMTP_SECRET_ID", "mail cannot be sent: OROT_SMTP_SECRET_ID is not set"],
  ])("and else not: %s without %s", async (endpoint, name, words) => {
    const rig = createChannelsRig({ environment: { [name]: undefined } });
    const register = () => rig.channels.require(parseEndpoint(endpoint));
    const error = await expectFailure(register, "SUBSCRIBER_INVALID", words);
    expect(error.nextAction).toBe(`set ${name}, then subscribe again`);
    expect(rig.asked).toEqual([]);
  });

  test("and not at a private address", async () => {
    const rig = createChannelsRig({ names: [["10.0.0.7"]] });
    await expectFailure(() => rig.channels.require(parseEndpoint(HOOK)), "SUBSCRIBER_INVALID", "not public");
  });
});
