/** A machine: variables, files below its home folder, and words of the command line. `HOME` in values is the home folder. */
export interface Given {
  readonly environment?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly words?: readonly string[];
}

const rc = (name: string) => `[OCI_CLI_SETTINGS]\ndefault_profile = ${name}\n`;

/** The profiles of the config file at home, each with a tenancy of its own, and another file with a DEFAULT. */
const REGIONS = { DEFAULT: "us-ashburn-1", TWO: "uk-london-1", THREE: "sa-vinhedo-1" } as const;
export const tenancyOf = (name: string) => `ocid1.tenancy.oc1..${name.toLowerCase()}`;

/** @param known lines of a profile that signs in */
export function configFilesOf(known: string): { readonly config: string; readonly other: string } {
  const profile = (name: string, tenancy: string, region: string) =>
    known
      .replace("[DEFAULT]", `[${name}]`)
      .replace(/^tenancy=.*$/m, `tenancy=${tenancyOf(tenancy)}`)
      .replace(/^region=.*$/m, `region=${region}`);
  const profiles = Object.entries(REGIONS).map(([name, region]) => profile(name, name, region));
  return { config: profiles.join(""), other: profile("DEFAULT", "other", REGIONS.DEFAULT) };
}

/** What is chosen, the machine, whose tenancy is worked in, and what chose the profile. `oci` chooses the same. */
export const chosenProfiles: readonly (readonly [what: string, given: Given, tenancy: string, by: string | null])[] = [
  ["DEFAULT", {}, "default", null],
  ["that of OCI_CLI_PROFILE", { environment: { OCI_CLI_PROFILE: "TWO" } }, "two", "OCI_CLI_PROFILE"],
  [
    "that of --profile before it",
    { environment: { OCI_CLI_PROFILE: "TWO" }, words: ["--profile", "THREE"] },
    "three",
    "--profile",
  ],
  [
    "default_profile at home",
    { files: { ".oci/oci_cli_rc": rc("TWO") } },
    "two",
    "default_profile in HOME/.oci/oci_cli_rc",
  ],
  [
    "OCI_CLI_PROFILE before default_profile",
    { environment: { OCI_CLI_PROFILE: "THREE" }, files: { ".oci/oci_cli_rc": rc("TWO") } },
    "three",
    "OCI_CLI_PROFILE",
  ],
  [
    "default_profile where OCI_CLI_RC_FILE says",
    { environment: { OCI_CLI_RC_FILE: "HOME/rc" }, files: { rc: rc("TWO") } },
    "two",
    "default_profile in HOME/rc",
  ],
  [
    "default_profile at home before it",
    { environment: { OCI_CLI_RC_FILE: "HOME/rc" }, files: { rc: rc("TWO"), ".oci/oci_cli_rc": rc("THREE") } },
    "three",
    "default_profile in HOME/.oci/oci_cli_rc",
  ],
  [
    "default_profile of the older file",
    { files: { ".oci/cli-defaults": rc("THREE") } },
    "three",
    "default_profile in HOME/.oci/cli-defaults",
  ],
  [
    "DEFAULT where that file chooses none",
    { files: { ".oci/oci_cli_rc": "[OCI_CLI_SETTINGS]\nuse_click_help=True\n" } },
    "default",
    null,
  ],
  ["in the file of OCI_CLI_CONFIG_FILE", { environment: { OCI_CLI_CONFIG_FILE: "HOME/other" } }, "other", null],
  [
    "in the file of --config-file before it",
    { environment: { OCI_CLI_CONFIG_FILE: "HOME/gone" }, words: ["--config-file", "HOME/other"] },
    "other",
    null,
  ],
  [
    "in the file at home before that of OCI_CONFIG_FILE",
    { environment: { OCI_CONFIG_FILE: "HOME/other" } },
    "default",
    null,
  ],
];

/** What is wrong, the machine, and our words for it. `oci` refuses too. */
export const refusedChoices: readonly (readonly [what: string, given: Given, words: string])[] = [
  [
    "a profile of OCI_CLI_PROFILE that the file lacks",
    { environment: { OCI_CLI_PROFILE: "NONE" } },
    "has no profile NONE, which OCI_CLI_PROFILE names",
  ],
  [
    "a profile of default_profile that the file lacks",
    { files: { ".oci/oci_cli_rc": rc("NONE") } },
    "oci_cli_rc names",
  ],
  ["an empty OCI_CLI_PROFILE", { environment: { OCI_CLI_PROFILE: "" } }, "OCI_CLI_PROFILE is set, but empty"],
  [
    "an empty OCI_CLI_CONFIG_FILE",
    { environment: { OCI_CLI_CONFIG_FILE: "" } },
    "OCI_CLI_CONFIG_FILE is set, but empty",
  ],
  ["an empty OCI_CLI_AUTH", { environment: { OCI_CLI_AUTH: "" } }, "OCI_CLI_AUTH is set, but empty"],
  [
    "a file of OCI_CLI_CONFIG_FILE that is not there",
    { environment: { OCI_CLI_CONFIG_FILE: "HOME/gone" } },
    "there is no config file at",
  ],
  [
    "an OCI_CLI_AUTH that is not known here",
    { environment: { OCI_CLI_AUTH: "instance_obo_user" } },
    "OCI_CLI_AUTH names a way to sign in that is not known here",
  ],
  ["settings of oci that are broken", { files: { ".oci/oci_cli_rc": "[OCI_CLI_SETTINGS]\ndefault\n" } }, "line 2 of"],
];
