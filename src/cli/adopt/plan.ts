import { asRotationError } from "../../base/errors.ts";
import type { DefinedTags, TagKey } from "../../base/place.ts";
import { type AuthorityContent, isOwnClient } from "../../clients/issuers/authority-content.ts";
import { type Client, clientTag } from "../../clients/issuers/client.ts";
import { contentOf } from "../../clients/issuers/content-of.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import type { ListedClient } from "../../clients/issuers/inventory/listed-client.ts";
import { showsClientSecrets } from "../../clients/issuers/inventory/read-value.ts";
import { parseContent } from "../../clients/vault/content.ts";
import type { Schedule } from "../../clients/vault/rotation-client.ts";
import { bounded } from "../../rotation/housekeeping/rotation-tags.ts";
import { needsRotation } from "../clients/clients-data.ts";
import type { Joined } from "../clients/join.ts";
import { withOwnership } from "../owner-tags.ts";
import { NO_VALUE } from "./adoption.ts";
import type { InputLine } from "./input.ts";
import type { SecretPlace } from "./places.ts";
import { secretNameFor } from "./secret-name.ts";
import type { Task } from "./task.ts";

/** A line of the report before anything was done. */
export type Planned =
  | { readonly task: Task }
  /** Nothing is done: why, and what to do. */
  | { readonly clientId: string; readonly secretId: string | null; readonly why: string; readonly next: string };

export interface PlanOptions {
  readonly template: string;
  readonly owner: string | null;
  readonly contact: string | null;
  placeFor(owner: string | null): SecretPlace;
  scheduleFor(secretName: string): Schedule | null;
  readonly definedTags: DefinedTags;
  /** The tag by which the authority is bound to each secret; null: none. */
  readonly bindingTag: TagKey | null;
  readonly mayBeUnproven: boolean;
  /** Who is left alone; null: the operator reads. */
  readonly speaker: AuthorityContent | null;
  /** Of Ed-Fi: where the authority asks for tokens, and so its clients; null: the usual address. */
  readonly tokenUrl: string | null;
  /** A value of ours is put beside one that nobody knows (UAA), or beside one that has expired (Keycloak). */
  readonly adds: boolean;
  /** Client ids of those for which the issuer may make a new value; the one in use dies at once. */
  readonly resets: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const hasExpired = ({ endsAt }: ListedClient, now: number): boolean => typeof endsAt === "number" && endsAt <= now;

/** The client exactly as a secret's content names it, which tags and entries repeat; text: why there is none. */
function namedClient({ place, listed }: Joined, { tokenUrl }: PlanOptions): Client | string {
  if (listed?.clientId == null || !place.isAddressKnown) return "the issuer does not tell how a secret would name it";
  const { issuer, base, realm, tenant } = place;
  const own = issuer === "edfi-cms" ? tokenUrl : null;
  const named = { issuer, base, realm, tenant, tokenUrl: own, clientId: listed.clientId, subject: listed.subject };
  try {
    return clientIn(parseContent(contentOf(named, null)));
  } catch (thrown) {
    return asRotationError(thrown).message;
  }
}

/**
 * How a value may be had where none is known.
 * @param isDead no value of a Keycloak's client works, or an earlier run may have left a placeholder for it
 */
function newValueFor({ issuer, clientId }: Client, isDead: boolean, { adds, resets }: PlanOptions): Task["newValue"] {
  if (issuer === "uaa") return adds ? "add" : "none";
  const isNamed = resets.includes(clientId);
  if (issuer === "keycloak") return isNamed || (adds && isDead) ? "revive" : "none";
  return isNamed ? "reset" : "none";
}

/** Said before anything is done, and not only after a login that is bound to be refused. */
const EXPIRED = [
  "its client secret has expired, so no value works",
  "--add gives it a new one; where a client policy rotates secrets, the expired one works again for the grace",
] as const;

/**
 * Whether it is the authority itself. Its value is in the authority's own secret: a rotation of another one would leave that with a dead value.
 */
const isSpeaker = ({ place, listed }: Joined, { speaker }: PlanOptions): boolean =>
  speaker !== null && listed?.clientId != null && isOwnClient(speaker, { ...place, clientId: listed.clientId });

/** Why a client is none to adopt; null: it is one. */
function obstacle(
  listed: ListedClient,
  { secrets }: Joined,
  { mayBeUnproven }: PlanOptions,
): readonly [string, string] | null {
  const [held] = secrets ?? [];
  if (held !== undefined) return [`it is already in the secret ${held.row.name}`, "nothing: it is managed"];
  if (listed.isBuiltIn) return ["it is the issuer's own", "leave it alone"];
  if (listed.kind !== null && listed.kind !== "secret") {
    return [`it uses no client secret (${listed.kind})`, "nothing: there is nothing to rotate"];
  }
  if (listed.isEnabled === false && !mayBeUnproven) {
    return [
      "it is disabled, so no login can prove its secret",
      "enable it, or add --unproven to store the value all the same",
    ];
  }
  return null;
}

/** An issuer that shows no client secret needs one from the input, or the word to make one. */
function valueMissing(client: Client, line: InputLine | null, options: PlanOptions): readonly [string, string] | null {
  const isKnown = line?.value != null || showsClientSecrets(client) || newValueFor(client, false, options) !== "none";
  return isKnown ? null : NO_VALUE["never-shown"];
}

const boundedOrNull = (text: string | null) => (text === null ? null : bounded(text));

function withTag(tags: DefinedTags, key: TagKey | null, client: Client): DefinedTags {
  if (key === null) return tags;
  return { ...tags, [key.namespace]: { ...tags[key.namespace], [key.key]: clientTag(client) } };
}

function planOne(one: Joined, line: InputLine | null, options: PlanOptions): Planned | null {
  const { listed } = one;
  if (listed === null) return null;
  const client = namedClient(one, options);
  const clientId = listed.clientId ?? listed.subject ?? "";
  if (typeof client === "string") {
    return { clientId, secretId: null, why: client, next: "store it by hand (docs/deploying.md)" };
  }
  if (isSpeaker(one, options)) {
    return {
      ...{ clientId, secretId: null, why: "it is the authority itself, whose value is in the secret of --authority" },
      next: "leave it alone: rotate it with a function that does not use this authority (docs/deploying.md, second authorities)",
    };
  }
  const secretName = secretNameFor(options.template, client);
  const owner = boundedOrNull(line?.owner ?? options.owner ?? listed.owner);
  const place = options.placeFor(owner);
  const [held] = one.secrets ?? [];
  // A run that was stopped goes on with the secret that it has made. One of that name elsewhere holds the client already.
  const isThere = held?.row.vaultId === place.vaultId && held.row.compartmentId === place.compartmentId;
  const isOwn = isThere && held.row.name === secretName && one.secrets?.length === 1;
  const problem = isOwn ? null : (obstacle(listed, one, options) ?? valueMissing(client, line, options));
  if (problem !== null) return { clientId, secretId: held?.row.secretId ?? null, why: problem[0], next: problem[1] };
  const given = line?.value ?? null;
  const isExpired = hasExpired(listed, options.now);
  const newValue = newValueFor(client, isOwn || isExpired, options);
  if (held === undefined && given === null && newValue === "none" && isExpired) {
    return { clientId, secretId: null, why: EXPIRED[0], next: EXPIRED[1] };
  }
  return {
    task: {
      client,
      secretName,
      place,
      isCreated: isOwn,
      given,
      newValue,
      isEnabled: listed.isEnabled !== false,
      tags: withOwnership({}, { owner, contact: boundedOrNull(line?.contact ?? options.contact ?? listed.contact) }),
      definedTags: withTag(options.definedTags, options.bindingTag, client),
      schedule: options.scheduleFor(secretName),
    },
  };
}

const fitsLine = ({ place, listed }: Joined, line: InputLine) =>
  listed?.clientId === line.clientId &&
  (line.realm === null || line.realm === place.realm) &&
  (line.tenant === null || line.tenant === place.tenant);

/** Each line of the input meets exactly one client that the issuer lists. */
export function planForInput(
  joined: readonly Joined[],
  lines: readonly InputLine[],
  options: PlanOptions,
): readonly Planned[] {
  const seen = new Set<Joined>();
  return lines.map((line): Planned => {
    const about = { clientId: line.clientId, secretId: null };
    const [first, second] = joined.filter((one) => fitsLine(one, line));
    if (first === undefined) {
      return {
        ...about,
        why: `line ${line.line}: the issuer lists no such client`,
        next: "correct the id, the realm or the tenant",
      };
    }
    if (second !== undefined) {
      return {
        ...about,
        why: `line ${line.line}: several realms or tenants have such a client`,
        next: "add a column realm or tenant",
      };
    }
    if (seen.has(first))
      return { ...about, why: `line ${line.line} names a client for the second time`, next: "leave it out" };
    seen.add(first);
    return (
      planOne(first, line, options) ?? { ...about, why: "the issuer lists no such client", next: "correct the id" }
    );
  });
}

/** Every client that uses a secret and is managed by none; those in need of nothing, and the authority, are left out without a word. */
export function planForList(joined: readonly Joined[], options: PlanOptions): readonly Planned[] {
  return joined.flatMap((one) => {
    const { listed } = one;
    if (listed === null || isSpeaker(one, options)) return [];
    if (!needsRotation({ ...listed, isEnabled: options.mayBeUnproven ? true : listed.isEnabled })) return [];
    const planned = planOne(one, null, options);
    return planned === null ? [] : [planned];
  });
}
