import type { CallName } from "../../src/emulator/core/call-names.ts";
import { type FaultKind, faultKinds } from "../../src/emulator/core/faults.ts";
import type { Switches, SwitchName } from "../../src/emulator/core/switches.ts";
import type { Answer } from "../../src/rotation/handler.ts";
import { type FunctionProcess, startProcess } from "../support/processes.ts";
import { createWorld } from "../support/world.ts";
import { asTestWorld, outcomeOf, type TestWorld } from "../support/worlds.ts";

export type Flow = "four-steps" | "whole";

/** One fault at one remote call of the undisturbed run. */
export interface Schedule {
  readonly flow: Flow;
  readonly call: CallName;
  readonly occurrence: number;
  readonly kind: FaultKind;
}

export interface Result {
  /** `four-steps regenerate:1 killed-after` */
  readonly id: string;
  readonly kind: FaultKind;
  /** The fault struck at the mint or after it. */
  readonly isAfterMint: boolean;
  /** What the calls under the fault were answered; `killed` ends them. */
  readonly outcomes: readonly string[];
  /** The secret that the issuer accepts is in no version, and one more rotation or heal, undisturbed, does not replace it. */
  readonly isLost: boolean;
  /** What that further rotation or heal was answered; null where none was needed. */
  readonly later: string | null;
  /** What must never be, in words. */
  readonly violations: readonly string[];
}

/** How one world differs from another. */
export interface Setting {
  readonly switches: Partial<Pick<Switches, SwitchName>>;
  /** Another client of the domain may regenerate for this one, and the function is told of it. */
  readonly hasAuthority?: boolean;
}

/** Longer than the landing bound, the life of a claim and every emulated delay: a heal waits for nobody. */
const QUIET_MS = 200_000;
const ORIGIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;

async function run(process: FunctionProcess, flow: Flow, secretId: string): Promise<(Answer | null)[]> {
  return flow === "four-steps" ? process.steps(secretId) : [await process.call({ secretId })];
}

async function makeWorld({ switches }: Setting, texts: string[]): Promise<TestWorld> {
  return asTestWorld(await createWorld({ switches }), texts);
}

/** The configuration of every process in that world. */
function environmentOf(
  { hasAuthority = false }: Setting,
  { emulator, app, secretId: own }: TestWorld,
): Record<string, string> {
  if (!hasAuthority) return {};
  const { clientId, secret } = emulator.admin.createApp({ admin: true });
  const content = { kind: "client-secret", issuer: "oci-iam", url: ORIGIN, clientId, clientSecret: secret };
  const entry = { client: app.clientId, appId: app.appId, secretId: own };
  const text = JSON.stringify({ ...content, mayRotate: [entry] });
  return { OROT_AUTHORITY_SECRET_IDS: emulator.admin.createSecret({ name: "authority", content: text }) };
}

/** The four steps are followed by a heal, as its alarm or schedule would send it; a whole rotation by another one. */
function recoveryFrom(flow: Flow, secretId: string): Readonly<Record<string, string>> {
  return flow === "four-steps" ? { secretId, action: "heal" } : { secretId };
}

/** All schedules with one fault: each kind at each call of the undisturbed run, or at those calls alone. */
export async function schedules(
  setting: Setting,
  flow: Flow,
  only: readonly CallName[] | null = null,
): Promise<Schedule[]> {
  const w = await makeWorld(setting, []);
  const environment = environmentOf(setting, w);
  await run(startProcess(w, 1, { environment }), flow, w.secretId);
  const trace = w.emulator.requests.map(({ call }) => call);
  return trace.flatMap((call, index) => {
    if (only !== null && !only.includes(call)) return [];
    const occurrence = trace.slice(0, index + 1).filter((name) => name === call).length;
    return faultKinds.map((kind) => ({ flow, call, occurrence, kind }));
  });
}

/** Every promote that took effect promoted a value that the same run had just logged in with. */
export function unverifiedPromotions(w: TestWorld): string[] {
  const loggedIn = new Set<string>();
  const found: string[] = [];
  for (const { system, call, method, status, authorization, body } of w.emulator.requests) {
    if (system === "identity" && call.startsWith("token-") && status === 200) {
      const basic = Buffer.from(authorization.reveal().replace("Basic ", ""), "base64").toString("utf8");
      loggedIn.add(basic.slice(basic.indexOf(":") + 1));
    }
    if (call !== "promote" || method !== "PUT" || status !== 200) continue;
    const { currentVersionNumber } = JSON.parse(body.reveal());
    if (!loggedIn.has(w.valueOf(currentVersionNumber) ?? ""))
      found.push(`version ${currentVersionNumber} was promoted unverified`);
  }
  return found;
}

export function isStored(w: TestWorld): boolean {
  const held = w.emulator.admin.versions(w.secretId).map(({ number }) => w.valueOf(number));
  return held.includes(w.emulator.admin.app(w.app.clientId).secret);
}

/** Runs one schedule: the fault, then quiet, then one more rotation or a heal by another process where the first did not end well. */
export async function runSchedule(setting: Setting, schedule: Schedule): Promise<Result> {
  const { flow, call, occurrence, kind } = schedule;
  const id = `${flow} ${call}:${occurrence} ${kind}`;
  const texts: string[] = [];
  const w = await makeWorld(setting, texts);
  const environment = environmentOf(setting, w);
  w.emulator.faults.add({ call, kind, occurrence });
  const first = startProcess(w, 1, { environment });
  const second = startProcess(w, 2, { environment });
  const violations: string[] = [];
  let answers: readonly (Answer | null)[] = [];
  let later: Answer | null = null;
  try {
    answers = await run(first, flow, w.secretId);
    await w.clock.sleep(QUIET_MS);
    // Lets what was sent late take effect.
    w.currentVerdict();
    const isGood = answers.at(-1)?.responseCode === 200 && w.currentVerdict() === "accepted";
    if (!isGood) later = await second.call(recoveryFrom(flow, w.secretId));
  } catch (thrown) {
    violations.push(`it threw: ${thrown instanceof Error ? thrown.message : "something"}`);
  }
  const struck = w.emulator.requests.findIndex(({ fault }) => fault !== null);
  if (struck < 0) violations.push("the fault struck nothing");
  const minted = w.emulator.requests.findIndex((request) => request.call === "regenerate");
  const isAfterMint = minted >= 0 && minted <= struck;
  const isLost = w.currentVerdict() === "rejected" && !isStored(w);
  violations.push(...unverifiedPromotions(w));
  if (!isLost && w.currentVerdict() === "rejected") violations.push("one further call did not make CURRENT work");
  if (!isAfterMint && isLost) violations.push("lost before anything was minted");
  texts.push(...[...answers, later].map((answer) => JSON.stringify(answer)), ...first.lines, ...second.lines);
  violations.push(...w.canary.leaksIn(texts).map((leak) => `leak: ${leak}`));
  const outcomes = answers.map((answer) => (answer === null ? "killed" : outcomeOf(answer)));
  return { id, kind, isAfterMint, outcomes, isLost, later: later === null ? null : outcomeOf(later), violations };
}

export async function sweep(setting: Setting, flow: Flow, only: readonly CallName[] | null = null): Promise<Result[]> {
  const results: Result[] = [];
  for (const schedule of await schedules(setting, flow, only)) results.push(await runSchedule(setting, schedule));
  return results;
}
