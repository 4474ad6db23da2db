import { describe, expect, it } from "vitest";
import type { LiveWorld, LiveWorldOptions } from "./live-world.ts";
import { expectNeverRefused, hammer, healed, outcome, rotate } from "./rotations.ts";

/** A client of a real issuer that accepts two values at once. */
export interface TwoValueWorld extends LiveWorld {
  readonly client: { readonly secret: string };
  statusOf(secret: string): Promise<number>;
  /** Statuses of logins with the values of all versions, the oldest first. */
  logins(): Promise<readonly number[]>;
  /** The next requests of the product to add a value, or to end the older one, are struck. */
  lose(change: "add" | "end", lose: "answer" | "request", count?: number): void;
}

interface TwoValueIssuer<W extends TwoValueWorld> {
  open(options?: LiveWorldOptions): Promise<W>;
  /** How many of the requests to be struck have not come yet. */
  armed(): number;
  /** With these settings a retirement need not wait. */
  readonly retirable: LiveWorldOptions;
  /** Holds the issuer to know no value that it should not, after a rotation. */
  expectRotated(world: W): Promise<void>;
  /** The same after a retirement. */
  expectRetired(world: W): Promise<void>;
}

const lostParts = ["answer", "request"] as const;

/** What every real issuer that accepts two values at once is held to. */
export function describeTwoValues<W extends TwoValueWorld>(issuer: TwoValueIssuer<W>): void {
  const retirable = () => issuer.open(issuer.retirable);

  it.each(["the four steps", "one call"] as const)(
    "in %s ends with CURRENT and the value before it at work",
    async (way) => {
      const world = await issuer.open();
      await rotate(world, way);
      expect(world.values()).toEqual([world.client.secret, world.current()["clientSecret"]]);
      expect(await world.logins()).toEqual([200, 200]);
      expect(await outcome(world, "check")).toBe("OK 200");
      expect(await healed(world)).toBe("NOTHING_TO_DO 200");
      expect(await world.logins()).toEqual([200, 200]);
    },
  );

  it("three times over refuses no login with CURRENT", async () => {
    const world = await retirable();
    const hammering = hammer(world, world.statusOf);
    for (let turn = 0; turn < 3; turn += 1) await rotate(world, turn === 1 ? "the four steps" : "one call");
    expectNeverRefused(await hammering.stop());
    expect(await world.logins()).toEqual([401, 401, 200, 200]);
  });

  it("is followed by a retirement that ends the older value, however often it is sent", async () => {
    const world = await retirable();
    await rotate(world, "one call");
    expect(await outcome(world, "retire")).toBe("OK 200");
    expect(await world.logins()).toEqual([401, 200]);
    expect(await outcome(world, "retire")).toBe("NOTHING_TO_DO 200");
    expect(await healed(world)).toBe("NOTHING_TO_DO 200");
    await issuer.expectRetired(world);
  });

  describe("behind a connection that breaks", () => {
    it.each(lostParts)("goes through although the %s of adding is lost", async (lost) => {
      const world = await retirable();
      world.lose("add", lost);
      await rotate(world, "the four steps");
      expect(issuer.armed()).toBe(0);
      expect(await world.logins()).toEqual([200, 200]);
      await issuer.expectRotated(world);
    });

    it.each(["heal", "rotation"] as const)(
      "that was never answered leaves CURRENT at work, and a %s ends it",
      async (next) => {
        const world = await retirable();
        world.lose("add", "request", 2);
        expect(await outcome(world)).toBe("ISSUER_UNAVAILABLE 503");
        expect(issuer.armed()).toBe(0);
        expect(await world.logins()).toEqual([200, 401]);
        expect(await (next === "heal" ? healed(world) : outcome(world))).toBe("OK 200");
        expect(world.values()).toHaveLength(2);
        expect(await world.logins()).toEqual([200, 200]);
        await issuer.expectRotated(world);
      },
    );

    it.each(lostParts)("is followed by a retirement although the %s of ending is lost", async (lost) => {
      const world = await retirable();
      await rotate(world, "one call");
      world.lose("end", lost);
      expect(await outcome(world, "retire")).toMatch(/ 200$/);
      expect(issuer.armed()).toBe(0);
      expect(await world.logins()).toEqual([401, 200]);
      await issuer.expectRetired(world);
    });
  });
}
