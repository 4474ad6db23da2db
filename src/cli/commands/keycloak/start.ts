import * as z from "zod/mini";
import { printable } from "../../../base/printable.ts";
import { CliError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { flag, listOf, text } from "../../fields.ts";
import { openRealm, type Realm } from "../../keycloak/realm.ts";
import { meetsOf } from "../../keycloak/rotation-policy.ts";
import { clientsWithSecrets, type StartedClient, startClient } from "../../keycloak/start-client.ts";
import { renderTable } from "../../output/table.ts";
import { authority, name, place, readPolicies } from "./parameters.ts";

const started = z.object({
  clients: z.array(
    z.object({
      clientId: z.string(),
      outcome: z.enum(["started", "running", "expired", "no-secret", "not-met", "unknown"]),
      expiresAt: z.nullable(z.iso.datetime()),
    }),
  ),
});

const words: Readonly<Record<StartedClient["outcome"], string>> = {
  started: "started",
  running: "had been started before",
  expired: "its secret has expired: rotate it, or regenerate it in the console",
  "no-secret": "does not use a client secret",
  "not-met": "the policy does not match it",
  unknown: "the realm has no such client, or does not show it",
};
const FINE: readonly StartedClient["outcome"][] = ["started", "running"];

/** All clients except the administrator's own, whose secret would start to expire unnoticed. */
async function allBut(realm: Realm): Promise<string[]> {
  const found: string[] = [];
  for await (const { clientId } of clientsWithSecrets(realm)) {
    if (clientId !== realm.administrator) found.push(clientId);
  }
  return found;
}

export const startPolicy = defineCommand({
  name: "start",
  summary: "start existing clients on the policy now",
  description: `A client policy takes effect for an existing client at its next change; a login with client credentials is not a change.
This command gives each client the policy's client role, if the policy asks for one, and sends an update without changes, so that its secret
gets an expiry. The secret stays the same. Asks first.

--all takes every client that uses a client secret, except the administrator's own; it works only for a policy by access type. A client
whose secret has expired is skipped: Keycloak would generate a new one, and it would be stored nowhere.

It can be repeated: a client that was started is not started again. Exit code 4: at least one client was not started. The service account
needs manage-clients and view-realm.`,
  arguments: place,
  options: {
    authority,
    name,
    client: { flags: "--client <client-id...>", does: "these clients", takes: listOf(text) },
    all: { flags: "--all", does: "every client that uses a client secret", takes: flag },
  },
  data: started,
  examples: [
    {
      does: "two applications",
      line: "keycloak policy start https://sso.example.org shop --authority ocid1.vaultsecret.oc1.iad.admin --client till --client stock",
    },
  ],
  async run(context, values) {
    const { runtime, print, confirm, out } = context;
    if (values.client.length > 0 === values.all) {
      throw new CliError("USAGE", {
        what: values.all ? "--all and --client were both given" : "neither --client nor --all was given",
        next: "give exactly one of them",
      });
    }
    const realm = await openRealm(context, values);
    const meets = meetsOf(await readPolicies(realm), values.name);
    if (meets === null) {
      throw new CliError("ANSWERED", {
        code: "POLICY_MISSING",
        what: `the realm has no policy ${values.name} made by keycloak policy apply`,
        next: "run keycloak policy apply first, or name another with --name",
      });
    }
    if (values.all && meets.kind === "client-role") {
      throw new CliError("USAGE", {
        what: "--all would give every client the policy's role",
        next: "name the clients with --client",
      });
    }
    const clientIds = values.all ? await allBut(realm) : [...new Set(values.client)];
    if (!(await confirm(`Start ${clientIds.length} client${clientIds.length === 1 ? "" : "s"} on the policy?`))) {
      throw new CliError("NOT_CONFIRMED", { what: "no client was changed", next: "nothing" });
    }
    const done: StartedClient[] = [];
    for (const clientId of clientIds) {
      if (runtime.signal.aborted) break;
      done.push(await startClient(realm, clientId, meets, runtime.clock.now()));
    }
    if (done.length < clientIds.length)
      out.warn(`${clientIds.length - done.length} clients were not started; run it again`);
    const clients = done.map(({ clientId, outcome, expiresAt }) => ({
      clientId,
      outcome,
      expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
    }));
    print(
      { clients },
      renderTable(
        ["CLIENT", "SECRET ENDS", ""],
        clients.map(({ clientId, outcome, expiresAt }) => [printable(clientId), expiresAt ?? "-", words[outcome]]),
      ),
    );
    const isFine = done.length === clientIds.length && done.every(({ outcome }) => FINE.includes(outcome));
    return isFine ? exitCodes.done : exitCodes.attention;
  },
});
