/** The drills of a whole compartment, and of the rights on it. */
import type { CliWorld } from "../../support/cli.ts";
import { DAY_MS, FLEET_COMPARTMENT, fleetIn } from "../../support/cli-fleet.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";
import type { Drill } from "./drill.ts";
import { giveBack, hasAllRights, policies, takeAway } from "./rights.ts";
import { rotatedByFunction, theSecret } from "./worlds.ts";

const SIZE = 4;

interface Client {
  readonly secretId: string;
  readonly clientId: string;
}

/** What a drill of many remembers of its world. */
interface Fleet {
  readonly clients: readonly Client[];
  /** The values that must not log in any more. */
  readonly known: readonly string[];
}
const fleets = new WeakMap<CliWorld, Fleet>();

function valueIn(w: CliWorld, { secretId }: Client): string {
  const { admin } = w.emulator;
  const { number = 0 } = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT")) ?? {};
  return JSON.parse(admin.content(secretId, number) ?? "{}").appSecret;
}

/** A compartment of secrets that the function rotates. */
function fleetOf(w: CliWorld): readonly Client[] {
  const { secretIds, clientIds } = fleetIn(w, SIZE);
  for (const id of secretIds) w.emulator.admin.secret(id).nextRotationAt = w.clock.now() + 30 * DAY_MS;
  return secretIds.map((secretId, index) => ({ secretId, clientId: clientIds[index] ?? "" }));
}

/** Each CURRENT logs in, and none of the known values does. */
function isFleetWell(w: CliWorld): boolean {
  const { clients, known } = fleets.get(w) ?? { clients: [], known: [] };
  const { admin } = w.emulator;
  const isKnown = (clientId: string) => known.some((value) => admin.login(clientId, value) === "accepted");
  return (
    clients.length === SIZE &&
    clients.every(
      (client) => admin.login(client.clientId, valueIn(w, client)) === "accepted" && !isKnown(client.clientId),
    )
  );
}

const inCompartment = () => ({ COMPARTMENT: FLEET_COMPARTMENT });

/** Every value of the compartment is known to somebody else. */
export const everythingToday: Drill = {
  begin: async (w) => {
    const clients = fleetOf(w);
    fleets.set(w, { clients, known: clients.map((client) => valueIn(w, client)) });
    await w.clock.sleep(DAY_MS);
  },
  variables: inCompartment,
  // The second run of the same line must find nothing to do.
  isWell: (w) =>
    isFleetWell(w) &&
    fleets.get(w)?.clients.every(({ clientId }) => w.emulator.admin.app(clientId).mints === 1) === true,
};

/** All have been rotated since the backup, which holds the values from before. */
export const issuerRestored: Drill = {
  begin: async (w) => {
    const clients = fleetOf(w);
    const backup = new Map(clients.map((client) => [client.clientId, valueIn(w, client)]));
    await w.clock.sleep(DAY_MS);
    for (const { secretId } of clients) await w.call({ secretId });
    await w.clock.sleep(DAY_MS);
    for (const [clientId, value] of backup) regenerateByHand({ ...w, app: { ...w.app, clientId } }, value);
    fleets.set(w, { clients, known: [...backup.values()] });
  },
  variables: inCompartment,
  isWell: isFleetWell,
};

/** The policy goes while a rotation is under way, right after the issuer has made a new value. */
export const rightsLost: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    await Promise.race([w.rotate(), w.clock.sleep(900_000)]);
    takeAway(w, policies.useSecrets);
  },
  variables: theSecret,
  byHand: {
    "apply the policies again (`terraform apply`, or deploying.md, section 6), and wait 15 minutes.": async (w) => {
      giveBack(w);
      await w.clock.sleep(900_000);
    },
  },
  isWell: (w) => w.currentVerdict() === "accepted" && hasAllRights(w),
};
