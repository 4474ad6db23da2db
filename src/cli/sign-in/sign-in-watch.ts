import type { OciSigner } from "../../clients/http/oci-http-client.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { CliError } from "../cli-error.ts";

/** OCI does not know who signed. @param next what to do about it, in this way of signing in */
export function signatureRefused(operation: string, next: string): CliError {
  return new CliError("SIGN_IN_REFUSED", {
    what: `OCI refused the signature${operation} with 401`,
    means: "the key, token or user is not known there, or this machine's clock is more than five minutes off",
    next,
  });
}

/** What is known of the sign-in once requests are under way. */
export interface SignInWatch {
  readonly signer: OciSigner;
  /** For requests to OCI alone: a 401 of an issuer says nothing about the operator. */
  readonly transport: Transport;
  /** Why nothing that is signed gets through any more: the session ended, or OCI refused the last signature. Null: it gets through. */
  problem(): CliError | null;
}

/**
 * The SDK and the pipeline take a failure to sign for a lost answer and a 401 for a missing right; the operator must hear what it is.
 * @param next what to do where OCI refuses a signature
 */
export function watchSignIn(signer: OciSigner, transport: Transport, next: string): SignInWatch {
  let unsigned: CliError | null = null;
  let refused: CliError | null = null;
  return {
    signer: {
      signHttpRequest: async (request, forceExcludeBody) => {
        try {
          await signer.signHttpRequest(request, forceExcludeBody);
          unsigned = null;
        } catch (thrown) {
          if (thrown instanceof CliError) unsigned = thrown;
          throw thrown;
        }
      },
    },
    transport: async (request) => {
      const answer = await transport(request);
      refused = answer.status === 401 ? signatureRefused("", next) : null;
      return answer;
    },
    problem: () => unsigned ?? refused,
  };
}
