import { CliError } from "../cli-error.ts";
import { type AuthKind, authKindOf, authKinds, type GlobalOptions } from "../global-options.ts";
import type { Runtime } from "../runtime.ts";
import { type Profile, readProfile } from "./config-file.ts";
import { variable } from "./oci-variables.ts";
import { warnOfOpenFiles } from "./open-files.ts";

export type ChosenAuth =
  | { readonly kind: "session" | "api-key"; readonly profile: Profile }
  | { readonly kind: "resource-principal" | "instance-principal"; readonly profile: null };

/** `--auth`, then OCI_CLI_AUTH; null: the profile decides. */
function givenKind(runtime: Pick<Runtime, "environment">, { auth }: Pick<GlobalOptions, "auth">): AuthKind | null {
  const text = auth === null ? variable(runtime, "OCI_CLI_AUTH") : null;
  if (text === null) return auth;
  const kind = authKindOf(text);
  if (kind !== null) return kind;
  throw new CliError("PRINCIPAL_MISSING", {
    what: "OCI_CLI_AUTH names a way to sign in that is not known here",
    means: "nothing was signed",
    next: `give --auth with one of ${authKinds.join(", ")}`,
  });
}

/**
 * The result of `--auth`, `--profile` and the variables of `oci`. Only the config file is read for it.
 * @param warn is called for files that others may read
 */
export function chooseAuth(
  runtime: Runtime,
  options: Pick<GlobalOptions, "auth" | "configFile" | "profile" | "region">,
  warn: (text: string) => void,
): ChosenAuth {
  const kind = givenKind(runtime, options);
  if (kind === "resource-principal" || kind === "instance-principal") return { kind, profile: null };
  const profile = readProfile(runtime, options);
  warnOfOpenFiles(profile, runtime, warn);
  return { kind: kind ?? (profile.isSession ? "session" : "api-key"), profile };
}

export const KIND_WORDS: Readonly<Record<AuthKind, string>> = {
  session: "a session",
  "api-key": "an API key",
  "resource-principal": "the resource principal of this machine",
  "instance-principal": "the principal of this instance",
};

/** Who acts, where: for doctor, session and the confirmation of changes. */
export interface Identity {
  readonly kind: AuthKind;
  readonly profile: Profile | null;
  readonly tenancy: string | null;
  readonly region: string | null;
}

/** `profile PROD (OCI_CLI_PROFILE), an API key, tenancy ocid1..., region ...` */
export function identityText({ kind, profile, tenancy, region }: Identity): string {
  const by = profile === null || profile.by === null ? "" : ` (${profile.by})`;
  const who = profile === null ? "" : `${profile.file === null ? profile.words : `profile ${profile.name}`}${by}, `;
  return `${who}${KIND_WORDS[kind]}, tenancy ${tenancy ?? "not known"}, region ${region ?? "not set"}`;
}
