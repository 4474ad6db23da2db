import { expect, test } from "vitest";
import { testNotification } from "../../../../src/rotation/actions/test-notification.ts";
import { createTellRig, HOOK, MAIL, OTHER, TOPIC } from "../../notify/tell-rig.ts";

type Situation = Parameters<typeof createTellRig>[0];

async function tried(situation: Situation) {
  const rig = createTellRig(situation);
  const { context } = rig;
  const deliveries = await testNotification({
    ...context,
    clients: { ...context.clients, vault: context.clients.vaultWithin(context.budget) },
  });
  return { ...rig, deliveries };
}

test("a test reaches everyone, whatever they have heard; nothing of it is noted, and the answer shows no path", async () => {
  const { deliveries, recipients, asked, sent, context } = await tried({
    subscribers: [{ endpoint: HOOK }, { endpoint: MAIL, failures: 3 }, { endpoint: OTHER }],
    told: { version: 3, seq: 4 },
    environment: TOPIC,
    deliveries: { [OTHER]: "failed", topic: "not-sent" },
  });
  expect(recipients()).toEqual([HOOK, MAIL, OTHER, "topic"]);
  expect(deliveries).toEqual([
    { endpoint: "https://hooks.example.org/…", outcome: "delivered" },
    { endpoint: MAIL, outcome: "delivered" },
    { endpoint: "https://hooks.example.org/…", outcome: "failed" },
    { endpoint: "topic", outcome: "not-sent" },
  ]);
  expect(asked).toEqual(["look"]);
  expect(new Set(sent.map(({ message }) => message)).size).toBe(1);
  expect(sent[0]?.message.id).toMatch(new RegExp(`^${context.secretId}:3:test:.{8,}$`));
});

test("a test has the time of notifications, and no more of the call's", async () => {
  const { sent } = await tried({
    subscribers: [{ endpoint: HOOK }, { endpoint: MAIL }],
    environment: TOPIC,
    sendMs: 500,
  });
  expect(sent.map(({ ms }) => ms)).toEqual([10_000, 10_000, 10_000]);
});

test.each([
  ["only the first that the settings allow", { environment: { OROT_SUBSCRIBER_LIMIT: "1" } }, [HOOK]],
  ["no topic where none is set", {}, [HOOK, MAIL]],
])("a test reaches %s", async (_what, more, recipients) => {
  const rig = await tried({ subscribers: [{ endpoint: HOOK }, { endpoint: MAIL }], ...more });
  expect(rig.recipients()).toEqual(recipients);
});

test("a test of a secret without CURRENT has version 0", async () => {
  const rig = await tried({ looks: [{ currentVersionNo: null }] });
  expect(rig.sent[0]?.message.id).toContain(":0:test:");
});
