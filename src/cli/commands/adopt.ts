import { printable } from "../../base/printable.ts";
import { openCredential } from "../../clients/issuers/index.ts";
import { readValue } from "../../clients/issuers/inventory/read-value.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { addEntries, MOST_ENTRIES, tooManyEntries } from "../adopt/add-entries.ts";
import { bindingTagOf, missingEntries } from "../adopt/binding.ts";
import { carryOut, type Waiting } from "../adopt/carry-out.ts";
import { createHeal } from "../adopt/heal-part.ts";
import { readInput } from "../adopt/input.ts";
import { adoptOptions } from "../adopt/options.ts";
import { countedPlaces, readPlaces } from "../adopt/places.ts";
import { type PlanOptions, planForInput, planForList } from "../adopt/plan.ts";
import { requireNamesOnce, requireResets } from "../adopt/plan-checks.ts";
import { readBoth } from "../adopt/read-both.ts";
import { withConfirmedResets, withoutSecretless } from "../adopt/refine-plan.ts";
import { type Adopted, adopted, countsOf, type Line, lineOf, reportText } from "../adopt/report.ts";
import { requireRoom, takenRoom, withoutTaken } from "../adopt/room.ts";
import type { AdoptionParts } from "../adopt/task.ts";
import { readTags, requireUsable } from "../adopt/usage.ts";
import { createVaultParts } from "../adopt/vault-parts.ts";
import { CliError, problemOf } from "../cli-error.ts";
import { openSource } from "../clients/issuer-lists.ts";
import { join } from "../clients/join.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { placesOf } from "../inventory/inventory.ts";
import { openIssuerHttp } from "../issuer-admin.ts";
import { issuerPacer } from "../issuer-pace.ts";
import { readOwnership } from "../owner-tags.ts";
import { localSettings } from "../settings.ts";
import { intervalFor } from "../spread.ts";

const several = (count: number) => `${count} secret${count === 1 ? "" : "s"}`;

export const adoptCommand = defineCommand({
  name: "adopt",
  summary: "store clients of an issuer in Vault and have them rotated",
  description: `Brings clients that nobody rotates under rotation. For each client it gets the secret that works now, proves it by a login, creates a
secret in Vault, reads that back and proves it by another login, and sets who rotates it. Owner, contact and the tag that binds an authority are written with it.

The value comes from standard input (--stdin), or is read back from Keycloak or an identity domain by the authority. UAA and Ed-Fi show no
client secret: give the value. Nothing changes at the issuer unless --add or --reset says so.

--add: a UAA's client whose value nobody knows gets a second one of ours beside it. The old one works until oci-rotate retire --unknown. A client that
logs in without a secret is left alone, and one that holds two secrets already is refused by the UAA: give its value. Whether it holds two is not told beforehand.
At a Keycloak it is for clients whose client secret has expired, so that no value works. Each gets a new one. Where a client policy rotates secrets, the expired
one works again beside it for the grace (OROT_GRACE_HOURS); oci-rotate retire --unknown ends it before. You are asked once for all, unless --yes is given.
--reset: the issuer makes a new value for each named client whose value nobody knows, or of which the issuer refuses what is known. The one in use dies at once.
Each is asked about, unless --yes is given. For a client of a Keycloak it does what --add does.

For both, the secret is made first, with a placeholder that no application can take for a client secret. Then the authority is bound to it. Then the function
(--via local: you, from here) heals the secret, which has the value made, stored, proven and made CURRENT as after any lost value.

The clients are those of the input, or every client that clients --unmanaged would list. The input is a CSV with the header
clientId,realm,tenant,secret,owner,contact, of which only clientId is needed, or the JSON that clients --json prints. Values are never taken as arguments.

Begin with --dry-run. If a run was stopped, run it again: each step first looks for what is already done. One client's
problem never stops the others; the report names it, and the exit code is then 4. The authority's own client is left alone.

The schedule begins switched off unless --every is given: without --function a secret is stored and not rotated. Vault has no first date for a
schedule. With --spread each secret's interval is shorter than --every by its own number of days, from none to one less than --spread, by
its name. A repeated run sets the same; one without --spread, or schedule set, sets --every.

--place names a JSON file: {"owner": {"compartmentId": "...", "vaultId": "...", "keyId": "..."}}. Each owner's new secrets go there. A vault is named with its
key; what is left out is as in the options. Its compartments are searched too.`,
  arguments: {},
  options: adoptOptions,
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
    requireUsable(values);
    const lines = values.stdin ? readInput(await runtime.readInput()) : null;
    const given = placesOf(runtime, { compartment: values.compartment, vault: [] });
    const [compartmentId = ""] = given.compartmentIds;
    const usual = { compartmentId, vaultId: values.vaultId, keyId: values.keyId };
    const byOwner = values.place === undefined ? new Map<string, never>() : readPlaces(values.place, usual);
    const others = [...byOwner.values()].map((place) => place.compartmentId);
    // Every vault counts, whatever the operator's default is: a second secret for a client would make the first one wrong.
    const places = { compartmentIds: [...new Set([...given.compartmentIds, ...others])], vaultIds: [] };
    const source = await openSource(context, {
      ...values,
      realms: values.realm,
      zones: values.zone,
      tenants: values.tenant,
      probeEmpty: false,
    });
    const signedIn = await signIn();
    const { lists, held } = await readBoth(context, signedIn, source, places);
    const isComplete = lists.every((one) => one.isComplete);
    if (!isComplete) out.warn("the list moved while it was read, so a client may be missing; next: run it again");
    const settings = localSettings(runtime);
    const aliases = settings.issuerAliases ?? [];
    const joined = join(lists, held.clients, aliases);
    const options: PlanOptions = {
      template: values.names,
      owner: values.owner ?? null,
      contact: values.contact ?? null,
      placeFor: (owner) => (owner === null ? undefined : byOwner.get(owner)) ?? usual,
      scheduleFor: (secretName) => {
        const { function: functionId, every, spread } = values;
        if (functionId === undefined) return null;
        const intervalDays = every === undefined ? null : intervalFor(secretName, { every, spread });
        return { functionId, intervalDays, isScheduled: every !== undefined };
      },
      definedTags: readTags(values.definedTag),
      bindingTag: bindingTagOf(source.authority),
      mayBeUnproven: values.unproven,
      speaker: source.authority,
      tokenUrl: source.authority?.address.tokenUrl ?? null,
      adds: values.add,
      resets: values.reset,
      now: runtime.clock.now(),
    };
    const wished = lines === null ? planForList(joined, options) : planForInput(joined, lines, options);
    requireResets(wished, values.reset);
    requireNamesOnce(wished);
    const { http } = await openIssuerHttp(context);
    const access = { http, httpAtOnce: http, clock: runtime.clock, settings };
    const vault = createVaultParts(runtime, signedIn);
    const seen = await takenRoom(runtime, signedIn, places.compartmentIds);
    const planned = await withoutSecretless(await withoutTaken(wished, seen, vault), access);
    const tasks = planned.flatMap((one) => ("task" in one ? [one.task] : []));
    const entriesOf = (secrets: readonly Waiting[]) =>
      missingEntries(
        source.authority,
        secrets.map(({ task, secretId }) => ({ ...task, secretId, compartmentId: task.place.compartmentId })),
        aliases,
      );
    const finish = (all: readonly Line[], isDryRun: boolean, entries: Adopted["binding"]["entries"] = []) => {
      const { bindingTag } = options;
      const tag = bindingTag === null ? null : `${bindingTag.namespace}.${bindingTag.key}`;
      const data: Adopted = { isDryRun, counts: countsOf(all), binding: { tag, entries }, clients: [...all] };
      print(data, reportText(data));
      const { skipped, failed, unfinished } = data.counts;
      const isUnbound = values.bind && entries.length > 0;
      const isWhole = isComplete && !isUnbound && skipped + failed + unfinished === 0;
      return isWhole ? exitCodes.done : exitCodes.attention;
    };
    if (values.dryRun) {
      const idle = [...byOwner.keys()].filter(
        (owner) => !tasks.some(({ tags }) => readOwnership(tags).owner === owner),
      );
      if (idle.length > 0) out.warn(`--place names owners of no client to adopt: ${idle.map(printable).join(", ")}`);
      return finish(planned.map(lineOf), true);
    }
    if (tasks.length === 0) return finish(planned.map(lineOf), false);
    const fresh = tasks.filter(({ isCreated }) => !isCreated);
    requireRoom(seen, fresh.length);
    if (values.bind && options.bindingTag === null && tasks.length > MOST_ENTRIES) throw tooManyEntries();
    const wheres = countedPlaces(fresh.map(({ place }) => place)).map(
      (one) => `${several(one.secrets)} in ${one.compartmentId}`,
    );
    const what = wheres.length > 0 ? `Create ${wheres.join(", ")}` : `Go on with ${several(tasks.length)}`;
    if (!(await context.confirm(`${what}?`))) {
      throw new CliError("NOT_CONFIRMED", { what: "nothing was changed", next: "answer y, or add --yes" });
    }
    const agreed = await withConfirmedResets(planned, context);
    const authorityId = values.authority ?? "";
    const parts: AdoptionParts = {
      ...vault,
      mayBeUnproven: values.unproven,
      readValue: (client) => readValue(source.reader, client),
      open: (stored) =>
        openCredential(parseContent(stored), access, {
          ...{ origins: settings.issuerOrigins, aliases, onCrossing: () => undefined },
        }),
      heal: createHeal(context, signedIn, {
        functionId: values.via === "local" ? null : (values.function ?? null),
        authority: authorityId,
      }),
    };
    let done = 0;
    let entries: Adopted["binding"]["entries"] = [];
    const results = await carryOut(agreed, parts, {
      signal: runtime.signal,
      whenRoom: issuerPacer(runtime).run,
      onDone: (clientId, outcome) => {
        done += 1;
        out.note(`${done} of ${tasks.length}: ${printable(clientId)} ${outcome}`);
      },
      bind: async (secrets) => {
        entries = [...entriesOf(secrets)];
        if (entries.length === 0 || !values.bind || runtime.signal.aborted) return;
        if (!(await context.confirm(`Add ${entries.length} entries to mayRotate in the authority's secret?`))) return;
        try {
          await addEntries(runtime, signedIn, authorityId, entries);
          entries = [];
        } catch (thrown) {
          // The secrets are made, and the report names them and the entries.
          const { what, next } = problemOf(thrown);
          out.warn(`the entries were not added: ${printable(what)}; next: ${printable(next)}`);
        }
      },
    });
    return finish(results, false, entries);
  },
});
