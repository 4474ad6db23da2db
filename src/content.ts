import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import { type Claim, formatClaim, parseClaim } from "./claim.ts";
import { RotationError } from "./errors.ts";
import { Secret } from "./secret.ts";

/**
 * The kind of a stored version comes from its content alone, never from its name or version stage. A credential may be handed to an
 * application; a claim marks a rotation under way; anything else that carries our reserved member is left alone.
 */
type ContentKind = "credential" | "claim" | "unknown";

/** The text of one version of the secret, understood as far as every issuer shares it. */
export interface Content {
  readonly kind: ContentKind;
  /** Of kind `claim`. */
  readonly claim: Claim | null;
  /** The member `issuer`; null where it is absent, as in Oracle's sample. */
  readonly issuer: string | null;
  /** The value of a string or number member; undefined for every other type and where the member is absent. */
  member(name: string): string | number | undefined;
  has(name: string): boolean;
  /**
   * The same text with another client secret: members we do not know, their order, number notation and white space stay as they are. Our
   * reserved member is left out.
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

/** A claim of a later edition, or anything else under our reserved name, is of unknown kind. */
function claimOf(text: string, reserved: MemberNode | undefined): Claim | null {
  return reserved === undefined ? null : parseClaim(JSON.parse(text.slice(...offsets(reserved.value))));
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

function withoutReserved(text: string): string {
  const members = parseMembers(text);
  const index = members.findIndex((candidate) => nameOf(candidate) === RESERVED);
  return index < 0 ? text : withoutMember(text, members, index);
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
  const reserved = members.find((candidate) => nameOf(candidate) === RESERVED);
  const claim = claimOf(text, reserved);
  return {
    kind: reserved === undefined ? "credential" : claim === null ? "unknown" : "claim",
    claim,
    issuer: typeof issuer === "string" ? issuer : null,
    member,
    has: (name) => values.has(name),
    withSecret(rotatedMember, clientSecret) {
      const node = values.get(rotatedMember);
      if (node === undefined) throw new RotationError("INTERNAL", "the rotated member is missing");
      const [start, end] = offsets(node);
      return new Secret(
        withoutReserved(text.slice(0, start) + JSON.stringify(clientSecret.reveal()) + text.slice(end)),
      );
    },
    withClaim(mark) {
      const bare = withoutReserved(text);
      const last = parseMembers(bare).at(-1);
      if (last === undefined) throw new RotationError("INTERNAL", "a credential without members");
      const end = offsets(last)[1];
      return new Secret(`${bare.slice(0, end)},"${RESERVED}":${formatClaim(mark).reveal()}${bare.slice(end)}`);
    },
  };
}

/**
 * What `content.withSecret` gives, understood without being read anew: between an issuer's answer and its storing nothing may fail, whatever the
 * value holds.
 */
export function contentWith(content: Content, rotatedMember: string, clientSecret: Secret): Content {
  const text = content.withSecret(rotatedMember, clientSecret).reveal();
  return {
    ...content,
    kind: "credential",
    claim: null,
    member: (name) =>
      name === rotatedMember ? clientSecret.reveal() : name === RESERVED ? undefined : content.member(name),
    has: (name) => name !== RESERVED && content.has(name),
    withClaim(claim) {
      // The last brace is the object's: behind it stands white space alone.
      const end = text.slice(0, text.lastIndexOf("}")).trimEnd().length;
      return new Secret(`${text.slice(0, end)},"${RESERVED}":${formatClaim(claim).reveal()}${text.slice(end)}`);
    },
  };
}
