import { expect, test } from "vitest";
import * as z from "zod";
import { notificationSchema } from "../../../scripts/notification-schema.ts";
import { changeMessage, dueMessage, failureMessage, testMessage } from "../../../src/notify/message.ts";

const schema = z.fromJSONSchema(JSON.parse(notificationSchema().text));
const subject = { secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 7, at: Date.UTC(2026, 5, 1) };

test.each([
  changeMessage({ ...subject, seq: 3 }),
  dueMessage({ ...subject, dueAt: Date.UTC(2026, 5, 8), reason: "age" }),
  failureMessage({ ...subject, seq: 3, day: "2026-06-01", code: "LOCKED_OUT", nextAction: "look" }),
  testMessage({ ...subject, nonce: "n" }),
])("every notification is as its schema says, and has no other members: $title", ({ body }) => {
  const message = JSON.parse(body);
  expect(schema.safeParse(message).error).toBeUndefined();
  expect(schema.safeParse({ ...message, unheardOf: 1 }).success).toBe(false);
  const { id: _, ...rest } = message;
  expect(schema.safeParse(rest).success).toBe(false);
});
