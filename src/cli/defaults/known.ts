import * as z from "zod/mini";
import { isSafeOrigin } from "../../base/origin.ts";
import { compartmentId, type Field, oneOf, text, vaultId } from "../fields.ts";
import { authKinds } from "../global-options.ts";

/** Several values, with commas or blanks between them. */
export const listed = (given: string): readonly string[] => given.split(/[\s,]+/).filter((part) => part !== "");

const severalOf = (field: Field<string>): Field<string> =>
  z
    .string()
    .check(
      z.refine((given) => listed(given).length > 0 && listed(given).every((one) => z.safeParse(field, one).success)),
    );

const endpoint: Field<string> = z.string().check(z.refine(isSafeOrigin));

interface Known {
  readonly takes: Field<string>;
  /** Completes "... takes". */
  readonly words: string;
}

/** The options that can have a default of the operator's own. In the file they have these names, in the environment `OROT_CLI_` and capitals. */
export const known: Readonly<Record<string, Known>> = {
  profile: { takes: text, words: "the name of a profile" },
  "config-file": { takes: text, words: "a path" },
  region: { takes: text, words: "a region, such as us-ashburn-1" },
  endpoint: { takes: endpoint, words: "an https URL without a path; http only on loopback" },
  auth: { takes: oneOf(...authKinds), words: `one of ${authKinds.join(", ")}` },
  compartment: { takes: severalOf(compartmentId), words: "OCIDs of compartments, with commas between them" },
  vault: { takes: severalOf(vaultId), words: "OCIDs of vaults, with commas between them" },
};

export const PREFIX = "OROT_CLI_";
/** `config-file` is OROT_CLI_CONFIG_FILE. */
export const variableOf = (name: string): string => `${PREFIX}${name.replaceAll("-", "_").toUpperCase()}`;
