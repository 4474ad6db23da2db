import { createHash, createPublicKey, type KeyObject, verify } from "node:crypto";
import type { EmulatedRequest } from "./wire.ts";

/** Registers the public keys of callers and checks their signatures. */
export interface SignatureVerifier {
  /** `keyId` is the whole key id (`ST$<token>`, or tenancy/user/fingerprint) or a test for it. */
  registerKey(keyId: string | ((keyId: string) => boolean), publicKeyPem: string): void;
  /** Undefined if the signature is valid, otherwise what is wrong with it. Holds nothing secret. */
  problem(request: EmulatedRequest): string | undefined;
  /** As `problem`, of a request whose body has not been read: it may still turn out to be another than the signed one. */
  problemBefore(request: EmulatedRequest): string | undefined;
}

/** How far the signed date may be from the service's own (API reference, Request signatures). */
const SIGNATURE_LIFE_MS = 300_000;

const ALWAYS_SIGNED = ["(request-target)", "host"];
const SIGNED_WITH_BODY = ["content-length", "content-type", "x-content-sha256"];

/**
 * OCI request signatures (draft-cavage-http-signatures-08, version 1, rsa-sha256). The signature's own `headers` list says what was signed,
 * and in which order. The TypeScript SDK signs `x-date`, the Python one `date`.
 * @param now the service's time, to refuse an old signature; absent: any date is good
 */
export function createSignatureVerifier(now?: () => number): SignatureVerifier {
  const keys: { matches: (keyId: string) => boolean; key: KeyObject }[] = [];
  const check = (request: EmulatedRequest, hasBody: boolean): string | undefined => {
    const header = request.headers["authorization"] ?? "";
    if (!header.startsWith("Signature ")) return "no signature";
    const parts = Object.fromEntries(
      [...header.slice("Signature ".length).matchAll(/(\w+)="([^"]*)"/g)].map((match) => [match[1], match[2] ?? ""]),
    );
    const { keyId, headers, signature, algorithm, version } = parts;
    if (keyId === undefined || headers === undefined || signature === undefined) {
      return "keyId, headers or signature is missing";
    }
    if (algorithm !== "rsa-sha256" || version !== "1") return "the algorithm is not rsa-sha256 of version 1";
    const signed = headers.toLowerCase().split(" ");
    const missing = missingHeaders(request, signed, hasBody);
    if (missing !== undefined) return `${missing} is not signed`;
    const known = keys.filter(({ matches }) => matches(keyId));
    if (known.length === 0) return "the key id is not known";
    const text = Buffer.from(signingText(request, signed));
    const given = Buffer.from(signature, "base64");
    if (!known.some(({ key }) => verify("RSA-SHA256", text, key, given))) {
      return "the signature does not match the request";
    }
    return now !== undefined && isOld(request, signed, now()) ? "the date is more than five minutes off" : undefined;
  };
  return {
    registerKey: (keyId, publicKeyPem) => {
      const matches = typeof keyId === "string" ? (candidate: string) => candidate === keyId : keyId;
      keys.push({ matches, key: createPublicKey(publicKeyPem) });
    },
    problem: (request) => {
      const problem = check(request, request.body !== "");
      return problem ?? (bodyMatches(request) ? undefined : "x-content-sha256 is not the digest of the body");
    },
    problemBefore: (request) => check(request, announcesBody(request)),
  };
}

/** Whether the headers say that a body follows. */
function announcesBody({ headers }: Pick<EmulatedRequest, "headers">): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

function isOld({ headers }: EmulatedRequest, signed: readonly string[], now: number): boolean {
  const at = Date.parse(headers[signed.includes("x-date") ? "x-date" : "date"] ?? "");
  return !(Math.abs(now - at) <= SIGNATURE_LIFE_MS);
}

function missingHeaders(request: EmulatedRequest, signed: readonly string[], hasBody: boolean): string | undefined {
  if (!signed.includes("x-date") && !signed.includes("date")) return "date";
  const withBody = request.method === "PUT" || request.method === "POST" || request.method === "PATCH";
  // OCI requires a signed body digest on every PUT and POST, except for streamed bodies, which no client of ours sends.
  const wanted = withBody && hasBody ? [...ALWAYS_SIGNED, ...SIGNED_WITH_BODY] : ALWAYS_SIGNED;
  return wanted.find((name) => !signed.includes(name));
}

function bodyMatches(request: EmulatedRequest): boolean {
  const { "x-content-sha256": digest } = request.headers;
  return digest === undefined || digest === createHash("sha256").update(request.body).digest("base64");
}

function signingText(request: EmulatedRequest, signed: readonly string[]): string {
  return signed
    .map((name) => {
      if (name === "(request-target)") return `(request-target): ${request.method.toLowerCase()} ${request.target}`;
      return `${name}: ${name === "host" ? request.host : (request.headers[name] ?? "")}`;
    })
    .join("\n");
}
