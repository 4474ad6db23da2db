import { readOwnTags } from "../../rotation/housekeeping/rotation-tags.ts";
import type { Facts } from "./facts.ts";
import { type Area, type Finding, failed, known, ok, problem, type Read, warning } from "./finding.ts";

/** The names used in docs/deploying.md. */
const FUNCTION_GROUP = "oci-rotate-function";
const SECRET_GROUP = "oci-rotate-secrets";
const REFUSED = new Set(["VAULT_FORBIDDEN", "SECRET_NOT_FOUND"]);

/** The rights of the function itself (docs/deploying.md, section 6). */
function functionLines(compartmentId: string, secretId: string): string[] {
  return ["use secrets", "read secret-versions", "read secret-bundles", "manage secret-versions"].map(
    (right) =>
      `Allow dynamic-group ${FUNCTION_GROUP} to ${right} in compartment id ${compartmentId} where target.secret.id = '${secretId}'`,
  );
}

/** The rights of the secret, which is the principal of Vault's calls. */
function secretLines(compartmentId: string, functionId: string): string[] {
  return [
    `Allow dynamic-group ${SECRET_GROUP} to read fn-function in compartment id ${compartmentId}`,
    `Allow dynamic-group ${SECRET_GROUP} to use fn-invocation in compartment id ${compartmentId} where target.function.id = '${functionId}'`,
  ];
}

function groupLines(functionId: string, secretId: string): string[] {
  return [
    `${FUNCTION_GROUP}: ALL {resource.type = 'fnfunc', resource.id = '${functionId}'}`,
    `${SECRET_GROUP}: ALL {resource.type = 'vaultsecret', resource.id = '${secretId}'}`,
  ];
}

/** Only the function can test its own rights; what it has done shows which it had. */
function rightsOfFunction(facts: Facts, secretId: string, now: number): Finding[] {
  const { functionId } = facts;
  const secret = known(facts.secret);
  if (functionId === null || secret === null) return [];
  const { compartmentId, rotation, tags } = secret;
  const functionCompartment = known(facts.fn)?.compartmentId ?? compartmentId;
  const noted = tags === null ? null : readOwnTags(tags, now).outcome;
  if (noted !== null && REFUSED.has(noted.code)) {
    const what = `the last heal noted ${noted.code} on ${new Date(noted.at).toISOString()}: the function lacks one of its rights`;
    return [problem("rights", what, ...functionLines(compartmentId, secretId))];
  }
  if (rotation.functionId === functionId && rotation.lastAt !== null) {
    const at = new Date(rotation.lastAt).toISOString();
    const what = `Vault rotated the secret through the function on ${at}, so both dynamic groups and their policies were in force`;
    return [ok("rights", what)];
  }
  const what =
    "there is no evidence yet that Vault may call the function, and that the function may change the secret; groups and policies must allow both";
  return [
    warning(
      "rights",
      what,
      ...groupLines(functionId, secretId),
      ...functionLines(compartmentId, secretId),
      ...secretLines(functionCompartment, functionId),
    ),
  ];
}

/** What the reads show of the operator's rights, and what is known of the function's. */
export function checkRights(facts: Facts, now: number): Finding[] {
  const { secretId } = facts;
  if (secretId === null) return [];
  const places = { secretId, compartmentId: known(facts.secret)?.compartmentId ?? null };
  const reads: readonly (readonly [string, Read<unknown> | null, Area])[] = [
    ["the secret", facts.secret, "rights"],
    ["its list of versions", facts.versions, "rights"],
    ["its CURRENT version", facts.current, "rights"],
  ];
  const own = reads.map(([name, read, area]) =>
    read !== null && "failure" in read ? failed(area, read.failure, places) : ok(area, `you may read ${name}`),
  );
  return [...own, ...rightsOfFunction(facts, secretId, now)];
}
