import { describe, expect, test } from "vitest";
import type { HttpResponse } from "../../src/clients/http/transport.ts";
import { isSecondPendingTaken, withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { switchTable } from "../../src/emulator/core/switches.ts";
import type { WorldOptions } from "../support/world.ts";
import { STEPS } from "../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

/** By what Vault might refuse a second PENDING version: nobody has documented it. */
const refusals: readonly (readonly [status: number, code: string, message: string])[] = [
  [400, "InvalidParameter", "no"],
  [400, "LimitExceeded", "no"],
  [400, "InvalidParameter", "Secret version with name orot-3: name already exists."],
  [404, "NotAuthorizedOrNotFound", "no"],
  [409, "Conflict", "no"],
  [409, "IncorrectState", "no"],
  [409, "SomethingNew", "no"],
  [412, "NoEtagMatch", "no"],
  [429, "TooManyRequests", "no"],
  [500, "InternalServerError", "no"],
  [503, "ServiceUnavailable", "no"],
];

/** A Vault that refuses a second PENDING version so, each time. */
function refusing(status: number, code: string, message: string): Pick<WorldOptions, "switches" | "bend"> {
  const bend = (answer: HttpResponse) =>
    answer.body.includes("has a pending version already")
      ? { ...answer, status, body: JSON.stringify({ code, message }) }
      : undefined;
  return { switches: { "second-pending": "refuses" }, bend };
}

const ways = {
  "in one call": (w: TestWorld) => w.rotate().then((answer) => [answer]),
  "in four steps": (w: TestWorld) => w.steps(),
} as const;
const wayNames = Object.keys(ways) as (keyof typeof ways)[];

/** Rotates without any fault, and holds the world to a new value that works. */
async function expectRotation(w: TestWorld, way: keyof typeof ways): Promise<void> {
  const before = w.emulator.admin.secret(w.secretId).versions.find(({ stage }) => stage === "CURRENT")?.number ?? 0;
  const old = w.valueOf(before);
  const answers = await ways[way](w);
  expect(answers.map(({ responseCode }) => responseCode)).toEqual(answers.map(() => 200));
  const after = w.emulator.admin.secret(w.secretId).versions.find(({ stage }) => stage === "CURRENT")?.number ?? 0;
  expect(w.valueOf(after)).not.toBe(old);
  expect(w.currentVerdict()).toBe("accepted");
}

/** A day later, what the emulator counts by requests has come to its end as well. */
async function dayLater(w: TestWorld): Promise<void> {
  await w.clock.sleep(86_400_000);
  w.emulator.admin.secret(w.secretId).updatingPolls = 0;
  w.calls();
}

describe.each(wayNames)("%s, a Vault that refuses a second PENDING version", (way) => {
  test.each(refusals)("by %i %s lets the first rotation end well, and each after it", async (status, code, message) => {
    const w = await createWorld({ isFirst: true, ...refusing(status, code, message) });
    await expectRotation(w, way);
    await dayLater(w);
    await expectRotation(w, way);
    // It is learnt once: the second rotation meets no refusal.
    const met = w.emulator.requests.slice(-w.calls().length).filter((request) => (request.status ?? 0) >= 400);
    expect(met.map(({ call }) => call)).toEqual([]);
  });

  test.each(refusals)("by %i %s takes no value where a note says that it takes one", async (status, code, message) => {
    const w = await createWorld(refusing(status, code, message));
    await expectRotation(w, way);
    await dayLater(w);
    // What it has left below CURRENT has the claim refused, before anything changes at the issuer.
    await expectRotation(w, way);
    const { requests } = w.emulator;
    const refused = requests.findLastIndex(({ call, status: met }) => call === "write-claim" && (met ?? 0) >= 400);
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(requests.findLastIndex(({ call }) => call === "regenerate"));
    expect(w.calls().filter((call) => call === "write-pending")).toHaveLength(1);
  });
});

describe("what Vault does with a second PENDING version", () => {
  const noted = (w: TestWorld) => isSecondPendingTaken(w.emulator.admin.secret(w.secretId).metadata);

  test("is found out before the first mint, noted, and not asked again", async () => {
    const w = await createWorld({ isFirst: true });
    expect(noted(w)).toBe(false);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    const calls = w.calls();
    // Once for each secret, eleven more than later ones.
    expect(calls).toHaveLength(25);
    expect(calls.filter((call) => call === "write-claim")).toHaveLength(2);
    expect(calls.indexOf("update-metadata")).toBeGreaterThan(calls.lastIndexOf("write-claim"));
    expect(calls.indexOf("update-metadata")).toBeLessThan(calls.indexOf("regenerate"));
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
    expect(noted(w)).toBe(true);
    await dayLater(w);
    expect(outcomeOf(await w.rotate())).toBe("OK 200");
    expect(w.calls()).toHaveLength(14);
    await dayLater(w);
    expect((await w.steps()).map(outcomeOf)).toEqual(STEPS.map(() => "OK 200"));
    expect(w.calls()).toHaveLength(21);
  });

  test("is noted beside whatever else the metadata holds", async () => {
    const w = await createWorld({ isFirst: true });
    const secret = w.emulator.admin.secret(w.secretId);
    secret.metadata = { team: "payments", orot: JSON.stringify({ noGrace: 1 }) };
    await w.rotate();
    const { team, orot } = w.emulator.admin.secret(w.secretId).metadata;
    expect([team, JSON.parse(String(orot))]).toEqual(["payments", { noGrace: 1, secondPending: "taken" }]);
  });

  test("keeps nobody from rotating where it cannot be noted", async () => {
    const w = await createWorld({ isFirst: true });
    for (const kind of ["conflict", "server-error-before"] as const) {
      w.emulator.faults.add({ call: "update-metadata", kind });
      await expectRotation(w, "in one call");
      await w.clock.sleep(86_400_000);
    }
    expect(noted(w)).toBe(false);
    await expectRotation(w, "in four steps");
    expect(noted(w)).toBe(true);
  });

  test("is not tried where a secret has little room", async () => {
    const w = await createWorld({ isFirst: true, switches: { "version-limit": 30 } });
    const { versions } = w.emulator.admin.secret(w.secretId);
    const [first] = versions;
    for (let number = 2; number <= 25 && first !== undefined; number++) {
      versions.push({ ...first, number, name: `by-hand-${number}`, stage: "DEPRECATED" });
    }
    await expectRotation(w, "in one call");
    expect(w.calls().filter((call) => call === "write-claim")).toHaveLength(1);
  });

  test("shows in a claim in CURRENT where it keeps both, so that the value goes where the claim went", async () => {
    const w = await createWorld({ isFirst: true, switches: { "second-pending": "keeps-both" } });
    await expectRotation(w, "in one call");
    expect(w.versions()).toBe("1:DEPRECATED 2:PENDING 3:PENDING 4:PREVIOUS 5:CURRENT");
    expect(noted(w)).toBe(false);
  });

  test("is asked with another text, since a secret may have a rule against repeated ones", async () => {
    const w = await createWorld({ isFirst: true });
    w.emulator.admin.secret(w.secretId).rules = [{ ruleType: "SECRET_REUSE_RULE" }];
    await expectRotation(w, "in one call");
    expect(w.versions()).toBe("1:PREVIOUS 2:DEPRECATED 3:DEPRECATED 4:CURRENT");
  });

  test.each(["answer-lost", "lands-late", "server-error-before", "conflict", "precondition-failed"] as const)(
    "is found out although the trial met %s",
    async (kind) => {
      const w = await createWorld({ isFirst: true });
      w.emulator.faults.add({ call: "write-claim", kind, occurrence: 2 });
      await expectRotation(w, "in one call");
      expect(noted(w)).toBe(true);
    },
  );
});

test.each(switchTable["second-pending-refusal"].takes.split("|"))(
  "the emulator's refusal by %s is one of those",
  async (refusal) => {
    const w = await createWorld({
      isFirst: true,
      switches: { "second-pending": "refuses", "second-pending-refusal": refusal as "400" },
    });
    await expectRotation(w, "in four steps");
    const status = Number.parseInt(refusal, 10);
    expect(w.emulator.requests.some((request) => request.call === "write-claim" && request.status === status)).toBe(
      true,
    );
  },
);

test("a forged note that Vault takes a second PENDING version is found wrong with the unsaved value", async () => {
  const w = await createWorld({ isFirst: true, ...refusing(409, "IncorrectState", "no") });
  w.emulator.admin.secret(w.secretId).metadata = withSecondPendingTaken({});
  expect(outcomeOf(await w.rotate())).toBe("OK 200");
  expect(w.versions()).toBe("1:PREVIOUS 2:PENDING 3:CURRENT");
});

test.each(refusals)(
  "a refusal by %i %s loses nothing where tokens die and the domain shows nothing",
  async (...refusal) => {
    const { switches, ...others } = refusing(...refusal);
    const w = await createWorld({
      isFirst: true,
      ...others,
      switches: { ...switches, "old-tokens": "die", "app-read-back": "forbidden" },
    });
    await expectRotation(w, "in four steps");
  },
);
