import type { PlantedBug } from "../planted-bug.ts";

/** Who is notified, when, and under which id. */
export const tellingBugs: readonly PlantedBug[] = [
  {
    name: "told-before-promote",
    what: "subscribers hear of a new version while it is PENDING",
    patches: [
      {
        file: "rotation/after.ts",
        find: `const isCurrent = name === "ROTATION" ||`,
        replace: `const isCurrent = name === "CREATE_PENDING_VERSION" || name === "ROTATION" ||`,
      },
      {
        file: "notify/notify.ts",
        find: "if (state === null || state.currentVersionNo !== versionNo) return;",
        replace: "if (state === null) return;",
      },
    ],
    unit: "subscribed/four-steps/heal-later/-/-",
    reason: /heard of version \d+ before it was CURRENT$/,
  },
  {
    name: "id-that-changes",
    what: "the same change is sent again under another id, so that a receiver cannot ignore it",
    patches: [
      {
        file: "notify/message.ts",
        find: "const { secretId, versionNo, seq, at } = subject;",
        replace: "const { versionNo, seq, at } = subject; const secretId = [subject.secretId, at].join();",
      },
    ],
    unit: "subscribed/whole/heal-later/-/publish-message:server-error-before",
    reason: /was told under 2 ids$/,
  },
  {
    name: "unreached-subscriber-forgotten",
    what: "a subscriber that could not be reached counts as told",
    patches: [
      {
        file: "notify/results.ts",
        find: `if (delivery === "delivered") return`,
        replace: "if (delivery !== null) return",
      },
    ],
    unit: "subscribed/whole/heal-later/-/webhook:client-error",
    reason: /^the endpoint was not told/,
  },
  {
    name: "unreached-topic-forgotten",
    what: "a topic that could not be reached counts as told",
    patches: [{ file: "notify/results.ts", find: `: results.topic !== "delivered";`, replace: ": false;" }],
    unit: "subscribed/whole/heal-later/-/publish-message:server-error-before",
    reason: /^the topic was not told/,
  },
  {
    name: "heal-tells-nobody",
    what: "no receiver is notified of a new version that a heal has found promoted",
    patches: [
      {
        file: "rotation/after.ts",
        find: `name === "ROTATION" || name === "HEAL" || name`,
        replace: `name === "ROTATION" || name`,
      },
    ],
    unit: "subscribed/whole/heal-later/-/promote:killed-after",
    reason: /^the endpoint was not told/,
  },
];
