import { expect } from "vitest";
import { outcomeOf } from "../support/worlds.ts";
import type { LiveWorld } from "./live-world.ts";

/** Enough that one is always under way while the others wait for their answers. */
const CALLERS = 3;

export interface Hammering {
  /** Ends it. Answers the statuses that the server gave, one a login. */
  stop(): Promise<readonly number[]>;
}

/** An application that logs in all the time, each time with what CURRENT holds at that moment. */
export function hammer(world: LiveWorld, login: (secret: string) => Promise<number>): Hammering {
  const statuses: number[] = [];
  let isOver = false;
  const caller = async () => {
    while (!isOver) statuses.push(await login(String(world.current()["clientSecret"])));
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  return {
    stop: async () => {
      isOver = true;
      await callers;
      return statuses;
    },
  };
}

/** Holds an application to have been served all the time. */
export function expectNeverRefused(statuses: readonly number[]): void {
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  expect(statuses.length).toBeGreaterThan(100);
}

/** A rotation in the way that the name says: as Vault's four steps, or as one call. */
export async function rotate(world: LiveWorld, way: "the four steps" | "one call"): Promise<void> {
  const answers = way === "one call" ? [await world.call({ secretId: world.secretId })] : await world.steps();
  const done = way === "one call" ? ["OK 200"] : ["OK 200", "OK 200", "OK 200", "OK 200"];
  expect(answers.map(outcomeOf)).toEqual(done);
}

/** Sends an action or a whole rotation, and answers its code and status. */
export async function outcome(world: LiveWorld, action?: "retire" | "check", seconds?: number): Promise<string> {
  const { secretId } = world;
  return outcomeOf(await world.call(action === undefined ? { secretId } : { secretId, action }, seconds));
}

export async function healed(world: LiveWorld): Promise<string> {
  return outcomeOf(await world.heal());
}
