import { sourceOptions } from "../clients/source-options.ts";
import { compartmentId, flag, functionId, interval, keyId, listOf, oneOf, optional, text, vaultId } from "../fields.ts";

export const adoptOptions = {
  ...sourceOptions,
  stdin: { flags: "--stdin", does: "read clients and values from standard input, CSV or JSON", takes: flag },
  compartment: {
    flags: "--compartment <ocid...>",
    does: "compartments to look for secrets that hold a client already; new secrets are made in the first",
    takes: listOf(compartmentId),
  },
  vault: {
    flags: "--vault <ocid>",
    does: "the vault in which a name of --authority is looked up (default: OROT_CLI_VAULT, then any vault)",
    takes: optional(vaultId),
  },
  vaultId: { flags: "--vault-id <ocid>", does: "the vault for new secrets", takes: vaultId },
  keyId: { flags: "--key-id <ocid>", does: "the key of that vault that encrypts them", takes: keyId },
  place: {
    flags: "--place <file>",
    does: "a JSON file that names compartment, vault and key for owners' new secrets; the others go where the options say",
    takes: optional(text),
  },
  names: {
    flags: "--names <template>",
    does: "names of new secrets, with {client}, {issuer}, {realm} and {tenant}",
    takes: text,
    default: "oauth-{client}",
  },
  function: {
    flags: "--function <function-id>",
    does: "the function that rotates them",
    takes: optional(functionId),
  },
  every: {
    flags: "--every <days>",
    does: "switch the schedule on, with this many days between rotations",
    takes: optional(interval),
  },
  spread: {
    flags: "--spread <days>",
    does: "shorten each interval by less than this, so that they do not all fall due in one night",
    takes: optional(interval),
  },
  owner: {
    flags: "--owner <text>",
    does: "owner of those without one in the input, whatever the issuer says",
    takes: optional(text),
  },
  contact: {
    flags: "--contact <text>",
    does: "contact of those without one in the input, likewise",
    takes: optional(text),
  },
  bind: {
    flags: "--bind",
    does: "without a tag entry: add the missing entries to mayRotate in the authority's secret, in one write",
    takes: flag,
  },
  definedTag: {
    flags: "--defined-tag <namespace.key=value...>",
    does: "defined tags for each new secret, such as those that the compartment demands",
    takes: listOf(text),
  },
  unproven: {
    flags: "--unproven",
    does: "also store the secret of a disabled client, which no login can prove",
    takes: flag,
  },
  add: {
    flags: "--add",
    does: "give a new value beside the old one: UAA, if nobody knows the old one; Keycloak, if it has expired",
    takes: flag,
  },
  reset: {
    flags: "--reset <client...>",
    does: "have the issuer make a new value for these client ids, if none is known; the one in use dies at once",
    takes: listOf(text),
  },
  via: {
    flags: "--via <way>",
    does: "who has a new value made: function (the default with --function), or local: you, from here",
    takes: optional(oneOf("function", "local")),
  },
  dryRun: {
    flags: "--dry-run",
    does: "say what would be done; sends only reads, and with --add logins without a secret",
    takes: flag,
  },
};
