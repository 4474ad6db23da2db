import type { SeenNotifications } from "../../../../scripts/demo/notify.ts";
import type { SeenOverlap } from "../../../../scripts/demo/overlap.ts";
import type { SeenAction } from "../../../../scripts/demo/rig.ts";
import type { DemoResult } from "../../../../scripts/demo/rotation.ts";

const UNTIL = Date.UTC(2026, 10, 3, 12, 30, 15);

export const answered = (responseCode: number, returnMessage = "OK: done. Next: nothing."): SeenAction => ({
  responseCode,
  returnMessage,
  ms: 12.4,
  stages: [{ stage: "regenerate", outcome: "retired", ms: 3 }],
});

/** Both client secrets worked, and the function had the issuer delete the old one. */
export const retired: Extract<SeenOverlap, { kind: "retired" }> = {
  kind: "retired",
  overlapSecret: "accepted",
  retire: answered(200),
  failed: null,
};

/** Both client secrets worked until the old one's time was over. */
export const expired: Extract<SeenOverlap, { kind: "expires" }> = {
  kind: "expires",
  overlapSecret: "accepted",
  until: UNTIL,
  expiredSecret: "rejected",
};

/** An application and an operator were told of it. */
export const heard: SeenNotifications = {
  webhooks: [
    {
      id: "ocid1.vaultsecret.oc1.iad.0123456789abcdef:3:1",
      body: '{"usecase":"credentialRotation","secretId":"ocid1.vaultsecret.oc1.iad.0123456789abcdef","versionNo":3}',
      isVerified: true,
    },
  ],
  mails: [{ to: "ops@example.org", subject: "A client secret was rotated" }],
};

/** A rotation that ended well at an issuer that keeps one value alone, but for `changes`. */
export function result(changes: Partial<DemoResult> = {}): DemoResult {
  return {
    issuer: "oci-iam",
    rotation: { secretId: "s", workRequestId: "w", status: "SUCCEEDED", steps: [] },
    steps: [
      {
        report: {
          step: "VERIFY_CONNECTION",
          startedAt: 0,
          ms: 7.6,
          responseCode: 200,
          returnMessage: "OK: done. Next: nothing.",
          versionNo: 1,
        },
        stages: [],
        versions: [],
      },
    ],
    versions: [{ number: 1, versionStages: ["CURRENT", "LATEST"], name: null, createdAt: 0, deletionAt: null }],
    oldSecret: "rejected",
    newSecret: "accepted",
    overlap: null,
    remoteCalls: 21,
    heal: null,
    hasFaultStruck: false,
    isRotated: true,
    heard: null,
    ...changes,
  };
}
