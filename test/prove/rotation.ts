import { acknowledgementBy } from "./acknowledged.ts";
import { SUBSCRIBERS } from "./setup.ts";
import type { Flow } from "./types.ts";
import type { Call, Process, World } from "./world.ts";

export const stepNames = [
  "VERIFY_CONNECTION",
  "CREATE_PENDING_VERSION",
  "UPDATE_TARGET_SYSTEM",
  "PROMOTE_PENDING_VERSION",
] as const;

/** How a rotation departs from the ordinary. */
export interface Plan {
  /** Indexes into the four steps, in the order in which they are called; ordinary: 0, 1, 2, 3. A failure does not end them. */
  readonly order: readonly number[] | null;
  /** The deadline of one of its calls. */
  readonly deadline: { readonly call: number; readonly seconds: number } | null;
}

/** Of four steps. */
export interface Steps {
  /** Those that are done already, by this process. */
  readonly done?: readonly Call[];
  /** Called before each call but the first. */
  readonly onNext?: () => Promise<void>;
}

/** A rotation as Vault runs it (four calls, ended by the first that is not answered 200), or as one call, or followed by what ends the overlap. */
export async function runRotation(
  process: Process,
  world: World,
  flow: Flow,
  plan: Plan | null,
  steps: Steps = {},
): Promise<{ readonly calls: Call[]; readonly isWell: boolean }> {
  const { setup } = world;
  const { secretId } = setup;
  const secondsOf = (call: number) => (plan?.deadline?.call === call ? plan.deadline.seconds : undefined);
  if (flow !== "four-steps") {
    const reason = flow === "compromised" ? { reason: "compromised" } : {};
    const rotation = await process.call({ secretId, ...reason }, secondsOf(0));
    if (flow === "acknowledged") {
      const calls = [rotation, ...(await acknowledgeAll(process, world))];
      return { calls, isWell: process.isAlive && calls.every(isOk) };
    }
    if (flow !== "retire" || !process.isAlive) return { calls: [rotation], isWell: isOk(rotation) };
    const retirement = await process.call({ secretId, action: "retire" }, secondsOf(1));
    return { calls: [rotation, retirement], isWell: isOk(rotation) && isOk(retirement) };
  }
  const order = plan?.order ?? [0, 1, 2, 3];
  const calls: Call[] = [];
  const answered = new Map<number, number | null>();
  const made = (index: number) =>
    steps.done?.[calls.length] ??
    runStep(process, { setup }, index, versionNoFor(index, answered), secondsOf(calls.length));
  for (const index of order) {
    if (calls.length > 0) await steps.onNext?.();
    const call = await made(index);
    calls.push(call);
    if (call.end?.kind === "answered") answered.set(index, call.end.answer.versionNo);
    if (!isOk(call) && (plan?.order === null || plan === null || !process.isAlive)) return { calls, isWell: false };
  }
  return { calls, isWell: calls.every(isOk) };
}

/** Each subscriber says that it has CURRENT, and a heal looks before the first of them and after each. */
async function acknowledgeAll(process: Process, world: World): Promise<Call[]> {
  const heal = { secretId: world.setup.secretId, action: "heal" };
  const events = [heal, ...SUBSCRIBERS.flatMap((endpoint) => [acknowledgementBy(endpoint, world), heal])];
  const calls: Call[] = [];
  for (const event of events) if (process.isAlive && event !== null) calls.push(await process.call(event));
  return calls;
}

/** One step, by its index; the first two take no version number. */
export function runStep(
  process: Process,
  { setup: { secretId } }: Pick<World, "setup">,
  index: number,
  versionNo: number | null,
  seconds: number | undefined,
): Promise<Call> {
  const step = stepNames[index];
  return process.call(index < 2 ? { step, secretId } : { step, secretId, versionNo }, seconds);
}

/** As Vault hands it on: UPDATE gets what VERIFY answered, PROMOTE what UPDATE answered; of a step left out, what the one before did. */
export function versionNoFor(index: number, answered: ReadonlyMap<number, number | null>): number | null {
  if (index === 2) return answered.get(0) ?? null;
  return answered.get(2) ?? answered.get(1) ?? null;
}

export function isOk({ end }: Call): boolean {
  return end?.kind === "answered" && end.answer.responseCode === 200;
}
