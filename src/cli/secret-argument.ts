import * as z from "zod/mini";
import { ocidPattern } from "../base/settings/kinds.ts";
import { compartmentId, type Field, listOf, optional, vaultId } from "./fields.ts";

// The arguments and options that name a secret, by its OCID or by its name.

const OCID = ocidPattern("vaultsecret");
/** As Vault allows them. What starts like an OCID is one, or it is mistyped: it is never tried as a name. */
const NAME = /^(?!ocid1\.)[\w.-]{1,255}$/i;

export const isSecretId = (given: string): boolean => OCID.test(given);

/** What was typed; the program puts the OCID in its place before the command starts. */
const secret: Field<string> = z
  .string()
  .check(
    z.refine(
      (given) => isSecretId(given) || NAME.test(given),
      "the name of a Vault secret, or its OCID, ocid1.vaultsecret...",
    ),
  );

const DOES = "name or OCID of the secret in Vault";

export const secretArgument = {
  secretId: { flags: "<secret>", does: DOES, takes: secret, isSecret: true },
} as const;
export const optionalSecretArgument = {
  secretId: { flags: "[secret]", does: DOES, takes: optional(secret), isSecret: true },
} as const;
export const secretsArgument = {
  secretIds: {
    flags: "[secret...]",
    does: "names or OCIDs of secrets in Vault",
    takes: listOf(secret),
    isSecret: true,
  },
} as const;
/** @param does what the secret is for */
export const secretOption = (flag: string, does: string) =>
  ({ flags: `${flag} <secret>`, does, takes: secret, isSecret: true }) as const;

/** The same where it may be left out, of a command whose `--compartment` has a purpose of its own. */
export const optionalSecretOption = (flag: string, does: string) =>
  ({ flags: `${flag} <secret>`, does, takes: optional(secret), isSecret: true, sharesPlaces: true }) as const;

/** Where a name is looked up. Every command that takes a secret has these, or options of these names with more to them. */
export const namePlaceOptions = {
  compartment: {
    flags: "--compartment <ocid>",
    does: "the compartment in which the name is looked up (default: OROT_CLI_COMPARTMENT, then OROT_HEAL_COMPARTMENT_IDS)",
    takes: optional(compartmentId),
  },
  vault: {
    flags: "--vault <ocid>",
    does: "the vault in which the name is looked up (default: OROT_CLI_VAULT, then any vault)",
    takes: optional(vaultId),
  },
} as const;

/**
 * Where a command looks that takes more than one place.
 * @param does what it looks for there
 */
export const placesOptions = (does: string) =>
  ({
    compartment: {
      flags: "--compartment <ocid...>",
      does: `${does} (default: OROT_CLI_COMPARTMENT, then OROT_HEAL_COMPARTMENT_IDS)`,
      takes: listOf(compartmentId),
    },
    vault: {
      flags: "--vault <ocid...>",
      does: "only secrets in these vaults (default: OROT_CLI_VAULT)",
      takes: listOf(vaultId),
    },
  }) as const;
