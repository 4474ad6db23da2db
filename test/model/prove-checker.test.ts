import { describe, expect, test } from "vitest";
import { parseSettings } from "../../src/base/settings/settings.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { check } from "../prove/checker.ts";
import { allCombinations, combinationId, LATE_MS, namedCombinations } from "../prove/combinations.ts";
import { plainOrder } from "../prove/control.ts";
import { drive } from "../prove/drive.ts";
import { fractionOf } from "../prove/enumerate.ts";
import { parseSchedule, type Schedule, scheduleId } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import { traceText } from "../prove/trace.ts";
import { runUnit } from "../prove/unit.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: false, authority: false, requireWayBack: false };
const combination = namedCombinations["read-back"] ?? raise();
const plain: Schedule = { combination, flow: "whole", recovery: "heal-later", run: null, faults: [] };
const common = { seed: SEED, support, combination: combinationId(combination), flow: "whole" } as const;

function raise(): never {
  throw new Error("the combination is missing");
}

silenceSdk();

function run(subject: Subject, schedule: Schedule = plain) {
  return drive(schedule, { setup: prepare(schedule.combination, SEED), subject, support, base: null });
}

/** The product, with something wrong added to each answer or log by whoever sees its requests. */
function tampered(spoil: (authorization: string, write: (line: string) => void) => void): Subject {
  return (dependencies) =>
    createHandler({
      ...dependencies,
      transport: (request) => {
        spoil(request.headers["authorization"] ?? "", dependencies.write);
        return dependencies.transport(request);
      },
    });
}

test("a run of the product without faults has no violation", async () => {
  expect(check(await run(createHandler)).problems).toEqual([]);
});

test("the plain order loses secrets and promotes unverified ones, and the checker says so", async () => {
  const figures = await runUnit({
    ...common,
    kind: "singles",
    subject: "control",
    recoveries: ["rotate-later"],
    quietToo: false,
    part: null,
  });
  expect(figures.lost).toBeGreaterThan(0);
  expect(figures.unverifiedPromotions).toBeGreaterThan(0);
  expect(Object.keys(figures.violationsByFault)).toContain("regenerate:answer-lost");
});

test.each([
  ["as it is sent", (header: string) => header],
  ["decoded", (header: string) => Buffer.from(header.replace("Basic ", ""), "base64").toString()],
  ["encoded once more", (header: string) => Buffer.from(`x${header}`).toString("base64url")],
])("an Authorization header in the log, %s, is a leak", async (_form, shown) => {
  const history = await run(tampered((header, write) => write(JSON.stringify({ header: shown(header) }))));
  expect(check(history).leaks).toBe(1);
});

describe("where old and new value may both work", () => {
  /** The product, which gets every event changed. */
  const altered =
    (change: (event: object) => object): Subject =>
    (dependencies) => {
      const handler = createHandler(dependencies);
      return (body, context) =>
        handler(Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(body).toString())))), context);
    };
  const of = (id: string): Schedule => parseSchedule(`${id}/heal-later/-/-`);
  const UAA = "uaa,empty,die,alone,honoured,deprecates,fresh";
  const KEYCLOAK = "keycloak-policy,empty,live,alone,honoured,deprecates,fresh";

  test.each([`${UAA}/compromised`, `${UAA}/retire`, `${KEYCLOAK}/compromised`, `${KEYCLOAK}/retire`])(
    "the product has no violation in %s",
    async (id) => {
      expect(check(await run(createHandler, of(id))).problems).toEqual([]);
    },
  );

  test.each([UAA, KEYCLOAK])("an old value that outlives the rotation of compromised values is one: %s", async (id) => {
    const forgetful = altered((event) => ({ ...event, reason: undefined }));
    const judgement = check(await run(forgetful, of(`${id}/compromised`)));
    expect(judgement.problems).toEqual(["a call that was to end it left version 1 at work"]);
    expect(judgement.otherViolations).toBe(1);
  });

  test("a CURRENT that is refused on the way although both could work is one", async () => {
    const hasty = altered((event) => ({ ...event, reason: "compromised" }));
    const { problems } = check(await run(hasty, of(`${KEYCLOAK}/whole`)));
    expect(problems).toEqual([expect.stringMatching(/^the issuer refused CURRENT for \d+ ms, and need not have$/)]);
  });
});

test("a token in an answer is a leak", async () => {
  let token = "";
  const subject: Subject = (dependencies) => {
    const handler = tampered((header) => {
      token = header;
    })(dependencies);
    return async (...call) => ({ ...(await handler(...call)), returnMessage: `OK: ${token}. Next: nothing.` });
  };
  expect(check(await run(subject)).problems).toContain("leak: a secret or token in the answer");
});

test("a handler that throws a secret leaks it and breaks the contract", async () => {
  const subject: Subject = (dependencies) => {
    let seen = "";
    const handler = tampered((header) => {
      seen = header;
    })(dependencies);
    return async (...call) => {
      await handler(...call);
      throw new Error(`failed with ${seen}`);
    };
  };
  const { problems } = check(await run(subject));
  expect(problems).toContain("the handler threw");
  expect(problems).toContain("leak: a secret or token in the answer");
});

/** Writes a claim with CURRENT's own credential, then promotes it. */
const promotesClaim: Subject =
  ({ transport, vaultAccess, clock }) =>
  async (body) => {
    const { secretId } = JSON.parse(new TextDecoder().decode(body));
    const { vaultEndpoint, secretsEndpoint } = vaultAccess(parseSettings({}));
    const url = `${vaultEndpoint}/20180608/secrets/${secretId}`;
    const send = (method: "GET" | "PUT", to: string, details?: object) =>
      transport({
        method,
        url: to,
        headers: {},
        ...(details === undefined ? {} : { body: JSON.stringify(details) }),
        deadline: clock.monotonic() + 10_000,
      });
    const bundle = JSON.parse((await send("GET", `${secretsEndpoint}/20190301/secretbundles/${secretId}`)).body);
    const held = JSON.parse(Buffer.from(bundle.secretBundleContent.content, "base64").toString());
    const claim = JSON.stringify({ ...held, _rotation: { v: 1, kind: "claim" } });
    const content = Buffer.from(claim).toString("base64");
    await send("PUT", url, { secretContent: { contentType: "BASE64", content, stage: "PENDING" } });
    await send("GET", url);
    await send("PUT", url, { currentVersionNumber: bundle.versionNumber + 1 });
    return { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: null };
  };

test("a promoted claim is a violation although its value logs in", async () => {
  const { problems, isLost } = check(await run(promotesClaim));
  expect(isLost).toBe(false);
  expect(problems).toContain("request 4: version 2 is a claim and became CURRENT");
});

test("where a loss is inherent the operator must be told LOCKED_OUT", async () => {
  const none = namedCombinations["none"] ?? raise();
  const lostAnswer: Schedule = { ...plain, combination: none, faults: [{ at: 2, kind: "answer-lost" }] };
  const { problems, isLost, inherent, isConverged } = check(await run(plainOrder, lostAnswer));
  expect({ isLost, inherent, isConverged }).toEqual({
    isLost: false,
    inherent: "regenerate:answer-lost",
    isConverged: false,
  });
  expect(problems).toContain("locked out (regenerate:answer-lost), and the next run did not say LOCKED_OUT");
});

test("an effect that lands late counts from when it landed", async () => {
  const { world } = await run(plainOrder, { ...plain, faults: [{ at: 2, kind: "lands-late" }] });
  const [mint] = world.effects.list;
  expect(mint?.kind).toBe("issuer");
  expect((mint?.at ?? 0) - (mint?.record.time ?? 0)).toBe(LATE_MS);
});

test("the same schedule gives the same trace", async () => {
  const schedule: Schedule = { ...plain, faults: [{ at: 4, kind: "killed-after" }] };
  expect(traceText(await run(createHandler, schedule))).toBe(traceText(await run(createHandler, schedule)));
});

test("a schedule is read back from its id", () => {
  const run = { kind: "second-rotation", at: 3 } as const;
  const faults = [
    { at: 5, kind: "answer-lost" },
    { at: 9, kind: "lands-late", isSoon: true },
  ] as const;
  for (const one of allCombinations) {
    const schedule: Schedule = { combination: one, flow: "four-steps", recovery: "rotate-now", run, faults };
    expect(parseSchedule(scheduleId(schedule))).toEqual(schedule);
  }
});

test.each(["", "clear", `${scheduleId(plain)}/more`, scheduleId(plain).replace("whole", "half")])(
  "the id %j is refused with what to do",
  (id) => {
    expect(() => parseSchedule(id)).toThrow(/Next: /);
  },
);

test("the seeded share of a set is about as large as asked", () => {
  const ids = Array.from({ length: 4_000 }, (_, at) => `${scheduleId(plain)}${at}`);
  const taken = ids.filter((id) => fractionOf(id, SEED) < 0.25).length;
  expect(taken).toBeGreaterThan(900);
  expect(taken).toBeLessThan(1_100);
});
