import { textIn } from "./error-text.ts";
import { isCertificateRefusal } from "./tls.ts";
import { PROXY_NEXT_ACTION, proxyTroubleOf } from "./transport.ts";

/** Why a request had no answer: the host and the cause, and what to do about it. */
export interface NoAnswer {
  /** A clause in our own words, with the host; codes are Node's. */
  readonly why: string;
  /** Null: trying again may be enough. */
  readonly next: string | null;
  /** Whether the proxy gave no connection, so that the server was never asked. */
  readonly isProxy: boolean;
}

/** Ends the clause about a certificate that is in order, but of an authority that this machine does not trust. */
export const UNTRUSTED_AUTHORITY = "comes from an authority that is not trusted";

// The SDK keeps only the text of a `TransportError`, so the text has the parts. `TransportError.at` writes it.
const MESSAGE = /^[A-Z_]+: ([A-Z0-9_]{1,60}) at ([\w.:[\]-]{1,270})$/;

const CERTIFICATES: Readonly<Record<string, readonly [why: string, next: string]>> = {
  CERT_HAS_EXPIRED: ["has expired", "have the certificate renewed, and check this machine's clock"],
  CERT_NOT_YET_VALID: ["is not valid yet", "check this machine's clock"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["is for another name", "correct the address, or find out which server answers there"],
};
const NEXT_UNTRUSTED =
  "find out which server answers there; if a proxy of your own opens TLS, name its authority in NODE_EXTRA_CA_CERTS";

function certificateWords(code: string): readonly [why: string, next: string] {
  return CERTIFICATES[code] ?? [UNTRUSTED_AUTHORITY, NEXT_UNTRUSTED];
}

function causeOf(code: string, host: string): readonly [why: string, next: string | null] {
  const name = host.replace(/:\d+$/, "");
  if (isCertificateRefusal(code)) {
    const [what, next] = certificateWords(code);
    return [`the certificate of ${host} ${what}`, next];
  }
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") {
    return [`${host} does not speak TLS as expected (${code})`, "check the address and its port"];
  }
  switch (code) {
    case "ENOTFOUND":
      return [`the host ${name} is unknown`, "correct the region or the address, or the name server of this network"];
    case "EAI_AGAIN":
      return [`no name server answered for the host ${name}`, "check the name server of this network"];
    case "ECONNREFUSED":
      return [`${host} refuses connections`, "check the address and its port, and that the server runs"];
    case "ENETUNREACH":
    case "EHOSTUNREACH":
      return [`there is no route to ${host}`, "check this network's route to it: a gateway, a VPN, or HTTPS_PROXY"];
    case "ETIMEDOUT":
      return [`no connection to ${host} came about`, "check that firewalls let it through, or set HTTPS_PROXY"];
    case "TIMED_OUT":
      return [`${host} gave no complete answer in time`, null];
    default:
      return [`the connection to ${host} broke off (${code})`, null];
  }
}

/** A next action for the operator of a rotation; undefined: the usual one of the error's code. */
export function nextAfter({ next, isProxy }: NoAnswer): string | undefined {
  if (next === null || isProxy) return next ?? undefined;
  return `${next}, then try again: no working client secret was given up`;
}

/** @param thrown a `TransportError`, or what the SDK made of one; null: the cause is not known */
export function noAnswerOf(thrown: unknown): NoAnswer | null {
  const trouble = proxyTroubleOf(thrown);
  if (trouble !== null) return { why: trouble, next: PROXY_NEXT_ACTION, isProxy: true };
  const found = MESSAGE.exec(textIn(thrown, "message") ?? "");
  if (found === null) return null;
  const [code, host] = found.slice(1) as [string, string];
  const [why, next] = causeOf(code, host);
  return { why, next, isProxy: false };
}
