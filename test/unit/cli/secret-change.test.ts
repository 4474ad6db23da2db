import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { changeSecret, type OpenSecret, type SecretChange, takeUpAgain } from "../../../src/cli/secret-change.ts";
import type { RotationState } from "../../../src/clients/vault/rotation-responses.ts";
import type { Write } from "../../../src/clients/vault/store.ts";
import { thrownBy } from "../../support/failures.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const DONE: Write = { outcome: "done" };
const ended = (outcome: Exclude<Write["outcome"], "done">): Write => ({
  outcome,
  error: new RotationError("VAULT_UNAVAILABLE", `it ended ${outcome}`, "wait"),
});

/** A secret whose looks show these, one after the other and then the last one. */
function changing(looks: readonly Partial<RotationState>[], writes: readonly Write[] = [DONE]) {
  const clock = createInstantClock();
  const etags: unknown[] = [];
  let read = 0;
  const secret = {
    secretId: "S",
    rotation: {
      read: async () => {
        read += 1;
        const state = looks[Math.min(read, looks.length) - 1];
        return { lifecycle: "ACTIVE", isReplica: false, etag: `e${read}`, tags: {}, ...state };
      },
    },
  } as unknown as OpenSecret;
  const change: SecretChange = {
    what: "schedule",
    isDone: ({ name }) => name === "done",
    write: async ({ etag }) => {
      etags.push(etag);
      return writes[Math.min(etags.length, writes.length) - 1] ?? DONE;
    },
  };
  return { secret, clock, etags, run: () => changeSecret(secret, { clock }, change) };
}

describe("a secret is changed", () => {
  test("until Vault shows the change, each time with the newest etag, every two seconds", async () => {
    const { run, etags, clock } = changing([{}, {}, { name: "done" }], [ended("busy"), ended("unknown")]);
    expect(await run()).toMatchObject({ name: "done", etag: "e3" });
    expect(etags).toEqual(["e1", "e2"]);
    expect(clock.slept).toEqual([2_000, 2_000]);
  });

  test("not at all if it is so already", async () => {
    const { run, etags } = changing([{ name: "done" }]);
    expect(await run()).toMatchObject({ etag: "e1" });
    expect(etags).toEqual([]);
  });

  test.each(["UPDATING", "CREATING"])("only once it is no longer %s", async (lifecycle) => {
    const busy = { lifecycle, name: "done" };
    const { run, etags } = changing([busy, {}, busy, { name: "done" }]);
    expect(await run()).toMatchObject({ etag: "e4" });
    expect(etags).toEqual(["e2"]);
  });

  test.each(["refused", "name-taken"] as const)("and ends at once with a write that ended %s", async (outcome) => {
    const { run, etags } = changing([{}], [ended(outcome)]);
    expect(await thrownBy(run)).toMatchObject({ message: `it ended ${outcome}` });
    expect(etags).toHaveLength(1);
  });

  test("for a minute at most; then the last write's error tells why", async () => {
    const { run, clock } = changing([{}], [ended("race-lost")]);
    expect(await thrownBy(run)).toMatchObject({ message: "it ended race-lost" });
    expect(clock.slept).toHaveLength(30);
  });

  test("for a minute at most; if Vault said that it was done, that tells", async () => {
    expect(await thrownBy(changing([{}], [ended("busy"), DONE]).run)).toMatchObject({
      problem: {
        code: "OCI_UNAVAILABLE",
        what: "the schedule could not be written: Vault does not show it after 60 seconds",
        means: "it may still appear",
        next: "run the command again in a minute",
      },
    });
  });

  const CHECK = "check it in the console";
  test.each<[Partial<RotationState>, string, string]>([
    [
      { isReplica: true },
      "the secret is a replica, which is read-only",
      "change its source secret, in that one's own region",
    ],
    [{ lifecycle: "PENDING_DELETION" }, "the secret is PENDING_DELETION", CHECK],
    [{ lifecycle: "F" }, "the secret is F", CHECK],
    [{ lifecycle: "a\u001b" }, "the secret is another state than ACTIVE", CHECK],
    [{ lifecycle: "DELETED\u001b" }, "the secret is another state than ACTIVE", CHECK],
    [{ lifecycle: "\u001bDELETED" }, "the secret is another state than ACTIVE", CHECK],
    [{ lifecycle: "A".repeat(41) }, "the secret is another state than ACTIVE", CHECK],
  ])("never with %j", async (state, what, next) => {
    const { run, etags } = changing([state]);
    expect(await thrownBy(run)).toMatchObject({ problem: { code: "OCI_REFUSED", what, means: null, next } });
    expect(etags).toEqual([]);
  });
});

test("a secret is taken up again by taking out the tag that ended its rotation, and no other", async () => {
  const tags = { "orot-outcome": "ABANDONED 2026-11-22T10:00:00Z v7", team: "retail" };
  const { secret, clock } = changing([{ tags }, { tags: { team: "retail" } }]);
  const sent: unknown[][] = [];
  const writeAnnotations = async (...rest: unknown[]) => {
    sent.push(rest);
    return DONE;
  };
  await takeUpAgain({ ...secret, store: { writeAnnotations } as never }, { clock });
  expect(sent).toEqual([[{ tags: { team: "retail" } }, "e1"]]);
});
