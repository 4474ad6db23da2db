import type { PlantedBug } from "../planted-bug.ts";

const NO_NEW_VALUE = /^without any fault: CURRENT has no new value$/;
const CLAIM_IS_LIVE = "!isOwnClaim(attempt, claim) && list.asOf < claimEndsAt(rotation, claim);";

/** Whose turn it is, and whether anything is done at all. */
export const turnBugs: readonly PlantedBug[] = [
  {
    name: "expiry-ignored",
    what: "the claim of a process that has died belongs to it forever",
    patches: [
      {
        file: "rotation/observe/observe.ts",
        find: CLAIM_IS_LIVE,
        replace: "!isOwnClaim(attempt, claim) && claimEndsAt(rotation, claim) > 0;",
      },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:killed-after",
    reason: /^lost: no version holds/,
  },
  {
    name: "live-claim-ignored",
    what: "a rotation does not wait for another one that holds the claim",
    patches: [
      {
        file: "rotation/observe/observe.ts",
        find: CLAIM_IS_LIVE,
        replace: "!isOwnClaim(attempt, claim) && claimEndsAt(rotation, claim) < 0;",
      },
    ],
    unit: "none/whole/heal-later/write-pending:second-rotation-overtakes/-",
    reason: /^a false alarm$/,
  },
  {
    name: "wait-short-of-the-claims-end",
    what: "other runs respect a claim only for a few seconds, less than its writer may be at work",
    patches: [
      {
        file: "clients/vault/claim.ts",
        find: "return (ttlSeconds + defaults.landingBoundSeconds) * 1000 * 2 ** doublings;",
        replace: "return (ttlSeconds + defaults.landingBoundSeconds) * 20 * 2 ** doublings;",
      },
    ],
    unit: "none/whole/heal-later/write-pending:second-rotation-overtakes/-",
    reason: /^a false alarm$/,
  },
  {
    name: "paused-for-ever",
    what: "every rotation answers PAUSED, whatever OROT_PAUSED says",
    patches: [
      { file: "rotation/observe/state.ts", find: "isPaused: context.settings.paused,", replace: "isPaused: true," },
    ],
    unit: "read-back/whole/heal-later/-/-",
    reason: NO_NEW_VALUE,
  },
  {
    name: "rotation-does-nothing",
    what: "a rotation says that all is well as soon as CURRENT logs in",
    patches: [
      {
        file: "rotation/decide/done.ts",
        find: `return current !== null && s.goal === "heal" ?`,
        replace: "return current !== null ?",
      },
    ],
    unit: "read-back/whole/heal-later/-/-",
    reason: NO_NEW_VALUE,
  },
  {
    name: "update-answers-current",
    what: "UPDATE_TARGET_SYSTEM answers CURRENT's number, so that Vault has the old version promoted",
    patches: [
      {
        file: "rotation/decide/steps.ts",
        find: `    if (pending.verdict === "accepted") return { kind: "done", code: "OK", versionNo: pending.versionNo };
    return {`,
        replace: `    if (pending.verdict === "accepted") return { kind: "done", code: "OK", versionNo: current.versionNo };
    return {`,
      },
    ],
    unit: "read-back/four-steps/heal-later/-/-",
    reason: /^without any fault: it /,
  },
  {
    name: "heal-does-nothing",
    what: "a heal answers that there is nothing to do, so that an outage lasts until the next rotation",
    patches: [
      {
        file: "rotation/handler.ts",
        find: `if (event.action === "heal") return runPipeline(context, { name: "HEAL" });`,
        replace: `if (event.action === "heal") return success("NOTHING_TO_DO", "all is well", null);`,
      },
    ],
    unit: "token-lives/whole/heal-later/-/regenerate:killed-after",
    reason: /^the heal does not make it good$/,
  },
];
