import { freeSlots, VERSION_LIMIT } from "../../clients/vault/version-slots.ts";
import { NEEDED_SLOTS } from "../../rotation/stages/fetch-token.ts";
import type { Facts } from "./facts.ts";
import { type Finding, known, ok, problem, warning } from "./finding.ts";

/** Room for two rotations. */
const COMFORTABLE = 2 * NEEDED_SLOTS;
/** Tidying may leave this many versions beyond those that it keeps, before it looks as if it could not delete. */
const SPARE = 3;

/** Checks the room for versions, and whether old ones are deleted. */
export function checkVersions({ versions, secret, secretId, settings }: Facts): Finding[] {
  const list = known(versions);
  if (list === null || secretId === null) return [];
  const free = freeSlots(list);
  const old = list.versions.filter(
    ({ versionStages, isBeingDeleted }) => versionStages.includes("DEPRECATED") && !isBeingDeleted,
  );
  const oldest = old.at(-1);
  const deletion =
    oldest === undefined
      ? "wait until versions that await deletion are gone"
      : `oci vault secret-version schedule-deletion --secret-id ${secretId} --secret-version-number ${oldest.versionNo}`;
  const room = `${free} of ${VERSION_LIMIT} version slots are free`;
  if (free < NEEDED_SLOTS) {
    return [
      problem("versions", `${room}, and a rotation needs ${NEEDED_SLOTS}: it answers NO_VERSION_SLOTS`, deletion),
    ];
  }
  const kept = known(settings)?.keepDeprecatedVersions ?? 0;
  if (free < COMFORTABLE && old.length > kept + SPARE) {
    const compartment = known(secret)?.compartmentId ?? "<compartment>";
    const line = `Allow dynamic-group oci-rotate-function to manage secret-versions in compartment id ${compartment} where target.secret.id = '${secretId}'`;
    return [warning("versions", `${room}, but tidying has not deleted old versions`, line)];
  }
  return free < COMFORTABLE ? [warning("versions", room, deletion)] : [ok("versions", room)];
}
