import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import * as z from "zod/mini";
import { RotationError } from "../../base/errors.ts";
import { isTooDeep } from "../../base/json-depth.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { Secret } from "../../base/secret.ts";
import { type Claim, formatClaim, parseClaim } from "./claim.ts";

/**
 * Only a stored version's content decides its kind, never its name or version stage. A credential may be handed to an
 * application. A claim marks a rotation under way. A placeholder names a client whose secret is not stored yet. Other
 * content with our reserved member is left alone.
 */
type ContentKind = "credential" | "claim" | "placeholder" | "unknown";

/** The text of one version of the secret, understood as far as every issuer shares it. */
export interface Content {
  readonly kind: ContentKind;
  /** What the mark of kind `claim` says; whether it is to be believed, other versions of the secret tell. */
  readonly claim: Claim | null;
  /** The member for the client secret is null: there is none yet. No application can take that for one. */
  readonly isValueless: boolean;
  /** The number that the mark, of this or another edition, gives as the version that it was made from; null: it gives none. */
  readonly markBase: number | null;
  /** The same text without our reserved member. */
  readonly bare: Secret;
  /** The member `issuer`; null if it is absent, as in Oracle's sample. */
  readonly issuer: string | null;
  /** The value of a string or number member; undefined for other types and missing members. */
  member(name: string): string | number | undefined;
  has(name: string): boolean;
  /**
   * The same text with another client secret. Unknown members, their order, number notation and white space stay as
   * they are. Our reserved member is left out. Nothing is parsed again, whatever the value holds.
   */
  withSecret(rotatedMember: string, clientSecret: Secret): Secret;
  /** The same text marked as a claim. */
  withClaim(claim: Claim): Secret;
}

const RESERVED = "_rotation";

function invalid(what: string): RotationError {
  return new RotationError("CONTENT_INVALID", `the secret's content ${what}`);
}

function nameOf(member: MemberNode): string {
  return member.name.type === "String" ? member.name.value : member.name.name;
}

function offsets(node: { readonly range?: readonly [number, number] | readonly number[] }): readonly [number, number] {
  const [start, end] = node.range ?? [];
  if (start === undefined || end === undefined) throw new RotationError("INTERNAL", "a parsed member has no position");
  return [start, end];
}

function parseMembers(text: string): readonly MemberNode[] {
  let body: ValueNode;
  if (isTooDeep(text)) throw invalid("nests too deep to be read");
  try {
    // The positions come from a parser that is laxer than JSON about control characters.
    JSON.parse(text);
    body = parse(text, { mode: "json", ranges: true }).body;
  } catch {
    throw invalid("is not JSON");
  }
  if (body.type !== "Object") throw invalid("is not a JSON object");
  return body.members;
}

const markBase = onFirstUse(() => z.object({ base: z.int() }));
const placeholderMark = onFirstUse(() => z.object({ v: z.literal(1), kind: z.literal("placeholder") }));
/** The mark of a first version without a client secret, for `JSON.stringify`. */
export const PLACEHOLDER = { [RESERVED]: { v: 1, kind: "placeholder" } };

/** The member that holds the client secret. Oracle's format, which may name no issuer, has its own. */
export const rotatedMemberOf = (issuer: string | null) =>
  issuer === null || issuer === "oci-iam" ? "appSecret" : "clientSecret";

/** The value of our reserved member. */
function markIn(text: string, reserved: MemberNode): unknown {
  return JSON.parse(text.slice(...offsets(reserved.value)));
}

/** Leaves the member out, with the comma that joins it to a neighbour. */
function withoutMember(text: string, members: readonly MemberNode[], index: number): string {
  const at = members[index];
  const before = members[index - 1];
  const after = members[index + 1];
  if (at === undefined) return text;
  if (before !== undefined) return text.slice(0, offsets(before)[1]) + text.slice(offsets(at)[1]);
  const end = after === undefined ? offsets(at)[1] : offsets(after)[0];
  return text.slice(0, offsets(at)[0]) + text.slice(end);
}

/**
 * @param stored UTF-8 text of one version: a JSON object, pretty-printed or not
 * @throws RotationError CONTENT_INVALID naming the member, never its value
 */
export function parseContent(stored: Secret): Content {
  const text = stored.reveal();
  const members = parseMembers(text);
  const values = new Map<string, ValueNode>();
  for (const member of members) {
    const name = nameOf(member);
    if (values.has(name)) throw invalid("names a member twice");
    values.set(name, member.value);
  }
  const member = (name: string) => {
    const node = values.get(name);
    return node?.type === "String" || node?.type === "Number" ? node.value : undefined;
  };
  const issuer = member("issuer");
  if (values.has("issuer") && typeof issuer !== "string") throw invalid("has a member issuer that is not a string");
  const at = members.findIndex((candidate) => nameOf(candidate) === RESERVED);
  const reserved = members[at];
  const bare = reserved === undefined ? text : withoutMember(text, members, at);
  const bareMembers = reserved === undefined ? members : parseMembers(bare);
  const mark = reserved === undefined ? undefined : markIn(text, reserved);
  // A claim of a later edition, or anything else under our reserved name, is of unknown kind.
  const claim = reserved === undefined ? null : parseClaim(mark);
  const base = markBase().safeParse(mark);
  const isValueless = values.get(rotatedMemberOf(typeof issuer === "string" ? issuer : null))?.type === "Null";
  const isPlaceholder = isValueless && placeholderMark().safeParse(mark).success;
  return {
    kind: reserved === undefined ? "credential" : claim !== null ? "claim" : isPlaceholder ? "placeholder" : "unknown",
    claim,
    isValueless,
    markBase: base.success ? base.data.base : null,
    bare: new Secret(bare),
    issuer: typeof issuer === "string" ? issuer : null,
    member,
    has: (name) => values.has(name),
    withSecret(rotatedMember, clientSecret) {
      const node = bareMembers.find((candidate) => nameOf(candidate) === rotatedMember);
      if (node === undefined) throw new RotationError("INTERNAL", "the rotated member is missing");
      const [start, end] = offsets(node.value);
      return new Secret(bare.slice(0, start) + JSON.stringify(clientSecret.reveal()) + bare.slice(end));
    },
    withClaim(written) {
      const last = bareMembers.at(-1);
      if (last === undefined) throw new RotationError("INTERNAL", "a credential without members");
      const end = offsets(last)[1];
      return new Secret(`${bare.slice(0, end)},"${RESERVED}":${formatClaim(written).reveal()}${bare.slice(end)}`);
    },
  };
}

/**
 * The content that `content.withSecret` gives, without parsing it again. Between an issuer's answer and its storing
 * nothing may fail, whatever the value holds.
 */
export function contentWith(content: Content, rotatedMember: string, clientSecret: Secret): Content {
  const bare = content.withSecret(rotatedMember, clientSecret);
  const text = bare.reveal();
  return {
    ...content,
    kind: "credential",
    claim: null,
    isValueless: false,
    markBase: null,
    bare,
    member: (name) =>
      name === rotatedMember ? clientSecret.reveal() : name === RESERVED ? undefined : content.member(name),
    has: (name) => name !== RESERVED && content.has(name),
    withClaim(claim) {
      // The last brace is the object's; only white space follows.
      const end = text.slice(0, text.lastIndexOf("}")).trimEnd().length;
      return new Secret(`${text.slice(0, end)},"${RESERVED}":${formatClaim(claim).reveal()}${text.slice(end)}`);
    },
  };
}
