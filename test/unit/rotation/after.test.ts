import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { type ErrorCode, RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import type { SecretState, VersionSummary } from "../../../src/clients/vault/store.ts";
import { afterDone, afterPromote, withAftermath } from "../../../src/rotation/after.ts";
import { createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import type { Snapshot } from "../../../src/rotation/observe/observe.ts";
import type { Outcome } from "../../../src/rotation/outcome.ts";
import type { Task } from "../../../src/rotation/task.ts";
import { expectFailure } from "../../support/failures.ts";
import { CURRENT_NO, createTellRig, HOOK } from "../notify/tell-rig.ts";
import { credential, current, deprecated, noteLogin, STARTED_AT, startRun } from "./rig.ts";

const IF_DUE = { name: "ROTATION", due: { withinMs: 0, maxAgeMs: null } } as const;
const named = (name: "VERIFY_CONNECTION" | "CREATE_PENDING_VERSION" | "ROTATION" | "HEAL" | "RETIRE"): Task => ({
  name,
});
const PROMOTE: Task = { name: "PROMOTE_PENDING_VERSION", versionNo: CURRENT_NO };

const outcome = (code: Outcome["code"], versionNo: number | null = CURRENT_NO): Outcome => ({
  code,
  versionNo,
  isCurrent: true,
  did: "rotated",
  warnings: [],
});

interface Situation {
  /** In how many days CURRENT's value is to be rotated; null: it is not known. */
  readonly dueInDays?: number | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** The run has not seen the list of versions. */
  readonly isBlind?: boolean;
}

const CURRENT: VersionSummary = {
  versionNo: CURRENT_NO,
  name: `orot-${CURRENT_NO}`,
  versionStages: ["CURRENT", "LATEST"],
  createdAt: STARTED_AT - 60 * DAY_MS,
  isBeingDeleted: false,
};
const SEEN: Snapshot = {
  list: { versions: [CURRENT], asOf: STARTED_AT },
  current: CURRENT,
  pending: null,
  previous: null,
  claim: null,
};

/** What is told once a run of this task has ended so. */
async function told(task: Task, end: Outcome | RotationError, situation: Situation = {}): Promise<string[]> {
  const { dueInDays = null, environment = {}, isBlind = false } = situation;
  const rig = createTellRig({ environment });
  const { context } = rig;
  const attempt = createAttempt(null);
  const content = parseContent(new Secret(JSON.stringify(credential("S3"))));
  attempt.read.contents.set(CURRENT_NO, {
    kind: "credential",
    content,
    credential: context.clients.issuers.open(content),
  });
  const nextAt = dueInDays === null ? null : STARTED_AT + dueInDays * DAY_MS;
  Object.assign(attempt.read, {
    metadata: rig.seen.metadata,
    startHighestNo: CURRENT_NO,
    schedule: {
      rotation: {
        functionId: null,
        targetType: null,
        intervalDays: 30,
        isScheduled: true,
        status: null,
        lastAt: null,
        nextAt,
      },
      expiry: null,
    },
  });
  const run = { task, rotation: { context, attempt }, previous: isBlind ? null : SEEN };
  const ending = withAftermath(run, async () => {
    if (end instanceof RotationError) throw end;
    return end;
  });
  if (end instanceof RotationError) expect(await expectFailure(() => ending, end.code)).toBe(end);
  else expect(await ending).toBe(end);
  expect(rig.recipients().every((to) => to === HOOK)).toBe(true);
  return rig.sent.map(({ message }) => JSON.parse(message.body).usecase);
}

const CHANGE = ["credentialRotation"];
const FAILURE = ["credentialRotationFailed"];
const NOTICE = ["credentialRotationDue"];

describe("a new version that is CURRENT is told", () => {
  test.each<Task>([named("ROTATION"), named("HEAL"), PROMOTE, IF_DUE])("by %o", async (task) => {
    expect(await told(task, outcome("OK"))).toEqual(CHANGE);
  });

  test.each<Task>([named("ROTATION"), named("HEAL"), PROMOTE])(
    "by %o too where another run made it so: that one may have ended before it told",
    async (task) => {
      for (const code of ["ALREADY_ROTATED", "NOTHING_TO_DO"] as const) {
        expect(await told(task, outcome(code))).toEqual(CHANGE);
      }
    },
  );

  test("by no rotation of what is due that found nothing due: it has not logged in", async () => {
    for (const code of ["ALREADY_ROTATED", "NOTHING_TO_DO"] as const) {
      expect(await told(IF_DUE, outcome(code))).toEqual([]);
    }
  });

  test.each<Task>([
    named("VERIFY_CONNECTION"),
    named("CREATE_PENDING_VERSION"),
    { name: "UPDATE_TARGET_SYSTEM", versionNo: CURRENT_NO },
    named("RETIRE"),
  ])("not by %o, which makes none", async (task) => {
    for (const code of ["OK", "ALREADY_ROTATED", "NOTHING_TO_DO"] as const) {
      expect(await told(task, outcome(code))).toEqual([]);
    }
  });

  test("not where it has no number", async () => {
    expect(await told(named("HEAL"), outcome("OK", null))).toEqual([]);
    expect(await told(named("RETIRE"), outcome("OK", null))).toEqual([]);
  });
});

describe("a failure", () => {
  const failure = (code: ErrorCode) => new RotationError(code, "what happened");

  test.each<Task>([named("ROTATION"), named("CREATE_PENDING_VERSION"), PROMOTE])(
    "of %o is told, although it may pass by itself",
    async (task) => {
      for (const code of ["ISSUER_UNAVAILABLE", "LOCKED_OUT"] as const) {
        expect(await told(task, failure(code))).toEqual(FAILURE);
        expect(await told(task, failure(code), { isBlind: true })).toEqual(FAILURE);
      }
    },
  );

  test.each<Task>([named("HEAL"), IF_DUE])("of %o is told only if an operator must end it", async (task) => {
    expect(await told(task, failure("ISSUER_UNAVAILABLE"), { isBlind: true })).toEqual([]);
    expect(await told(task, failure("LOCKED_OUT"), { isBlind: true })).toEqual(FAILURE);
  });

  test("of a retirement is told to nobody but the operator who asked for it", async () => {
    for (const code of ["ISSUER_UNAVAILABLE", "RETIRE_NOT_SAFE", "LOCKED_OUT"] as const) {
      expect(await told(named("RETIRE"), failure(code))).toEqual([]);
    }
  });
});

describe("that a value is due", () => {
  const WEEK = { environment: { OROT_NOTICE_BEFORE: "7d" } };
  /** Where a change is told too, only what is told besides. */
  const besides = async (...asked: Parameters<typeof told>) =>
    (await told(...asked)).filter((usecase) => usecase !== CHANGE[0]);

  test.each<Task>([named("HEAL"), IF_DUE])("is told beforehand by %o that had nothing to do", async (task) => {
    const soon = { ...WEEK, dueInDays: 6 };
    expect(await besides(task, outcome("NOTHING_TO_DO"), soon)).toEqual(NOTICE);
    expect(await besides(task, outcome("NOTHING_TO_DO"), { ...WEEK, dueInDays: 8 })).toEqual([]);
  });

  test("is not told by a run that has just replaced it, or has seen nothing", async () => {
    const soon = { ...WEEK, dueInDays: 6 };
    expect(await besides(named("HEAL"), outcome("OK"), soon)).toEqual([]);
    expect(await besides(IF_DUE, outcome("OK"), soon)).toEqual([]);
    expect(await besides(named("HEAL"), outcome("NOTHING_TO_DO"), { ...soon, isBlind: true })).toEqual([]);
  });

  test.each<Task>([named("ROTATION"), named("CREATE_PENDING_VERSION"), named("RETIRE"), PROMOTE])(
    "is not told by %o",
    async (task) => {
      expect(await besides(task, outcome("NOTHING_TO_DO"), { ...WEEK, dueInDays: 6 })).toEqual([]);
    },
  );

  test("is told so much earlier as the run itself would rotate it", async () => {
    const early: Task = { name: "ROTATION", due: { withinMs: 3 * DAY_MS, maxAgeMs: null } };
    expect(await besides(early, outcome("NOTHING_TO_DO"), { ...WEEK, dueInDays: 9 })).toEqual(NOTICE);
    expect(await besides(early, outcome("NOTHING_TO_DO"), { ...WEEK, dueInDays: 11 })).toEqual([]);
    expect(await besides(named("HEAL"), outcome("NOTHING_TO_DO"), { ...WEEK, dueInDays: 9 })).toEqual([]);
  });
});

describe("housekeeping", () => {
  const TAGS = { team: "payments", "orot-issuer": "toy", "orot-client": "toy", "orot-outcome": expect.any(String) };
  /** Two old versions, of which none is kept. */
  const TIDIED = {
    versions: [deprecated(1), deprecated(2), current],
    environment: { OROT_KEEP_DEPRECATED_VERSIONS: "0" },
  };

  /** A run with CURRENT that logs in. @param later how Vault's state differs from the second read on */
  async function ran(
    name: Parameters<typeof named>[0],
    start: Parameters<typeof startRun>[0] = {},
    later: Partial<SecretState> = {},
  ) {
    const { context, attempt, seen, sent, asked, clock } = await startRun({
      token: null,
      annotate: { outcome: "done" },
      stateOf: (state, reads) => ({ ...state, tags: { team: "payments" }, ...(reads > 1 && later) }),
      ...start,
    });
    noteLogin(attempt, { clock }, 7, "accepted");
    asked.splice(0);
    return { sent, asked, seen, run: { task: named(name), rotation: { context, attempt }, previous: seen } };
  }

  test("after a heal notes in the tags that it ended well", async () => {
    const { run, seen, sent, asked } = await ran("HEAL");
    await afterDone(run, seen);
    expect(sent).toEqual([["annotate", { tags: TAGS }, "etag-1"]]);
    // Nothing was tidied, so nothing has changed since the look but what others did.
    expect(asked).toEqual(["read-secret"]);
  });

  test("after a heal that tidied looks again before it notes", async () => {
    const { run, seen, sent, asked } = await ran("HEAL", TIDIED);
    await afterDone(run, seen);
    expect(sent.map(([call]) => call)).toEqual(["schedule", "schedule", "annotate"]);
    expect(asked.slice(-3)).toEqual(["read-secret", "list", "read-secret"]);
  });

  test("notes nothing where somebody stored a version while the heal tidied", async () => {
    const { run, seen, sent } = await ran("HEAL", TIDIED, { currentVersionNo: 8 });
    await afterDone(run, seen);
    expect(sent.map(([call]) => call)).toEqual(["schedule", "schedule"]);
  });

  test.each(["ROTATION", "CREATE_PENDING_VERSION", "RETIRE"] as const)("is nothing of %s", async (name) => {
    const { run, seen, sent, asked } = await ran(name, TIDIED);
    await afterDone(run, seen);
    expect([sent, asked]).toEqual([[], []]);
  });

  test("is nothing of a heal that has not seen the secret", async () => {
    const { run, sent, asked } = await ran("HEAL");
    await afterDone(run, null);
    expect([sent, asked]).toEqual([[], []]);
  });

  test("after a promote is a heal's alone: it tidies and notes, and a rotation leaves both to the next heal", async () => {
    const heal = await ran("HEAL", TIDIED);
    await afterPromote(heal.run, 7);
    expect(heal.sent.map(([call]) => call)).toEqual(["schedule", "schedule", "annotate"]);
    const rotation = await ran("ROTATION", TIDIED);
    await afterPromote(rotation.run, 7);
    expect([rotation.sent, rotation.asked]).toEqual([[], []]);
  });
});
