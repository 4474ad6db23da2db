import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { CliError } from "../../../../src/cli/cli-error.ts";
import { forEach, healOne, planOne } from "../../../../src/cli/heal-many/heal-many.ts";
import type { HealedSecret } from "../../../../src/cli/heal-many/report.ts";
import type { ListedSecret } from "../../../../src/clients/vault/directory.ts";
import { thrownBy } from "../../../support/failures.ts";

const secret = (name: string) => ({ secretId: `id-${name}`, name }) as ListedSecret;

describe("a heal of one of many", () => {
  test.each([
    [200, "OK", "healed"],
    [200, "NOTHING_TO_DO", "healthy"],
    [409, "CLAIM_LIVE", "busy"],
    [500, "LOCKED_OUT", "failed"],
  ])("answered with %d and %s counts as %s", async (responseCode, code, outcome) => {
    const events: unknown[] = [];
    const local = async (event: unknown) => {
      events.push(event);
      return { responseCode, versionNo: null, returnMessage: `${code}: told. Next: look.` };
    };
    expect(await healOne({ local } as never)(secret("a"))).toEqual({ outcome, code, what: "told", next: "look" });
    expect(events).toEqual([{ secretId: "id-a", action: "heal" }]);
  });

  const accepted = { versionNo: 1, verdict: "accepted" };
  test.each<[string, object, object]>([
    [
      "would be healed",
      { state: "down", changes: true },
      { outcome: "planned", code: "down", what: "mint", next: "oci-rotate heal id-a" },
    ],
    [
      "cannot be healed",
      {
        state: "locked-out",
        decision: { kind: "fail", code: "LOCKED_OUT" },
        nextAction: "ask dynamic-group <function's group>",
      },
      { outcome: "failed", code: "locked-out", what: "as group <your group> sees it", next: "ask group <your group>" },
    ],
    [
      "is another run's",
      { state: "busy", decision: { kind: "fail", code: "CLAIM_LIVE" } },
      { outcome: "busy", code: "busy", what: "as group <your group> sees it", next: "nothing" },
    ],
    ["is between two states", { state: "updating" }, { outcome: "busy", code: "updating" }],
    ["works", { state: "healthy" }, { outcome: "healthy", code: "healthy" }],
    ["works beside a value of no use", { state: "poisoned" }, { outcome: "healthy", code: "poisoned" }],
    ["is not known to work", { state: "unknown" }, { outcome: "planned", code: "unknown", next: "nothing" }],
  ])("that is only planned, of a secret that %s", async (_what, planned, told) => {
    const asked: unknown[] = [];
    const plan = async (...rest: unknown[]) => {
      asked.push(rest);
      return {
        ...{ decision: { kind: "done" }, changes: false, current: accepted, next: "mint" },
        ...{ why: "as dynamic-group <function's group> sees it", nextAction: null, ...planned },
      };
    };
    expect(await planOne({ plan } as never)(secret("a"))).toMatchObject(told);
    expect(asked).toEqual([["id-a", { name: "HEAL" }]]);
  });
});

describe("a heal of many", () => {
  const running = (one: (each: ListedSecret) => Promise<Omit<HealedSecret, "secretId" | "name">>) => {
    const stopping = new AbortController();
    const ended: unknown[] = [];
    const context = { runtime: { signal: stopping.signal }, causeOf: (thrown: unknown) => thrown } as never;
    const run = () =>
      forEach(context, [secret("a"), secret("b")], 1, one, ({ name, outcome }, count) => {
        ended.push([name, outcome, count]);
      });
    return { run, ended, stopping };
  };
  const HEALED = { outcome: "healed", code: "OK", what: "told", next: "nothing" } as const;

  test("tells each one's end, also of one that throws, and goes on", async () => {
    const { run, ended } = running(async ({ name }) => {
      if (name === "a") throw new RotationError("VAULT_FORBIDDEN", "you may not", "ask");
      return HEALED;
    });
    expect(await run()).toEqual([
      { secretId: "id-a", name: "a", outcome: "failed", code: "VAULT_FORBIDDEN", what: "you may not", next: "ask" },
      { secretId: "id-b", name: "b", ...HEALED },
    ]);
    expect(ended).toEqual([
      ["a", "failed", 1],
      ["b", "healed", 2],
    ]);
  });

  test("starts none after Ctrl-C", async () => {
    const { run, ended, stopping } = running(async () => {
      stopping.abort();
      return HEALED;
    });
    const [, second] = await run();
    expect(second).toEqual({
      ...{ secretId: "id-b", name: "b", outcome: "remaining", code: "INTERRUPTED" },
      ...{ what: "it was not reached", next: "run heal --all again" },
    });
    expect(ended).toHaveLength(1);
  });

  test("ends with a sign-in that is lost", async () => {
    const { run, ended } = running(async () => {
      throw new CliError("SESSION_EXPIRED", { what: "the session has ended", next: "sign in" });
    });
    expect(await thrownBy(run)).toMatchObject({ code: "SESSION_EXPIRED" });
    expect(ended).toEqual([]);
  });
});
