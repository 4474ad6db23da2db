import { walkId } from "../../walks.ts";
import type { PlantedBug } from "../planted-bug.ts";
import { calmly } from "../walk-unit.ts";

const UNVERIFIED = /became CURRENT without having been accepted in this call$/;
const FALSE_ALARM = /^a false alarm$/;

/** What a login may be taken for, and what must not happen without one. */
export const loginBugs: readonly PlantedBug[] = [
  {
    name: "promote-without-login",
    what: "a PENDING version is made CURRENT whatever its login brought",
    patches: [
      {
        file: "rotation/decide/pending.ts",
        find: `null : ask(s.pending, "verify-pending"),`,
        replace: `null : s.pending?.verdict !== "not-asked" ? null : finishWith(s.goal, s.pending.versionNo),`,
      },
    ],
    unit: "read-back/whole/heal-later/-/token-pending:server-error-before",
    reason: UNVERIFIED,
  },
  {
    name: "promote-step-without-login",
    what: "PROMOTE_PENDING_VERSION believes that UPDATE_TARGET_SYSTEM has logged in",
    patches: [
      {
        file: "rotation/decide/steps.ts",
        find: `  if (target.verdict === "not-asked") {`,
        replace: `  if (target.verdict === "not-asked" && isCurrent) {`,
      },
    ],
    unit: "read-back/four-steps/heal-later/-/-",
    reason: UNVERIFIED,
  },
  {
    name: "rollback-without-login",
    what: "the action rollback makes PREVIOUS current although the issuer refuses it",
    patches: [
      {
        file: "rotation/observe/way-back.ts",
        find: `if (login.verdict === "rejected") throw refused("the issuer refuses the client secret in PREVIOUS");`,
        replace: "",
      },
    ],
    unit: walkId(calmly("empty,live,alone,honoured,deprecates,fresh", ["rotate", "wait", "rollback"])),
    reason: UNVERIFIED,
  },
  {
    name: "server-error-read-as-refused",
    what: "5xx at a token request counts as a refusal of the client secret",
    patches: [
      {
        file: "clients/issuers/responses.ts",
        find: "const refusal = status >= 400 && status < 500 ? refusalOf(response) : null;",
        replace: `const refusal = status >= 500 ? "rejected" : status >= 400 ? refusalOf(response) : null;`,
      },
    ],
    unit: "none/whole/heal-later/-/token-current:server-error-before+token-current:server-error-before:2",
    reason: FALSE_ALARM,
  },
  {
    name: "young-refusal-believed",
    what: "a node that has not heard of a new value yet is believed when it refuses it",
    patches: [
      {
        file: "rotation/observe/observe.ts",
        find: `return isDoubtful ? "unknown" : asked.login.verdict;`,
        replace: `return isDoubtful ? "rejected" : asked.login.verdict;`,
      },
    ],
    unit: "empty,die,alone,honoured,deprecates,stale/whole/heal-later/-/-",
    reason: FALSE_ALARM,
  },
  {
    name: "token-cached-over-a-rotation",
    what: "a token that was got with the last client secret is used to regenerate the next one",
    patches: [
      {
        file: "clients/http/token-cache.ts",
        find: "return JSON.stringify([secretId, versionNo, scope]);",
        replace: "return JSON.stringify([secretId, versionNo > 0, scope]);",
      },
      {
        file: "rotation/stages/verify-current.ts",
        find: `if (login.verdict === "accepted" && login.token !== null) tokens.put(key, login.token);`,
        replace: "",
      },
    ],
    unit: walkId(calmly("empty,die,alone,honoured,deprecates,fresh", ["rotate", "wait", "rotate"])),
    reason: /^a rotation of an untroubled walk ends with/,
  },
];
