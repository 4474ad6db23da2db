import { DefaultRequestSigner } from "oci-common";
import { MINUTE_MS } from "../../base/durations.ts";
import type { OciSigner } from "../../clients/http/oci-http-client.ts";
import type { VaultAccess } from "../../clients/vault/oci-store.ts";
import { CliError } from "../cli-error.ts";
import { endpointOf, type OciService } from "../endpoints.ts";
import type { AuthKind, GlobalOptions } from "../global-options.ts";
import type { Principal, Runtime } from "../runtime.ts";
import { localSettings } from "../settings.ts";
import { type ChosenAuth, chooseAuth, identityText } from "./choose-auth.ts";
import type { Profile } from "./config-file.ts";
import { chooseRegion } from "./oci-variables.ts";
import { apiKeyPrincipal, resourcePrincipal, sessionPrincipal } from "./principals.ts";
import { expired, readSessionToken, renewal, type SessionToken } from "./session-token.ts";
import { watchSignIn } from "./sign-in-watch.ts";

/** Who signs the requests, and where OCI's services are. */
export interface SignedIn {
  readonly kind: AuthKind;
  readonly region: string | null;
  readonly tenancy: string | null;
  /** Who acts, where, in words. */
  readonly as: string;
  readonly signer: OciSigner;
  readonly access: VaultAccess;
  /** `--endpoint`. */
  readonly override: string | null;
  /** @throws CliError REGION_MISSING if neither `--endpoint` nor a region gives the service's address */
  endpoint(service: OciService): string;
  /** Why signed requests fail by now, as far as is known: the session ended, or OCI refuses the signature. */
  problem(): CliError | null;
}

/** The time for a person to log in with the browser. */
const AUTHENTICATE_LIMIT_MS = 600_000;

/** The valid token of a session. If it has expired, the operator is asked to sign in again at a terminal; in a script it fails at once. */
async function liveToken(runtime: Runtime, options: GlobalOptions, profile: Profile): Promise<SessionToken> {
  const { authenticate, authenticateLine } = renewal(profile, runtime, options);
  const problemNow = (): { token: SessionToken } | { error: CliError } => {
    try {
      const token = readSessionToken(profile, authenticateLine);
      const now = runtime.clock.now();
      return now < token.expiresAt ? { token } : { error: expired(profile, token, now, authenticateLine) };
    } catch (error) {
      if (error instanceof CliError && error.code === "TOKEN_UNUSABLE") return { error };
      throw error;
    }
  };
  const first = problemNow();
  if ("token" in first) return first.token;
  // A pipe would wait forever for an answer that never comes, and --json belongs to a script.
  if (!runtime.isTerminal.stdin || !runtime.isTerminal.stderr || options.json) throw first.error;
  runtime.writeError(`${first.error.message}.\n`);
  const answer = await runtime.ask(`Run ${authenticateLine} now? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw first.error;
  const code = await runtime.execute("oci", authenticate, AUTHENTICATE_LIMIT_MS);
  if (code !== 0) {
    const isAbsent = code === "absent";
    throw new CliError("SESSION_EXPIRED", {
      what: isAbsent
        ? "the program oci is not installed, or not on the PATH"
        : code === null
          ? `oci session authenticate did not end within ${AUTHENTICATE_LIMIT_MS / MINUTE_MS} minutes`
          : `oci session authenticate ended with ${code}`,
      means: "there is still no session",
      next: isAbsent
        ? `install the OCI command line, for example with pip install oci-cli, then run ${authenticateLine}`
        : `run ${authenticateLine}`,
    });
  }
  const second = problemNow();
  if ("token" in second) return second.token;
  throw second.error;
}

/** Who signs. */
interface Found {
  readonly principal: Principal;
  readonly region: string | null;
  readonly tenancy: string | null;
}

/** @throws CliError if a part of the credential is missing, or the session has ended */
export async function identify(runtime: Runtime, options: GlobalOptions, chosen: ChosenAuth): Promise<Found> {
  switch (chosen.kind) {
    case "resource-principal":
      return resourcePrincipal(runtime);
    case "instance-principal":
      try {
        return { ...(await runtime.instancePrincipal()), tenancy: null };
      } catch {
        throw new CliError("PRINCIPAL_MISSING", {
          what: "the instance's metadata service returned no principal",
          means: "this is not an OCI compute instance, or its certificates cannot be reached",
          next: "run it on an instance of a dynamic group, or choose another --auth",
        });
      }
    case "api-key": {
      const { profile } = chosen;
      return { principal: apiKeyPrincipal(profile), region: profile.get("region"), tenancy: profile.need("tenancy") };
    }
    case "session": {
      const { profile } = chosen;
      // The token names user and tenancy: a profile written by hand may lack tenancy and fingerprint.
      for (const key of ["key_file", "security_token_file"]) profile.need(key);
      const token = await liveToken(runtime, options, profile);
      const { authenticateLine } = renewal(profile, runtime, options);
      const principal = sessionPrincipal(profile, token, runtime.clock, authenticateLine);
      return { principal, region: profile.get("region"), tenancy: token.tenancy ?? profile.get("tenancy") };
    }
  }
}

/** What to do if OCI refuses the signature. */
function nextOf(runtime: Runtime, chosen: ChosenAuth, options: GlobalOptions): string {
  switch (chosen.kind) {
    case "session":
      return `correct the clock if it is off, otherwise run ${renewal(chosen.profile, runtime, options).authenticateLine}`;
    case "api-key":
      return `correct the clock if it is off, otherwise compare user, key and fingerprint of ${chosen.profile.words} with the API keys of the user in the console`;
    default:
      return "correct the clock if it is off, otherwise try again in a few minutes";
  }
}

/**
 * Signs in as the options, the config file and the environment say. Sends no request, except for instance principals.
 * @param warn is called for files that others may read
 * @throws CliError with exit code 3
 */
export async function signIn(
  runtime: Runtime,
  options: GlobalOptions,
  warn: (text: string) => void,
): Promise<SignedIn> {
  const chosen = chooseAuth(runtime, options, warn);
  const { principal, region: ownRegion, tenancy } = await identify(runtime, options, chosen);
  const region = chooseRegion(runtime, options, ownRegion);
  const watch = watchSignIn(new DefaultRequestSigner(principal), runtime.transport, nextOf(runtime, chosen, options));
  const { signer, problem } = watch;
  const endpoint = (service: OciService) => endpointOf(service, options.endpoint, region);
  const { vaultEndpoint, secretsEndpoint, notificationsEndpoint } = localSettings(runtime);
  return {
    kind: chosen.kind,
    region,
    tenancy,
    as: identityText({ ...chosen, tenancy, region }),
    signer,
    override: options.endpoint,
    endpoint,
    problem,
    access: {
      transport: watch.transport,
      signer,
      vaultEndpoint: (options.endpoint === null ? vaultEndpoint : null) ?? endpoint("vault"),
      secretsEndpoint: (options.endpoint === null ? secretsEndpoint : null) ?? endpoint("secrets"),
      notificationsEndpoint: (options.endpoint === null ? notificationsEndpoint : null) ?? endpoint("notifications"),
    },
  };
}
