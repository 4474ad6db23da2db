/** docs/schemas/notification.json: what webhooks and the topic get. */
import * as z from "zod/mini";
import { SCHEMAS } from "./cli-page.ts";

const common = {
  id: z.string(),
  time: z.iso.datetime(),
  secretId: z.string(),
  versionNo: z.int().check(z.minimum(0)),
};

const notification = z.union([
  z.strictObject({ usecase: z.literal("credentialRotation"), change: z.literal("credentials"), ...common }),
  z.strictObject({
    usecase: z.literal("credentialRotationDue"),
    ...common,
    dueAt: z.iso.datetime(),
    reason: z.enum(["rotation", "expiry", "age"]),
  }),
  z.strictObject({
    usecase: z.literal("credentialRotationFailed"),
    ...common,
    code: z.string(),
    nextAction: z.string(),
  }),
  z.strictObject({ usecase: z.literal("credentialRotationTest"), ...common }),
]);

export function notificationSchema(): { readonly name: string; readonly text: string } {
  const { $schema, ...schema } = z.toJSONSchema(notification, { io: "output" });
  const document = { $schema, title: "A notification by oci-rotate", ...schema };
  return { name: `${SCHEMAS}/notification.json`, text: `${JSON.stringify(document, null, 2)}\n` };
}
