import { meaninglessEntries } from "../../clients/http/no-proxy.ts";
import { readProxyRules } from "../../clients/http/proxy.ts";
import { IN_THIS_SHELL, type Problem, problemOf } from "../cli-error.ts";
import { word } from "../command-line.ts";
import type { Facts } from "./facts.ts";
import { type Finding, failed, known, ok, problem, warning } from "./finding.ts";

const NOWHERE = { compartmentId: null, secretId: null };

/** What no shell takes for more than a word, and what is to be replaced before the line is run. */
const PLAIN = /^(?:[\w.,:/%~-]+|<[\w' ]+>(?:\.<\w+>)?)$/;
const inShell = (text: string) => (PLAIN.test(text) ? text : word(text));

/** The line that sets one setting, at the place where the settings come from. Values may come from whoever writes a secret or its metadata. */
export function setLine({ settingsFrom, fn, application }: Facts, name: string, value: string): string {
  if (settingsFrom === "environment") return `export ${name}=${inShell(value)}`;
  const app = inShell(known(application)?.displayName ?? "<application>");
  return `fn config function ${app} ${inShell(known(fn)?.displayName ?? "<function>")} ${name} ${inShell(value)}`;
}

/** The command line's own words are about this shell, where the function's settings cannot be corrected. */
export function inItsPlace({ settingsFrom }: Facts, failure: Problem): Problem {
  const isElsewhere = settingsFrom === "function" && failure.next === IN_THIS_SHELL;
  return isElsewhere
    ? { ...failure, next: "correct it in the configuration of the function or its application" }
    : failure;
}

function whereFrom({ settingsFrom, application, functionId }: Facts): Finding {
  if (settingsFrom === "environment") {
    const next =
      functionId === null
        ? "give --function to examine its own"
        : "allow yourself to read the function, as shown above";
    return warning("settings", "the settings are those of this shell, not the function's", next);
  }
  if (application !== null && "failure" in application) {
    const what = "the settings are the function's; its application's could not be read";
    return warning("settings", what, application.failure.next);
  }
  return ok("settings", "the settings are the function's and its application's");
}

/** What is set for a proxy and does nothing. */
function proxyFindings(facts: Facts): Finding[] {
  const { environment } = facts;
  const findings: Finding[] = [];
  try {
    readProxyRules(environment);
  } catch (thrown) {
    findings.push(failed("settings", inItsPlace(facts, problemOf(thrown)), NOWHERE));
  }
  const isSet = (name: string) => (environment[name]?.trim() ?? "") !== "";
  const other = ["all_proxy", "ALL_PROXY"].find(isSet);
  if (other !== undefined && !isSet("https_proxy") && !isSet("HTTPS_PROXY")) {
    findings.push(warning("settings", `${other} is set, which is not read`, "set HTTPS_PROXY instead"));
  }
  const list = ["no_proxy", "NO_PROXY"].find(isSet);
  const places = meaninglessEntries(list === undefined ? "" : (environment[list] ?? ""));
  if (places.length > 0) {
    const what = `${list} has entries that stand for no host, and are passed over: number ${places.join(", ")}`;
    findings.push(warning("settings", what, "write names, addresses, or networks such as 10.0.0.0/8"));
  }
  return findings;
}

/** What the settings say, and what they leave open. */
export function checkSettings(facts: Facts): Finding[] {
  const { settings, healed } = facts;
  const findings = [whereFrom(facts), ...proxyFindings(facts)];
  if ("failure" in settings) return [...findings, failed("settings", inItsPlace(facts, settings.failure), NOWHERE)];
  const { value } = settings;
  findings.push(ok("settings", "every setting is valid"));
  if (value.paused) {
    const what = "OROT_PAUSED is on, so no new client secret is asked for";
    findings.push(warning("settings", what, setLine(facts, "OROT_PAUSED", "false")));
  }
  if (value.issuerOrigins === null) {
    const what = "OROT_ISSUER_ORIGINS is not set, so credentials go only to Oracle's own identity domains";
    findings.push(ok("settings", what));
  }
  if (value.healCompartmentIds === null) {
    const what = "OROT_HEAL_COMPARTMENT_IDS is not set, so a scheduled heal finds nothing to heal and answers 400";
    const compartment = known(facts.secret)?.compartmentId ?? "<compartment>";
    findings.push(warning("settings", what, setLine(facts, "OROT_HEAL_COMPARTMENT_IDS", compartment)));
  }
  for (const { compartmentId, read } of healed) {
    findings.push(
      "failure" in read
        ? {
            ...failed("rights", read.failure, NOWHERE),
            mend: [`Allow dynamic-group oci-rotate-function to inspect secrets in compartment id ${compartmentId}`],
          }
        : ok("rights", `the secrets of the compartment ${compartmentId} can be listed for a heal`),
    );
  }
  if (value.vaultEndpoint !== null || value.secretsEndpoint !== null) {
    const what = "OROT_VAULT_ENDPOINT or OROT_SECRETS_ENDPOINT is set, which leads away from OCI's own addresses";
    findings.push(warning("settings", what, "remove both, unless a private endpoint is intended"));
  }
  if (value.budgetSeconds > 300) {
    const what = `OROT_BUDGET_SECONDS is ${value.budgetSeconds}, longer than the platform lets a function run`;
    findings.push(problem("settings", what, setLine(facts, "OROT_BUDGET_SECONDS", "280")));
  }
  return findings;
}
