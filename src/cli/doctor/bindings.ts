import { type Place, tagOf } from "../../base/place.ts";
import type { Settings } from "../../base/settings/settings.ts";
import {
  type AuthorityContent,
  isOwnClient,
  ownClient,
  parseAuthority,
} from "../../clients/issuers/authority-content.ts";
import { type Entry, fits, membersOf } from "../../clients/issuers/authority-entries.ts";
import { type Client, clientTag, isSameClient, isTagOf } from "../../clients/issuers/client.ts";
import { requireAdmitted } from "../../clients/issuers/origins.ts";
import { hasNamed, outdatedError } from "../../clients/issuers/outdated-authority.ts";
import type { IssuerAccess } from "../issuer-access.ts";
import type { Facts } from "./facts.ts";
import { attempt, type Finding, failed, known, ok, problem, warning } from "./finding.ts";
import { setLine } from "./settings-check.ts";

/** Where the secret is, as far as it could be read. */
export function placeOf({ secret }: Facts, secretId: string): Place {
  const read = known(secret);
  return { secretId, compartmentId: read?.compartmentId ?? null, definedTags: read?.definedTags ?? {} };
}

function boundBy(entry: Entry): string {
  if (entry.by === "tag") return `by the defined tag ${entry.tag.namespace}.${entry.tag.key}`;
  return entry.by === "secret" ? "by the secret's OCID" : "by the secret's compartment";
}

/** The entry that binds only this secret, in the form in which it is to be written. */
function narrowEntry({ issuer, address }: AuthorityContent, client: Client, secretId: string): string {
  const { url } = issuer.loginAt(address).tokenEndpoint;
  return JSON.stringify({ ...membersOf(client, url), secretId });
}

/** Warns of an authority's entries that bind a whole compartment. */
function wideFindings(who: string, content: AuthorityContent, client: Client, place: Place): Finding[] {
  const wide = content.mayRotate.filter((entry) => entry.by === "compartment");
  if (wide.length === 0) return [];
  const entries = wide.length === 1 ? "one entry binds" : `${wide.length} entries bind`;
  const what = `${who}: ${entries} a whole compartment, so anyone who may write, create or move one secret there, and read it, can get that client's value`;
  const isMeant = wide.some(({ client: named }) => isSameClient(named, client, []));
  const mend = isMeant
    ? narrowEntry(content, client, place.secretId)
    : "bind each client by its secretId, or by a defined tag";
  return [warning("binding", what, isMeant ? `write ${mend} in its place` : mend)];
}

/** An authority's own client, in a secret beside the authority's own. */
function selfFindings(who: string, content: AuthorityContent, client: Client): Finding[] {
  if (content.proof.kind !== "client-secret" || !isOwnClient(content, client)) return [];
  const what = `${who} is this very client, so a rotation leaves that authority's own secret with a value that works no more`;
  return [problem("binding", what, "rotate it with a function that does not use this authority")];
}

async function authorityFindings(
  issuer: IssuerAccess,
  { issuerAliases, issuerOrigins }: Settings,
  authorityId: string,
  client: Client,
  place: Place,
): Promise<Finding[]> {
  const who = `the second authority ${authorityId.slice(-8)}`;
  const read = await attempt(async () => parseAuthority(await issuer.readSecretText(authorityId)));
  if ("failure" in read) {
    const found = failed("binding", read.failure, { compartmentId: place.compartmentId, secretId: authorityId });
    return [{ ...found, what: `${who}: ${found.what}` }];
  }
  const { value: content } = read;
  if ("isOutdated" in content) {
    const { message, nextAction } = outdatedError(content, `secret ${authorityId.slice(-8)}`, {
      client,
      secretId: place.secretId,
    });
    return hasNamed(content, client)
      ? [problem("binding", message, nextAction)]
      : [problem("binding", message, "oci-rotate doctor --upgrade prints what to write in its place")];
  }
  const fitting = content.mayRotate.filter((entry) => fits(content, entry, client, place, issuerAliases ?? []));
  const findings = [...selfFindings(who, content, client), ...wideFindings(who, content, client, place)];
  if (fitting.length === 0) return findings;
  const ways = [...new Set(fitting.map(boundBy))].join(" and ");
  const spoken = ok("binding", `${who} may speak for this client from this secret, bound ${ways}`);
  const admitted = await attempt(() => requireAdmitted(ownClient(content), issuerOrigins));
  const refused =
    "failure" in admitted
      ? [problem("binding", `${who} is not asked: ${admitted.failure.what}`, admitted.failure.next)]
      : [];
  return [spoken, ...refused, ...findings];
}

/** Several compartments suggest several teams. */
function isShared({ healCompartmentIds }: Settings, { compartmentId }: Place): boolean {
  const own = compartmentId === null ? [] : [compartmentId];
  return new Set([...(healCompartmentIds ?? []), ...own]).size > 1;
}

function tagFindings(facts: Facts, settings: Settings, client: Client, place: Place): Finding[] {
  const { bindingTag, issuerAliases } = settings;
  if (bindingTag === null) {
    if (!isShared(settings, place)) return [];
    const what =
      "the function serves several compartments, and OROT_BINDING_TAG is not set: anyone who may write a secret chooses the client that it is rotated for";
    return [warning("binding", what, setLine(facts, "OROT_BINDING_TAG", "<namespace>.<key>"))];
  }
  const name = `${bindingTag.namespace}.${bindingTag.key}`;
  const tag = tagOf(place, bindingTag);
  if (tag !== null && isTagOf(tag, client, issuerAliases ?? [])) {
    return [ok("binding", `the defined tag ${name} names this client, as OROT_BINDING_TAG asks for`)];
  }
  const what = `the defined tag ${name}, which OROT_BINDING_TAG asks for, ${tag === null ? "is not set" : "names another client"}: rotations answer CLIENT_NOT_BOUND`;
  return [problem("binding", what, `add ${name} to the secret's other tags, with the value: ${clientTag(client)}`)];
}

/** An origin without a path admits every service at that origin. */
function originFindings(facts: Facts, { issuerOrigins }: Settings, { base }: Client): Finding[] {
  const { origin } = new URL(base);
  if (base === origin || !(issuerOrigins ?? []).includes(origin)) return [];
  const what = `OROT_ISSUER_ORIGINS admits every path at ${origin}, and the issuer uses one of them: any other service there is admitted too`;
  const narrowed = (issuerOrigins ?? []).map((one) => (one === origin ? base : one));
  return [warning("binding", what, setLine(facts, "OROT_ISSUER_ORIGINS", narrowed.join(",")))];
}

/** Reports who may ask for this client from this secret, how that is bound, and which bindings are wide. Sends only reads. */
export async function checkBindings(
  facts: Facts,
  settings: Settings,
  issuer: IssuerAccess,
  client: Client,
  place: Place,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const authorityId of settings.authoritySecretIds ?? []) {
    findings.push(...(await authorityFindings(issuer, settings, authorityId, client, place)));
  }
  const isPrincipal = (settings.resourcePrincipalApps ?? []).some(
    (app) => app.secretId === place.secretId && isSameClient(app.client, client, settings.issuerAliases ?? []),
  );
  if (isPrincipal)
    findings.push(ok("binding", "the function's own principal may speak for this client from this secret"));
  return [...findings, ...tagFindings(facts, settings, client, place), ...originFindings(facts, settings, client)];
}
