import { describe, expect, test } from "vitest";
import { createHandler, type Dependencies } from "../../src/rotation/handler.ts";
import { check } from "../prove/checker.ts";
import { combinationId, namedCombinations } from "../prove/combinations.ts";
import { drive } from "../prove/drive.ts";
import { parseSchedule } from "../prove/schedule.ts";
import { prepare } from "../prove/setup.ts";
import type { Subject } from "../prove/world.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;
const support = { heal: true, authority: true, requireWayBack: true };
const subscribed = namedCombinations["subscribed"] ?? raise();

function raise(): never {
  throw new Error("the combination is gone");
}

silenceSdk();

async function problemsOf(subject: Subject, rest = "whole/heal-later/-/-"): Promise<readonly string[]> {
  const schedule = parseSchedule(`${combinationId(subscribed)}/${rest}`);
  const history = await drive(schedule, { setup: prepare(subscribed, SEED), subject, support, base: null });
  return check(history).problems;
}

/** The product, but for what it sends to subscribers. */
const withWebhooks =
  (change: (body: string) => string | null): Subject =>
  (dependencies: Dependencies) =>
    createHandler({
      ...dependencies,
      transport: async (request) => {
        if (request.untrusted === undefined) return dependencies.transport(request);
        const body = change(request.body ?? "");
        return body === null ? { status: 204, headers: {}, body: "" } : dependencies.transport({ ...request, body });
      },
    });

describe("the checker", () => {
  test("finds nothing where the product tells of its rotation", async () => {
    expect(await problemsOf(createHandler)).toEqual([]);
  });

  test("finds that the endpoint was not told", async () => {
    expect(await problemsOf(withWebhooks(() => null))).toEqual(["the endpoint was not told that version 3 is CURRENT"]);
  });

  test("finds that the topic was not told", async () => {
    const withoutTopic: Subject = (dependencies) => {
      const { OROT_NOTIFY_TOPIC_ID: _, ...environment } = dependencies.environment;
      return createHandler({ ...dependencies, environment });
    };
    expect(await problemsOf(withoutTopic)).toEqual(["the topic was not told that version 3 is CURRENT"]);
  });

  test("finds that a version was told before it was CURRENT", async () => {
    const early = withWebhooks((body) => body.replace('"versionNo":3', '"versionNo":2'));
    expect(await problemsOf(early)).toEqual([
      "the endpoint was not told that version 3 is CURRENT",
      "the endpoint heard of version 2 before it was CURRENT",
    ]);
  });

  test("finds that a version was told under several ids", async () => {
    let sent = 0;
    const restless = withWebhooks((body) => {
      sent += 1;
      return body.replace(/:3:1"/, `:3:${sent}"`);
    });
    // The webhook takes effect and its answer is lost, so it is sent again.
    const at = await webhookAt();
    expect(await problemsOf(restless, `whole/heal-later/-/${at}:answer-lost`)).toEqual([
      "version 3 was sent under 2 ids",
    ]);
    expect(await problemsOf(createHandler, `whole/heal-later/-/${at}:answer-lost`)).toEqual([]);
  });

  test("finds a key that leaves", async () => {
    const key = prepare(subscribed, SEED).canaries.find((canary) => canary.startsWith("whsec_")) ?? raise();
    expect(await problemsOf(withWebhooks((body) => body.replace("{", `{"key":"${key}",`)))).toEqual([
      "leak: a secret or token in the notification",
    ]);
  });
});

/** The number of the request that tells of the rotation. */
async function webhookAt(): Promise<number> {
  const schedule = parseSchedule(`${combinationId(subscribed)}/whole/heal-later/-/-`);
  const setup = prepare(subscribed, SEED);
  const { world } = await drive(schedule, { setup, subject: createHandler, support, base: null });
  return world.emulator.requests.findIndex(({ call }) => call === "webhook");
}
