import type { SecureContext } from "node:tls";

/**
 * Loads TLS when it is asked for, not with this file: Node then reads the root certificates, which takes as long as a tenth of a start. A
 * refused event needs none.
 */
export const https = () => process.getBuiltinModule("node:https");

/** Codes of a certificate that was refused in the handshake. Other TLS errors may come in the middle of an exchange. */
const CERTIFICATE =
  /^(CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_CERT_|SELF_SIGNED_|UNABLE_TO_|(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|ERR_TLS_CERT_ALTNAME_INVALID)$)/;

/** @param code Node's name of an error */
export function isCertificateRefusal(code: string): boolean {
  return CERTIFICATE.test(code);
}

let last: { readonly authorities: string; readonly context: SecureContext } | null = null;

/**
 * Trusts these certificate authorities (PEM) in addition to the system's. Reading the system's takes some 70 ms, so the last set is cached.
 */
export function trusting(authorities: string): SecureContext {
  if (last?.authorities !== authorities) {
    const tls = process.getBuiltinModule("node:tls");
    const context = tls.createSecureContext({ ca: [...tls.getCACertificates("default"), authorities] });
    last = { authorities, context };
  }
  return last.context;
}
