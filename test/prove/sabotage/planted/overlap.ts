import { walkId } from "../../walks.ts";
import type { PlantedBug } from "../planted-bug.ts";
import { calmly } from "../walk-unit.ts";

const UAA = "uaa,empty,die,alone,honoured,deprecates,fresh";
const KEYCLOAK = "keycloak-policy,empty,live,alone,honoured,deprecates,fresh";
const ACKNOWLEDGED = ",subscribed,acknowledged/acknowledged/heal-later/-/-";
const TOO_EARLY = /^the older value was to be ended before [12] of 2 subscribers had acknowledged version \d+$/;
const REFUSED = /^the issuer refused CURRENT for \d+ ms, and need not have$/;
const LEFT_AT_WORK = /^a call that was to end it left version 1 at work$/;

/** Issuers where old and new client secret both work for a time. */
export const overlapBugs: readonly PlantedBug[] = [
  {
    name: "newer-value-retired",
    what: "after a rollback the issuer is asked to delete PREVIOUS, which is the newer value, and deletes CURRENT's",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: `if (previousNo > current.versionNo) return "newer";`,
        replace: "",
      },
    ],
    unit: walkId(calmly(UAA, ["rotate", "wait", "rotate", "rollback", "rotate"])),
    reason: REFUSED,
  },
  {
    name: "retired-before-promote",
    what: "the issuer is asked to delete the older value while that is still CURRENT's",
    patches: [
      {
        file: "rotation/decide/pending.ts",
        find: `    decide: ({ goal, pending }) => (pending?.verdict === "accepted" ? finishWith(goal, pending.versionNo) : null),`,
        replace: `    decide: (s) => {
      if (s.pending?.verdict !== "accepted") return null;
      if (s.chosenBy === "caller" && s.current.verdict === "not-asked") return ask(s.current, "verify-current");
      if (s.chosenBy === "issuer" || s.current.verdict !== "accepted") return finishWith(s.goal, s.pending.versionNo);
      return s.lease === "mine" ? { kind: "retire", versionNo: s.current.versionNo } : { kind: "take-lease" };
    },`,
      },
    ],
    unit: `${UAA}/whole/heal-later/-/-`,
    reason: REFUSED,
  },
  {
    name: "one-acknowledgement-for-all",
    what: "the older value is ended once one of the subscribers has acknowledged CURRENT",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: "notAcknowledged(record, snapshot.current.versionNo).length === 0;",
        replace: "notAcknowledged(record, snapshot.current.versionNo).length < record.subscribers.length;",
      },
    ],
    unit: `${UAA}${ACKNOWLEDGED}`,
    reason: TOO_EARLY,
  },
  {
    name: "acknowledgements-not-waited-for",
    what: "the older value is ended when its shortest grace is over, whoever has acknowledged CURRENT",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: `settings.retireAfter === "grace" || isHandedOver(rotation)`,
        replace: "true",
      },
    ],
    unit: `${UAA}${ACKNOWLEDGED}`,
    reason: TOO_EARLY,
  },
  {
    name: "ended-early-unacknowledged",
    what: "a value that the issuer would end by itself is ended early, before all subscribers have acknowledged CURRENT",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: "if (since === null || !isHandedOver(rotation)) return false;",
        replace: "if (since === null) return false;",
      },
    ],
    unit: `${KEYCLOAK}${ACKNOWLEDGED}`,
    reason: TOO_EARLY,
  },
  {
    name: "retirement-believed",
    what: "the action retire says that no older value works without having asked the issuer",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: `verdict: asked === "rejected" && isDoubtful ? "not-asked" : asked,`,
        replace: `verdict: "rejected",`,
      },
    ],
    unit: `${UAA}/retire/heal-later/-/-`,
    reason: LEFT_AT_WORK,
  },
  {
    name: "compromised-value-kept",
    what: "the rotation for a compromised secret ends while the issuer still takes the old value",
    patches: [
      {
        file: "rotation/outcome.ts",
        find: "if (attempt.isCompromised && (keepsTwo || isFromBefore(attempt.read, versionNo))) return false;",
        replace: "",
      },
    ],
    unit: `${UAA}/compromised/heal-later/-/-`,
    reason: LEFT_AT_WORK,
  },
  {
    name: "old-value-ended-with-the-install",
    what: "the issuer is told to end the old value as it takes the new one, while applications still use the old one",
    patches: [
      {
        file: "rotation/stages/regenerate/install.ts",
        find: "await credential.install(authorization, value, olderOf(rotation));",
        replace: `await credential.install(authorization, value, "end");`,
      },
    ],
    unit: `${KEYCLOAK}/whole/heal-later/-/-`,
    reason: REFUSED,
  },
];
