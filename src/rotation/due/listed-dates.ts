import type { ListedSecret } from "../../clients/vault/directory.ts";
import { readOwnTags } from "../housekeeping/rotation-tags.ts";
import { type Dates, earlier } from "./due.ts";

/** A secret's dates as a list shows them, which does not show the age of its value. */
export function listedDates({ tags, expiresAt, rotation }: ListedSecret, now: number): Dates {
  const noted = readOwnTags(tags ?? {}, now).expiry?.at ?? null;
  return { nextRotationAt: rotation.nextAt, expiresAt: earlier(noted, expiresAt).expiresAt, tooOldAt: null };
}
