import { afterEach, beforeEach, expect, vi } from "vitest";
import { SECRET_MASKED } from "../../src/base/log.ts";
import type { Answer } from "../../src/rotation/handler.ts";
import { type Canary, watchCanary } from "./canary.ts";
import { createWorld, runSteps, type STEPS, type World, type WorldOptions } from "./world.ts";

/** A world whose every answer and log line is held to what holds for all of them. */
export interface TestWorld extends World {
  readonly canary: Canary;
  /** One step of this world's secret. */
  step(step: (typeof STEPS)[number], versionNo?: number | null, seconds?: number): Promise<Answer>;
  /** The whole rotation of this world's secret in one call. */
  rotate(seconds?: number): Promise<Answer>;
  /** Version numbers with their version stages, LATEST left out: `1:PREVIOUS 2:CURRENT`. */
  versions(): string;
  /** The client secret that a version holds; undefined if it holds none. */
  valueOf(versionNo: number): string | undefined;
  /** What the issuer says now of the client secret in CURRENT. */
  currentVerdict(): "accepted" | "rejected";
  /** Those of the versions whose client secret the issuer takes now. */
  accepted(...versionNos: readonly number[]): number[];
  /** Everything that a call could have changed, but for the tags by which a heal tells of itself. */
  state(): unknown;
}

const MEMBERS = [
  ...["responseCode", "returnMessage", "rotationId", "stages", "verdicts", "versionNo"],
  ...["healed", "healthy", "rotated", "notDue", "busy", "failed", "remaining", "cursor", "endpoints", "deliveries"],
];

/** What holds for every answer to every event. */
export function expectWellFormed(answer: Answer): void {
  expect(MEMBERS).toEqual(expect.arrayContaining(Object.keys(answer)));
  expect(answer.returnMessage).toMatch(/^[A-Z_]+: \S[^\n]*\S\. Next: \S[^\n]*\S\.$/);
  expect([200, 400, 403, 404, 409, 500, 503]).toContain(answer.responseCode);
  expect(answer.versionNo === null || Number.isInteger(answer.versionNo)).toBe(true);
}

/** Code and `responseCode` of an answer, as REFERENCE names them. */
export function outcomeOf(answer: Answer): string {
  return `${answer.returnMessage.split(":")[0]} ${answer.responseCode}`;
}

/** Requests that could have changed something: neither a read nor a login. */
function writes(w: TestWorld): string[] {
  return w.emulator.requests
    .filter(({ method, call }) => method !== "GET" && !call.startsWith("token-"))
    .map(({ call }) => call);
}

/** Sends an event that is to be refused, holds the world to be as before it, and returns the outcome. */
export async function refused(w: TestWorld, event: unknown): Promise<string> {
  const before = w.state();
  const answer = await w.call(event);
  expect(w.state()).toEqual(before);
  expect(writes(w)).toEqual([]);
  expect(answer.versionNo).toBeNull();
  return outcomeOf(answer);
}

/** Holds a world in which a rotation ended before it changed the issuer: CURRENT works as before, and version 2 is the claim. */
export function expectOnlyClaimed(w: TestWorld): void {
  expect(w.versions()).toBe("1:CURRENT 2:PENDING");
  expect(JSON.parse(w.emulator.admin.content(w.secretId, 2) ?? "{}")).toMatchObject({
    appSecret: w.app.secret,
    _rotation: { v: 1, kind: "claim", base: 1 },
  });
  expect(w.emulator.admin.app(w.app.clientId).mints).toBe(0);
  expect(w.currentVerdict()).toBe("accepted");
}

/** CURRENT of a secret, as the emulator holds it. */
function currentNo(world: World): number {
  const { versions } = world.emulator.admin.secret(world.secretId);
  return versions.find((version) => version.stage === "CURRENT")?.number ?? 0;
}

function storedValue(world: World, versionNo: number): string | undefined {
  try {
    const content: unknown = JSON.parse(world.emulator.admin.content(world.secretId, versionNo) ?? "null");
    const member = world.client.rotatedMember;
    return typeof content === "object" && content !== null && member in content
      ? String((content as Record<string, unknown>)[member])
      : undefined;
  } catch {
    return undefined;
  }
}

/** Extends a world; the returned `call` checks each answer and its time. */
function asTestWorld(world: World, texts: string[]): TestWorld {
  const { emulator, secretId, clock, client } = world;
  const call: World["call"] = async (event, seconds = 300) => {
    const deadline = clock.now() + seconds * 1000;
    const answer = await world.call(event, seconds);
    texts.push(JSON.stringify(answer));
    expectWellFormed(answer);
    if (clock.now() > deadline) throw new Error(`the answer came ${clock.now() - deadline} ms after the deadline`);
    return answer;
  };
  return {
    ...world,
    canary: watchCanary(emulator),
    call,
    step: (step, versionNo = null, seconds = 300) => call({ step, secretId, versionNo }, seconds),
    rotate: (seconds) => call({ secretId }, seconds),
    steps: () => runSteps(call, secretId),
    versions: () =>
      emulator.admin
        .versions(secretId)
        .map(({ number, versionStages, deletionAt }) => {
          const stages = versionStages.filter((stage) => stage !== "LATEST").join("+");
          return `${number}:${stages}${deletionAt === null ? "" : "(leaving)"}`;
        })
        .join(" "),
    valueOf: (versionNo) => storedValue(world, versionNo),
    currentVerdict: () => (client.accepts(storedValue(world, currentNo(world)) ?? "") ? "accepted" : "rejected"),
    accepted: (...versionNos) => versionNos.filter((versionNo) => client.accepts(storedValue(world, versionNo) ?? "")),
    state: () => {
      const { versions, rules, metadata, freeformTags } = emulator.admin.secret(secretId);
      const tags = Object.entries(freeformTags).filter(([key]) => !key.startsWith("orot-"));
      return structuredClone({ versions, rules, metadata, tags, client: client.state() });
    },
  };
}

/**
 * For the tests of one file: makes worlds, and after each test searches everything that came out of them for secrets. What the OCI SDK
 * prints with console.warn the function keeps off its log (src/base/silence.ts); so do the tests.
 * @param isCatching the last net is to catch something
 */
export function useWorlds(isCatching = false): (options?: WorldOptions) => Promise<TestWorld> {
  const made: { readonly world: TestWorld; readonly texts: readonly string[] }[] = [];
  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
  afterEach(() => {
    const all = made.splice(0);
    const leaks = all.flatMap(({ world, texts }) => {
      const posted = world.emulator.state.metrics.map(({ body }) => body);
      return world.canary.leaksIn([...texts, ...posted, ...world.log.map((line) => JSON.stringify(line))]);
    });
    expect(leaks, "secrets in answers, log lines or metrics").toEqual([]);
    const caught = all.flatMap(({ world }) => world.log.filter(({ event }) => event === SECRET_MASKED));
    if (!isCatching) expect(caught, "what the last net has caught: a defect").toEqual([]);
  });
  return async (options) => {
    const texts: string[] = [];
    const world = asTestWorld(await createWorld(options), texts);
    made.push({ world, texts });
    return world;
  };
}
