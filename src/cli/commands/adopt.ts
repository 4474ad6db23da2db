import { mapConcurrent } from "../../base/map-concurrent.ts";
import type { DefinedTags, TagKey } from "../../base/place.ts";
import { membersOf } from "../../clients/issuers/authority-entries.ts";
import type { Client } from "../../clients/issuers/client.ts";
import { openCredential } from "../../clients/issuers/index.ts";
import { requireAdmitted } from "../../clients/issuers/origins.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { type Adoption, type AdoptionParts, adopt } from "../adopt/adopt-one.ts";
import { readInput } from "../adopt/input.ts";
import { namesTwice, type PlanOptions, planForInput, planForList } from "../adopt/plan.ts";
import { type Adopted, adopted, countsOf, type Line, lineOf, reportText } from "../adopt/report.ts";
import { namesClient } from "../adopt/secret-name.ts";
import { createVaultParts, requireRoom } from "../adopt/vault-parts.ts";
import { CliError } from "../cli-error.ts";
import { type OpenedSource, openSource, type PlacedList } from "../clients/issuer-lists.ts";
import { join } from "../clients/join.ts";
import { sourceOptions } from "../clients/source-options.ts";
import { clientsInVault } from "../clients/vault-clients.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { compartmentId, flag, functionId, listOf, ocid, optional, text, vaultId, wholeNumber } from "../fields.ts";
import { placesOf } from "../inventory/inventory.ts";
import { openIssuerHttp } from "../issuer-admin.ts";
import { localSettings } from "../settings.ts";

/** Parallel adoptions: each waits for Vault most of the time. */
const AT_ONCE = 4;
const LONGEST_INTERVAL_DAYS = 360;

const DEFINED_TAG = /^([^.=]+)\.([^=]+)=(.*)$/;
function readTags(given: readonly string[]): DefinedTags {
  const tags: Record<string, Record<string, string>> = {};
  for (const one of given) {
    const [, namespace = "", key = "", value = ""] = DEFINED_TAG.exec(one) ?? [];
    if (namespace === "") {
      throw new CliError("USAGE", { what: "--defined-tag takes namespace.key=value", next: "correct it" });
    }
    tags[namespace] = { ...tags[namespace], [key]: value };
  }
  return tags;
}

/** The tag by which the authority's own secret binds clients to secrets. */
function bindingTagOf({ authority }: OpenedSource): TagKey | null {
  return authority?.mayRotate.find((entry) => entry.by === "tag")?.tag ?? null;
}

/** Where a place's credentials go, as a client without a name. */
const homeOf = ({ issuer, base, realm, tenant }: PlacedList["place"]): Client => ({
  ...{ issuer, base, realm, tenant, tokenUrl: null, clientId: "", subject: null },
});

export const adoptCommand = defineCommand({
  name: "adopt",
  summary: "store clients of an issuer in Vault and have them rotated",
  description: `Brings clients that nobody rotates under rotation. For each client it gets the secret that works now, proves it by a login, creates a
secret in Vault, reads that back and proves it by another login, and sets who rotates it. Owner, contact and the tag that binds an authority are written with it.

It changes nothing at the issuer. The value comes from standard input (--stdin), or is read back from Keycloak or an identity domain by the authority. UAA and Ed-Fi show no
client secret: give the value.

The clients are those of the input, or every client that clients --unmanaged would list. The input is a CSV with the header
clientId,realm,tenant,secret,owner,contact, of which only clientId is needed, or the JSON that clients --json prints. Values are never taken as arguments.

Begin with --dry-run. A run that was stopped goes on where it stopped when it is repeated: each step first looks for what is done already. One client's
problem never stops the others; the report names it, and the exit code is then 4.

The schedule begins switched off unless --every is given: without --function a secret is stored and not rotated.`,
  arguments: {},
  options: {
    ...sourceOptions,
    stdin: { flags: "--stdin", does: "read clients and values from standard input, CSV or JSON", takes: flag },
    compartment: {
      flags: "--compartment <ocid...>",
      does: "compartments to look for secrets that hold a client already; new secrets are made in the first",
      takes: listOf(compartmentId),
    },
    vaultId: { flags: "--vault-id <ocid>", does: "the vault for new secrets", takes: vaultId },
    keyId: { flags: "--key-id <ocid>", does: "the key of that vault that encrypts them", takes: ocid("key", "a key") },
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
      takes: optional(wholeNumber(1, LONGEST_INTERVAL_DAYS)),
    },
    owner: { flags: "--owner <text>", does: "owner of those without one in input or issuer", takes: optional(text) },
    contact: { flags: "--contact <text>", does: "contact of those without one", takes: optional(text) },
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
    dryRun: { flags: "--dry-run", does: "say what would be done; sends only reads", takes: flag },
  },
  data: adopted,
  examples: [
    {
      does: "what would be adopted from a Keycloak realm",
      line: "adopt --authority ocid1.vaultsecret.oc1.iad.admin --compartment ocid1.compartment.oc1..example --vault-id ocid1.vault.oc1.iad.example --key-id ocid1.key.oc1.iad.example --dry-run",
    },
    {
      does: "clients and values from a file that only you can read, rotated every 30 days",
      line: "adopt --authority ocid1.vaultsecret.oc1.iad.admin --stdin --compartment ocid1.compartment.oc1..example --vault-id ocid1.vault.oc1.iad.example --key-id ocid1.key.oc1.iad.example --function ocid1.fnfunc.oc1.iad.example --every 30 --yes < clients.csv",
    },
  ],
  async run(context, values) {
    const { runtime, out, signIn, print } = context;
    if (!namesClient(values.names)) {
      throw new CliError("USAGE", {
        what: "--names has no {client}, so all secrets would have one name",
        next: "add it",
      });
    }
    if (values.every !== undefined && values.function === undefined) {
      throw new CliError("USAGE", {
        what: "--every was given without --function",
        next: "name the function that rotates them",
      });
    }
    const lines = values.stdin ? readInput(await runtime.readInput()) : null;
    const places = placesOf(runtime, { compartment: values.compartment, vault: [] });
    const source = await openSource(context, {
      ...values,
      realms: values.realm,
      zones: values.zone,
      tenants: values.tenant,
      probeEmpty: false,
    });
    const lists: PlacedList[] = [];
    for (const place of source.places) {
      out.note(`reading clients of ${place.realm ?? place.zone ?? place.tenant ?? place.base}`);
      lists.push({ place, ...(await source.list(place)) });
    }
    out.note("reading secrets in Vault");
    const signedIn = await signIn();
    const held = await clientsInVault(runtime, signedIn, places);
    if (held.unread > 0) {
      throw new CliError("OCI_REFUSED", {
        what: `${held.unread} secrets in these compartments could not be read, and each may hold a client already`,
        means: "nothing was changed",
        next: 'grant yourself "read secret-bundles" there',
      });
    }
    const aliases = localSettings(runtime).issuerAliases ?? [];
    const joined = join(lists, held.clients, aliases);
    const options: PlanOptions = {
      template: values.names,
      owner: values.owner ?? null,
      contact: values.contact ?? null,
      definedTags: readTags(values.definedTag),
      bindingTag: bindingTagOf(source),
      mayBeUnproven: values.unproven,
    };
    const planned = lines === null ? planForList(joined, options) : planForInput(joined, lines, options);
    const [twice] = namesTwice(planned);
    if (twice !== undefined) {
      throw new CliError("USAGE", {
        what: `two clients would get the secret's name ${twice}`,
        means: "nothing was changed",
        next: "add {realm}, {tenant} or {issuer} to --names",
      });
    }
    for (const { place } of lists) requireAdmitted(homeOf(place), localSettings(runtime).issuerOrigins);
    const tasks = planned.flatMap((one) => ("task" in one ? [one.task] : []));
    const [into = ""] = places.compartmentIds;
    const finish = (all: readonly Line[], isDryRun: boolean) => {
      const bound = all.filter(({ outcome }) => outcome === "adopted");
      const ids = new Map(bound.map((one) => [one.secretName, one.secretId]));
      const ownTokenUrl = source.authority?.issuer.loginAt(source.authority.address).tokenEndpoint.url ?? "";
      const entries =
        options.bindingTag !== null || source.authority === null
          ? []
          : tasks.flatMap(({ client, secretName }) => {
              const id = ids.get(secretName);
              return id == null ? [] : [{ ...membersOf(client, ownTokenUrl), secretId: id }];
            });
      const tag = options.bindingTag === null ? null : `${options.bindingTag.namespace}.${options.bindingTag.key}`;
      const data: Adopted = { isDryRun, counts: countsOf(all), binding: { tag, entries }, clients: [...all] };
      print(data, reportText(data));
      const { skipped, failed } = data.counts;
      return skipped + failed > 0 ? exitCodes.attention : exitCodes.done;
    };
    if (values.dryRun) return finish(planned.map(lineOf), true);
    if (tasks.length === 0) return finish(planned.map(lineOf), false);
    await requireRoom(runtime, signedIn, places.compartmentIds, tasks.length);
    if (!(await context.confirm(`Create ${tasks.length} secrets in ${into}?`))) {
      throw new CliError("NOT_CONFIRMED", { what: "nothing was changed", next: "answer y, or add --yes" });
    }
    const { http } = await openIssuerHttp(context);
    const settings = localSettings(runtime);
    const parts: AdoptionParts = {
      ...createVaultParts(runtime, signedIn, { compartmentId: into, vaultId: values.vaultId }),
      reader: source.reader,
      place: { compartmentId: into, vaultId: values.vaultId, keyId: values.keyId },
      schedule:
        values.function === undefined
          ? null
          : {
              functionId: values.function,
              intervalDays: values.every ?? null,
              isScheduled: values.every !== undefined,
            },
      mayBeUnproven: values.unproven,
      open: (stored) =>
        openCredential(
          parseContent(stored),
          { http, httpAtOnce: http, clock: runtime.clock, settings },
          { origins: settings.issuerOrigins, aliases, onCrossing: () => undefined },
        ),
    };
    let done = 0;
    const results = await mapConcurrent(planned, AT_ONCE, async (one): Promise<Line> => {
      if (!("task" in one)) return lineOf(one);
      const told = lineOf(one);
      const result: Adoption = runtime.signal.aborted
        ? {
            outcome: "skipped",
            secretId: null,
            isProven: false,
            why: "the run was interrupted",
            next: "run it again: it goes on here",
          }
        : await adopt(one.task, parts);
      done += 1;
      out.note(`${done} of ${tasks.length}: ${told.clientId} ${result.outcome}`);
      return { ...told, ...result, secretName: told.secretName };
    });
    return finish(results, false);
  },
});
