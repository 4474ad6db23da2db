import { createSecureContext, getCACertificates, type SecureContext } from "node:tls";

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
    const context = createSecureContext({ ca: [...getCACertificates("default"), authorities] });
    last = { authorities, context };
  }
  return last.context;
}
