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
  running: "was started before",
  expired: "its secret has ended: rotate it, or regenerate it in the console",
  "no-secret": "does not log in by a client secret",
  "not-met": "the policy does not meet it",
  unknown: "the realm shows no such client",
};
const FINE: readonly StartedClient["outcome"][] = ["started", "running"];

/** All but the administrator's own client: its secret would begin to end unnoticed. */
async function allBut(realm: Realm): Promise<string[]> {
  const found: string[] = [];
  for await (const { clientId } of clientsWithSecrets(realm)) {
    if (clientId !== realm.administrator) found.push(clientId);
  }
  return found;
}

export const startPolicy = defineCommand({
  name: "start",
  summary: "have existing clients come under the policy now",
  description: `A client policy takes hold of an existing client at the first change of it; logging in with client credentials is none. This command gives each client
the policy's client role, where it asks for one, and makes a change that changes nothing else, so that its secret gets its end. The secret stays the same. Asks first.

--all takes every client that logs in by a client secret, but for the administrator's own; only for a policy by access type. A client whose secret has ended already is
left alone: Keycloak would make a new one that nobody stores.

It may be repeated: what is started is not started again. Exit code 4: some client was not started. The service account needs manage-clients and view-realm.`,
  arguments: place,
  options: {
    authority,
    name,
    client: { flags: "--client <client-id...>", does: "these clients", takes: listOf(text) },
    all: { flags: "--all", does: "every client that logs in by a client secret", takes: flag },
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
        what: values.all ? "--all goes with no --client" : "neither --client nor --all was given",
        next: "give one of them",
      });
    }
    const realm = await openRealm(context, values);
    const meets = meetsOf(await readPolicies(realm), values.name);
    if (meets === null) {
      throw new CliError("ANSWERED", {
        code: "POLICY_MISSING",
        what: `the realm has no policy ${values.name} of this command's making`,
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
    if (done.length < clientIds.length) out.warn(`${clientIds.length - done.length} clients are left; run it again`);
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
