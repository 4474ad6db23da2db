import type { Secret } from "../../base/secret.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { isRotating } from "../../clients/vault/schedule.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { isOurs } from "../../clients/vault/version-name.ts";
import type { Context } from "../context.ts";
import { type Decision, fail } from "../decide/decide.ts";
import { readKnown } from "../observe/contents.ts";
import { isAnotherAtWork } from "../observe/locks.ts";
import type { Observed } from "../observe/observe.ts";
import { ageDate, datesOf, ruleOn } from "./due-dates.ts";
import type { DueWish } from "./due-wish.ts";
import { valueMadeAt } from "./value-age.ts";

/**
 * Why a secret that was listed as due is not rotated now: by what this look shows of its dates and of other runs.
 * @returns null if it is to be rotated
 */
export async function whyNotNow(rotation: Observed, wish: DueWish): Promise<Decision | null> {
  const { attempt, snapshot } = rotation;
  const { schedule, tags } = attempt.read;
  const { current, list } = snapshot;
  if (schedule === null) return fail("VAULT_UNAVAILABLE", "the secret's dates could not be read");
  if (isRotating(schedule.rotation)) return fail("CLAIM_LIVE", "Vault is rotating the secret");
  if (isAnotherAtWork(rotation)) return fail("CLAIM_LIVE", "another run is rotating the secret");
  const dates = [...datesOf({ ...schedule, tags }, list.asOf), ...(await agesOf(rotation, wish))];
  const { kind } = ruleOn(dates, current, list.asOf, wish.withinMs);
  if (kind === "due") return null;
  const isCredential = (await readKnown(rotation, current)).kind === "credential";
  // CURRENT may be a claim, which holds the value that is due, or stored by hand with the same value.
  if ((kind === "other" && !isCredential) || (kind === "rotated" && !(isCredential && isOurs(current.name))))
    return null;
  return { kind: "done", code: kind === "rotated" ? "ALREADY_ROTATED" : "NOTHING_TO_DO", versionNo: current.versionNo };
}

/** When CURRENT's value is too old, if it is so within that time. */
export async function agesOf({ context, snapshot: { list } }: Observed, { maxAgeMs, withinMs }: DueWish) {
  if (maxAgeMs === null) return [];
  const madeAt = await ageOf(context, list, list.asOf + withinMs - maxAgeMs);
  return madeAt === null ? [] : [ageDate(madeAt, maxAgeMs)];
}

/** When the value in CURRENT was made, as `valueMadeAt` says. */
export function ageOf(
  { clients }: Pick<Context, "clients">,
  list: VersionList,
  madeBy: number,
): Promise<number | null> {
  const read = (text: Secret) => clients.issuers.open(parseContent(text)).clientSecret;
  return valueMadeAt(clients.vault, list, read, madeBy);
}
