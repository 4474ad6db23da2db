import { createPublicKey, X509Certificate } from "node:crypto";
import { CompactEncrypt, calculateJwkThumbprint, importJWK, type JWK } from "jose";
import { CliError } from "../cli-error.ts";

/** Whom a message is encrypted for: a public key, and how it is used. */
export interface Recipient {
  readonly jwk: JWK;
  readonly alg: "RSA-OAEP-256" | "RSA-OAEP" | "ECDH-ES" | "ECDH-ES+A128KW" | "ECDH-ES+A256KW";
  /** RFC 7638: names the key without showing more of it. */
  readonly thumbprint: string;
}

const RSA_ALGORITHMS = ["RSA-OAEP-256", "RSA-OAEP"] as const;
const EC_ALGORITHMS = ["ECDH-ES+A256KW", "ECDH-ES+A128KW", "ECDH-ES"] as const;
const CURVES: readonly unknown[] = ["P-256", "P-384"];
const SHORTEST_RSA_BITS = 2048;
/** Source: NIST SP 800-56B, section 6.2. By an exponent of 1 the message would be in clear. */
const LOWEST_EXPONENT = 65_537n;
/** Members of a private or a shared key (RFC 7518, section 6). */
const PRIVATE = ["d", "p", "q", "dp", "dq", "qi", "k"] as const;

const unfit = (what: string, next: string, means?: string) =>
  new CliError("USAGE", { what: `the key of --to ${what}`, next, ...(means === undefined ? {} : { means }) });
const MAKE_ONE =
  "have the holder make one: step crypto jwk create --kty RSA --size 3072 --use enc public.jwk private.jwk";

const isPrivate = (key: object) => PRIVATE.some((member) => Object.hasOwn(key, member));

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A key of a JWKS (RFC 7517, section 5): those for encryption first, never one for signatures. */
function chooseKey(keys: readonly unknown[], kid: string | null): Record<string, unknown> {
  const all = keys.filter(isRecord);
  if (all.some(isPrivate)) throw privateKey();
  const usable = all.filter((key) => key["use"] !== "sig" && (kid === null || key["kid"] === kid));
  const forEncryption = usable.filter((key) => key["use"] === "enc");
  const [first, second] = forEncryption.length > 0 ? forEncryption : usable;
  if (first === undefined)
    throw unfit(kid === null ? "set has no key for encryption" : "set has no such key", MAKE_ONE);
  if (second !== undefined) throw unfit("set has several keys for encryption", "name one with --kid");
  return first;
}

const PEM = /-----BEGIN (CERTIFICATE|PUBLIC KEY|[A-Z ]*PRIVATE KEY)-----[\s\S]+?-----END \1-----/g;

/** @param now milliseconds since the epoch */
function fromPem(text: string, now: number): Record<string, unknown> {
  const all = [...text.matchAll(PEM)];
  const [first, second] = all;
  if (first === undefined) throw unfit("is neither a JWK, a JWKS nor PEM", MAKE_ONE);
  if (all.some(([, kind]) => kind?.includes("PRIVATE KEY"))) throw privateKey();
  if (second !== undefined) throw unfit("is a chain of several", "give the holder's own certificate alone");
  try {
    if (first[1] === "PUBLIC KEY") return { ...createPublicKey(first[0]).export({ format: "jwk" }) };
    const certificate = new X509Certificate(first[0]);
    if (certificate.validToDate.getTime() <= now)
      throw unfit("is a certificate that has expired", "ask the holder for a new one");
    if (certificate.validFromDate.getTime() > now)
      throw unfit("is a certificate that is not valid yet", "wait, or ask the holder");
    if (certificate.ca) throw unfit("is the certificate of an authority", "give the holder's own certificate");
    return { ...certificate.publicKey.export({ format: "jwk" }) };
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    throw unfit("is PEM that cannot be read", MAKE_ONE);
  }
}

const privateKey = () =>
  unfit(
    "is a private key",
    "ask for the public key, and tell the holder to make a new pair",
    "whoever has this file can read what is encrypted for it, and now you have it too",
  );

function parsed(text: string, kid: string | null, now: number): Record<string, unknown> {
  if (!text.trimStart().startsWith("{")) return fromPem(text, now);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unfit("is no JSON that can be read", MAKE_ONE);
  }
  if (!isRecord(value)) throw unfit("is no JWK", MAKE_ONE);
  return Array.isArray(value["keys"]) ? chooseKey(value["keys"], kid) : value;
}

/** A number as a JWK writes it (RFC 7518, section 2); 0: none. */
const numberOf = (text: unknown) =>
  BigInt(`0x0${typeof text === "string" ? Buffer.from(text, "base64url").toString("hex") : ""}`);

/** Whether a library takes the key: a point on its curve, a modulus that is one. What is encrypted says nothing. */
async function works(jwk: JWK, alg: Recipient["alg"]): Promise<boolean> {
  try {
    const header = { alg, enc: "A256GCM" };
    await new CompactEncrypt(new Uint8Array(1)).setProtectedHeader(header).encrypt(await importJWK(jwk, alg));
    return true;
  } catch {
    return false;
  }
}

function algorithmOf(key: Record<string, unknown>): Recipient["alg"] {
  const { kty, alg, crv, n, e } = key;
  const known: readonly Recipient["alg"][] = kty === "RSA" ? RSA_ALGORITHMS : kty === "EC" ? EC_ALGORITHMS : [];
  const [usual] = known;
  if (usual === undefined)
    throw unfit("is neither RSA nor EC", MAKE_ONE, "many programs cannot open messages for other keys");
  if (kty === "EC" && !CURVES.includes(crv)) throw unfit("has a curve other than P-256 and P-384", MAKE_ONE);
  if (kty === "RSA" && numberOf(n) >> BigInt(SHORTEST_RSA_BITS - 1) === 0n)
    throw unfit(`is RSA with fewer than ${SHORTEST_RSA_BITS} bits`, MAKE_ONE);
  if (kty === "RSA" && (numberOf(e) < LOWEST_EXPONENT || numberOf(e) % 2n === 0n))
    throw unfit(`is RSA with an exponent that is even or below ${LOWEST_EXPONENT}`, MAKE_ONE);
  if (alg === undefined) return usual;
  const named = known.find((one) => one === alg);
  if (named === undefined)
    throw unfit("names an algorithm that is weak, or that many programs lack", `take alg out of it, or ${MAKE_ONE}`);
  return named;
}

/**
 * Reads a public key: a JWK or a JWKS (RFC 7517), or a certificate or public key in PEM. It checks what a library may not: use, algorithm, size, dates.
 * @param kid chooses a key of a set; null: there must be only one
 * @param now milliseconds since the epoch
 * @throws CliError USAGE, which holds nothing of the file
 */
export async function readRecipient(text: string, kid: string | null, now: number): Promise<Recipient> {
  const key = parsed(text, kid, now);
  if (isPrivate(key)) throw privateKey();
  const operations = key["key_ops"];
  const isForUse =
    (key["use"] === undefined || key["use"] === "enc") &&
    (!Array.isArray(operations) ||
      operations.some((one) => ["wrapKey", "encrypt", "deriveKey", "deriveBits"].includes(one)));
  if (!isForUse) throw unfit("is a key for signatures", MAKE_ONE);
  const alg = algorithmOf(key);
  // Only the members of a public key go on.
  const members = key["kty"] === "RSA" ? ["kty", "n", "e"] : ["kty", "crv", "x", "y"];
  const bare = Object.fromEntries(members.map((name) => [name, key[name]]));
  const jwk: JWK = { ...bare, kty: String(key["kty"]), alg, use: "enc" };
  let thumbprint: string;
  try {
    thumbprint = await calculateJwkThumbprint(jwk);
  } catch {
    throw unfit("lacks a member of a public key", MAKE_ONE);
  }
  if (!(await works(jwk, alg))) throw unfit("is no valid public key, so nothing can be encrypted for it", MAKE_ONE);
  return { jwk, alg, thumbprint };
}
