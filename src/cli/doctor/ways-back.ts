import type { Place } from "../../base/place.ts";
import type { Settings } from "../../base/settings/settings.ts";
import { bearerOf, type Credential } from "../../clients/issuers/issuer.ts";
import type { Login } from "../../clients/issuers/verdict.ts";
import { tokensSurvive } from "../../clients/vault/rotation-metadata.ts";
import { problemOf } from "../cli-error.ts";
import type { IssuerAccess } from "../issuer-access.ts";
import type { Facts } from "./facts.ts";
import { type Finding, failed, known, ok, problem, warning } from "./finding.ts";
import { setLine } from "./settings-check.ts";

/** Whether the issuer accepts CURRENT. */
export function checkLogin(login: Login, secretId: string): Finding {
  switch (login.verdict) {
    case "accepted":
      return ok("issuer", "the issuer accepts CURRENT");
    case "rejected":
      return problem(
        "issuer",
        "the issuer refuses the client secret in CURRENT",
        `oci-rotate check ${secretId}`,
        "if a rotation was interrupted, send the function the action heal; else store the working client secret as a new version",
      );
    case "unknown":
      return warning(
        "issuer",
        `the issuer did not say whether CURRENT works: ${login.error.message}`,
        login.error.nextAction,
      );
  }
}

/** Reading back the App's secret finishes an interrupted rotation. It needs a requester that can still ask. */
async function readBackFinding(credential: Credential, login: Login): Promise<Finding[]> {
  if (login.verdict !== "accepted" || login.token === null || credential.capabilities.readBack === "no") return [];
  const read = await credential.readBack(bearerOf(credential.client, login.token.value));
  switch (read.outcome) {
    case "read":
      return [ok("ways-back", "a token of the client can read its client secret at the issuer")];
    case "unknown":
      return [
        warning(
          "ways-back",
          `whether the client secret can be read back is not known: ${read.error.message}`,
          read.error.nextAction,
        ),
      ];
    default:
      return [ok("ways-back", "the issuer does not show the client secret, so a lost one must be regenerated")];
  }
}

interface Asked {
  readonly findings: readonly Finding[];
  readonly isAnyAlive: boolean;
}

/** Logs in as each authority that may ask for this client. Unreadable ones are reported among the bindings. */
async function askAuthorities(issuer: IssuerAccess, credential: Credential, place: Place): Promise<Asked> {
  const findings: Finding[] = [];
  let isAnyAlive = false;
  const authorities = await issuer.authoritiesFor(credential, place);
  for (const { name, prove } of authorities.filter(({ isUnread }) => isUnread !== true)) {
    const who = `the second authority ${name}`;
    const proven = await prove();
    if (proven.verdict === "accepted") {
      isAnyAlive = true;
      const isUntried = proven.authorization.kind === "signature";
      findings.push(
        ok("ways-back", isUntried ? `${who} is configured; its right shows at the first use` : `${who} logs in`),
      );
    } else if (proven.verdict === "rejected") {
      findings.push(
        problem("ways-back", `${who} is refused by the issuer`, "store its working client secret as a new version"),
      );
    } else {
      findings.push(warning("ways-back", `${who} could not log in: ${proven.error.message}`, proven.error.nextAction));
    }
  }
  return { findings, isAnyAlive };
}

function verdictFinding(
  facts: Facts,
  settings: Settings,
  credential: Credential,
  isAnyAlive: boolean,
  now: number,
): Finding {
  if (credential.capabilities.valueChosenBy === "caller") {
    return ok("ways-back", "the new client secret is stored before the issuer gets it, so no way back is needed");
  }
  if (tokensSurvive(known(facts.secret)?.metadata ?? {}, now)) {
    return ok("ways-back", "a note says that a token outlives its client secret, which is a way back");
  }
  if (isAnyAlive) return ok("ways-back", "a second authority is a way back from a lost answer");
  const mend = [
    setLine(facts, "OROT_AUTHORITY_SECRET_IDS", "<OCID of the authority's secret>"),
    "or let one rotation and one heal run: the heal notes whether tokens outlive their client secret",
  ];
  return settings.requireWayBack
    ? problem(
        "ways-back",
        "no way back is proven, and OROT_REQUIRE_WAY_BACK is on: rotations answer NO_WAY_BACK",
        ...mend,
      )
    : warning(
        "ways-back",
        "no way back is proven: no second authority is set, and whether a token outlives its client secret is not noted; a lost answer at regenerate could lock the application out",
        ...mend,
      );
}

/** How a new client secret could be obtained after a lost answer. Sends reads and token requests. */
export async function checkWaysBack(
  facts: Facts,
  settings: Settings,
  issuer: IssuerAccess,
  { credential, login, place }: { readonly credential: Credential; readonly login: Login; readonly place: Place },
  now: number,
): Promise<Finding[]> {
  const readBack = await readBackFinding(credential, login);
  let asked: Asked = { findings: [], isAnyAlive: false };
  try {
    asked = await askAuthorities(issuer, credential, place);
  } catch (thrown) {
    const unasked = failed("ways-back", problemOf(thrown), { compartmentId: null, secretId: null });
    return [...readBack, unasked];
  }
  return [...readBack, ...asked.findings, verdictFinding(facts, settings, credential, asked.isAnyAlive, now)];
}
