import { describe, expect, it } from "vitest";
import { schedulesOf, triples } from "../../prove/adversary/enumerate.ts";
import { hasHistory, historyNames } from "../../prove/adversary/histories.ts";
import { adversaryScheduleId, parseAdversarySchedule } from "../../prove/adversary/schedule.ts";
import { groundOf, worldKinds } from "../../prove/adversary/worlds.ts";

/** Every so many, so that each kind of schedule is among them. */
const SAMPLE = 37;
const length = { vaultRequests: 12, requests: 20 };
const client = { clientId: "c", members: { appId: "a", clientId: "c" } };
const clients = { S: client, B: client, O: client, U: null };

describe("a schedule of the adversary", () => {
  it("is known by its id alone", () => {
    const all = triples.flatMap((triple) => schedulesOf(triple, { clients }, length, 1));
    const some = all.filter((_, at) => at % SAMPLE === 0);
    for (const schedule of some) expect(parseAdversarySchedule(adversaryScheduleId(schedule))).toEqual(schedule);
    expect(all.length).toBeGreaterThan(35_000);
  });

  it.each([
    ["adversary/nowhere/H1/whole/token/-/-", 'unknown world "nowhere"'],
    ["adversary/uaa,alone,open/H1/whole/token/jump@0/-", 'unknown move "jump"'],
    ["adversary/uaa,alone,open/H1/whole/token/c1-current/-", "write it as move@instant"],
    ["adversary/uaa,alone,open/H1/whole", "copy it whole"],
  ])("that is none says what is wrong: %s", (id, message) => {
    expect(() => parseAdversarySchedule(id)).toThrow(message);
  });

  it("has a world of each kind of issuer, of each way to be bound, and of each setting of origins", () => {
    expect(worldKinds).toHaveLength(16);
    const of = (name: "issuer" | "speaker" | "origins") => new Set(worldKinds.map((kind) => kind[name])).size;
    expect([of("issuer"), of("speaker"), of("origins")]).toEqual([6, 4, 3]);
  });

  it("begins with every history in some world", () => {
    expect(new Set(triples.map(({ history }) => history)).size).toBe(historyNames.length);
    for (const kind of worldKinds) expect(hasHistory(kind, groundOf(kind).isIssuerChosen, "H1")).toBe(true);
  });
});
