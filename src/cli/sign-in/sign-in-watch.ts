import type { OciSigner } from "../../clients/http/oci-http-client.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { CliError } from "../cli-error.ts";

/** OCI does not accept the signature. @param next what to do about it, for this way of signing in */
export function signatureRefused(operation: string, next: string): CliError {
  return new CliError("SIGN_IN_REFUSED", {
    what: `OCI refused the signature${operation} with 401`,
    means: "OCI does not know the key, token or user, or this machine's clock is more than five minutes off",
    next,
  });
}

/** What is known of the sign-in while requests are being sent. */
export interface SignInWatch {
  readonly signer: OciSigner;
  /** Only for requests to OCI: a 401 of an issuer says nothing about the operator. */
  readonly transport: Transport;
  /** Why signed requests fail by now: the session ended, or OCI refused the last signature. Null: they succeed. */
  problem(): CliError | null;
}

/**
 * The SDK and the pipeline take a failure to sign for a lost answer, and a 401 for a missing right. The operator needs the actual cause.
 * @param next what to do if OCI refuses a signature
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
