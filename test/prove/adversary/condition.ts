import { type JsonObject, parseObject } from "../../../src/emulator/core/wire.ts";
import type { StoredVersion } from "../../../src/emulator/vault/state.ts";
import type { Run } from "./finished.ts";
import type { Place } from "./grounds/ground.ts";
import type { Prepared } from "./prepare.ts";

type Looked = Pick<Run, "world" | "prepared" | "attacker">;

/** Which client a content names, as the judge reads it: it compares members, not texts. */
export interface Named {
  /** S's client at the address where its issuer is now, or where it was before it moved; null: another client. */
  readonly place: "home" | "old" | null;
  readonly isOfS: boolean;
  readonly value: string | null;
  readonly isMarked: boolean;
}

const kept = new Map<string, Named>();
const MAX_KEPT = 2_000;

const PLAIN = /^https:\/\/[^/?#@\\%\s;]+(\/[A-Za-z0-9._~-]+)*\/?$/;

/** The issuer's address that a content gives, one text for all spellings that mean the same; null: none. */
function baseOf(content: JsonObject): string | null {
  const { iamDomainInstanceId: id, domainUrl, url } = content;
  const text =
    typeof domainUrl === "string"
      ? domainUrl
          .trim()
          .replace(/\/+$/, "")
          .replace(/\/admin\/v1$/, "")
      : url;
  const given = text ?? (typeof id === "string" ? `https://${id}.identity.oraclecloud.com` : null);
  if (typeof given !== "string" || !PLAIN.test(given) || !URL.canParse(given)) return null;
  const { origin, pathname } = new URL(given);
  return `${origin}${pathname.replace(/\/$/, "")}`;
}

function isSame(name: string, one: unknown, other: unknown): boolean {
  // The id of an App is written in letters of either case.
  return name === "appId" ? String(one).toLowerCase() === String(other).toLowerCase() : one === other;
}

const addressMembers = ["url", "iamDomainInstanceId", "domainUrl"];

/** Whether a content gives the address of a place, and S's client there. */
function isAt({ members }: Place, content: JsonObject, { ground, clients }: Prepared): boolean {
  const wanted = Object.entries({ ...members, ...clients.S.members });
  // A member that says where or which the client is, and that the place does not have.
  const hasMore = ground.hasTenants && content["tenant"] !== members["tenant"];
  return (
    !hasMore &&
    baseOf(content) === baseOf({ ...members }) &&
    wanted.every(([name, text]) => addressMembers.includes(name) || isSame(name, content[name], text))
  );
}

/** S's client, members compared one by one. */
export function named(prepared: Prepared, base64: string): Named {
  const { ground, clients } = prepared;
  const key = `${clients.S.clientId} ${base64}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const content = parseObject(Buffer.from(base64, "base64").toString("utf8")) ?? {};
  const value = content[ground.rotatedMember];
  const place = (["home", "old"] as const).find((name) => isAt(ground[name], content, prepared)) ?? null;
  const found: Named = {
    place,
    isOfS: place !== null,
    value: typeof value === "string" ? value : null,
    isMarked: "_rotation" in content,
  };
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(key, found);
  return found;
}

export function versionsOf({ world, prepared }: Pick<Run, "world" | "prepared">): readonly StoredVersion[] {
  return world.emulator.admin.secret(prepared.secretIds.S).versions;
}

/** S's issuer takes the value of this version. */
export function works({ world, prepared }: Pick<Run, "world" | "prepared">, version: StoredVersion): boolean {
  const { isOfS, value } = named(prepared, version.content);
  const accepted = prepared.ground.accepted(world.emulator, prepared.clients.S.clientId);
  return isOfS && value !== null && accepted.includes(value);
}

/** A version that is the attacker's: written by him, or made from what he wrote. */
export function isHis({ prepared, attacker }: Looked, { number, content }: StoredVersion): boolean {
  return attacker.written.has(number) || !named(prepared, content).isOfS;
}

/**
 * CURRENT logs in, and nothing of S's own client is pending but marks. What is pending and refused below CURRENT, and what the attacker left,
 * may stay.
 */
export function hasConverged(run: Looked): boolean {
  const versions = versionsOf(run).filter(({ deleted }) => !deleted);
  const current = versions.find(({ stage }) => stage === "CURRENT");
  if (current === undefined || !works(run, current)) return false;
  return !versions.some(
    (version) =>
      version.stage === "PENDING" &&
      !named(run.prepared, version.content).isMarked &&
      !isHis(run, version) &&
      (version.number > current.number || works(run, version)),
  );
}
