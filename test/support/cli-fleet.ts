import type { Fleet as Made } from "../../src/emulator/fleet.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import type { CliRun, CliWorld } from "./cli.ts";

export const FLEET_COMPARTMENT = "ocid1.compartment.oc1..fleet";
export const DAY_MS = 86_400_000;
/** One rotation, and none, as `standOf` tells. */
export const ROTATED = "v3, 1 mints, accepted";
export const UNTOUCHED = "v1, 0 mints, accepted";

/** What `rotate --json` prints, as far as tests look at it. */
interface Shown {
  readonly total: number;
  readonly rotated: number;
  readonly planned: number;
  readonly already: number;
  readonly notDue: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly secrets: readonly {
    name: string;
    outcome: string;
    code: string;
    what: string;
    next: string;
    versionNo: number | null;
  }[];
}
export const shown = (run: CliRun) => run.json() as unknown as Shown;

/** Secrets in a compartment of their own, their rotations due one after the other over some days. */
export function fleetIn(w: CliWorld, count: number, dueWithinDays = 0): Made & { readonly functionId: string } {
  const functionId = w.deploy();
  const domainUrl = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
  const options = { count, domainUrl, functionId, compartmentId: FLEET_COMPARTMENT, dueWithinDays };
  return { functionId, ...createFleet(w.emulator.admin, w.clock.now(), options) };
}

/** Number of CURRENT, how often the issuer made a value, and whether it takes the one in CURRENT. */
export function standOf(w: CliWorld, fleet: Made, index: number): string {
  const { admin } = w.emulator;
  const secretId = fleet.secretIds[index] ?? "";
  const clientId = fleet.clientIds[index] ?? "";
  const number = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"))?.number ?? 0;
  const value = JSON.parse(admin.content(secretId, number) ?? "{}").appSecret;
  return `v${number}, ${admin.app(clientId).mints} mints, ${admin.login(clientId, value)}`;
}

/** Deploys a function that gives these answers, and then the last one for ever; `events`: what it was sent. */
export function answeringFunction(w: CliWorld, answers: readonly object[], last: object) {
  const functionId = w.deploy();
  const events: unknown[] = [];
  w.emulator.invoke = async (_functionId, event) => {
    events.push(JSON.parse(event.toString()));
    return { status: 200, body: JSON.stringify(answers[events.length - 1] ?? last) };
  };
  return { functionId, events };
}

/** Answers of the function to an action on many secrets. */
export const answerOk = { responseCode: 200, versionNo: null, returnMessage: "OK: some. Next: send it again." };
export const answerFailing = (line: string) => ({
  ...{ responseCode: 400, versionNo: null },
  returnMessage: `LOCKED_OUT: some. Next: read the log lines ${line}.`,
});
