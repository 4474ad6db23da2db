import { describe, expect, test } from "vitest";
import type { StatusReport } from "../../../../src/cli/status/report.ts";
import { changeLine, statusText } from "../../../../src/cli/status/text.ts";
import { namedStyle, plainStyle } from "../named-style.ts";

const options = {
  ...{ profile: null, configFile: null, region: null, endpoint: null, auth: null, defaulted: [] },
  ...{ program: "oci-rotate", json: false, yes: false, debug: false },
} as never;

/** A quiet secret, as it was seen at noon of 22 November 2026. */
const report = (more: Partial<StatusReport> = {}): StatusReport => ({
  ...{ secretId: "S", name: "shop", lifecycle: "ACTIVE", checkedAt: "2026-11-22T12:00:00Z" },
  ...{ state: "healthy", healthy: true, meaning: "all is well", leftAlone: [] },
  plan: { next: "nothing", why: "it works", row: null, changes: false, nextAction: null },
  current: { versionNo: 3, verdict: "accepted" },
  ...{ pending: null, previous: null, issuer: "uaa", clientId: "shop-client", owner: null, contact: null },
  ...{ versions: [], claim: null, lease: null, overlap: null },
  rotation: {
    ...{ functionId: null, targetType: null, intervalDays: null, scheduled: false },
    ...{ status: null, last: null, next: null },
  },
  ...{ workRequest: null, outcome: null, expiresOn: null, expiresOnVersionNo: null, neverExpires: false },
  ...{ endsFirst: false, endsOn: null, subscribers: { count: 0, unreached: [], waiting: [] } },
  ...more,
});
const textOf = (more: Partial<StatusReport> = {}) => statusText(plainStyle, options, report(more));
/** The values of a line with this name; a work request has one more without a name. */
const linesOf = (name: string, more: Partial<StatusReport> = {}) =>
  textOf(more)
    .split("\n")
    .filter((line) => line.startsWith(name.padEnd(name.length + 1)))
    .map((line) => line.slice(name.length).trim());

test("a quiet secret is shown in a few lines, and without a table if Vault lists no version", () => {
  expect(textOf()).toBe(
    [
      "secret     shop  S, ACTIVE",
      "state      healthy: all is well",
      "next step  nothing",
      "because    it works",
      "client     shop-client at uaa",
      "rotation   none set up in Vault",
      "claim      none",
      "overlap    none",
      "last heal  noted nothing yet",
      "notifies   no subscribers",
      "",
    ].join("\n"),
  );
});

test("all that can be said stands in this order, the versions in a table below", () => {
  const version = (versionNo: number, stages: string[], more: Partial<StatusReport["versions"][number]> = {}) => ({
    ...{ versionNo, stages, name: `orot-${versionNo}`, createdAt: "2026-11-22T11:55:00Z" },
    ...{ holds: "credential" as const, leaving: false, ...more },
  });
  const text = statusText(
    namedStyle,
    options,
    report({
      ...{ state: "interrupted", healthy: false, meaning: "a rotation was interrupted" },
      plan: { next: "mint", why: "nobody works on it", row: "A1", changes: true, nextAction: "run heal" },
      pending: { versionNo: 4, verdict: "unknown" },
      previous: { versionNo: 2, verdict: "refused" },
      ...{ leftAlone: ["version 1 of another client"], owner: "Retail", contact: "retail@example.org" },
      versions: [
        version(4, ["PENDING", "LATEST"], { holds: "claim" }),
        version(3, ["CURRENT"], { name: null }),
        version(2, ["PREVIOUS"], { leaving: true }),
        version(1, ["DEPRECATED"], { holds: "unread", createdAt: "2026-11-20T12:00:00Z" }),
      ],
      claim: { versionNo: 4, callId: "C1", since: "2026-11-22T11:00:00Z", until: "2026-11-22T11:30:00Z", live: false },
      lease: { callId: null, until: "2026-11-22T12:00:40Z", live: true },
      overlap: { versionNo: 2, until: "2026-11-23T12:00:00Z" },
      rotation: {
        ...{ functionId: "F", targetType: "FUNCTION", intervalDays: 30, scheduled: true, status: "FAILED" },
        ...{ last: "2026-11-22T09:00:00Z", next: "2026-12-22T09:00:00Z" },
      },
      workRequest: {
        ...{
          id: "W",
          status: "FAILED",
          percent: 40,
          accepted: "2026-11-22T09:00:00Z",
          finished: "2026-11-22T10:00:00Z",
        },
        problems: [
          { code: "X", message: "the function failed", at: "2026-11-22T09:30:00Z" },
          { code: "Y", message: "it failed again", at: "2026-11-22T09:40:00Z" },
        ],
      },
      outcome: { code: "LOCKED_OUT", at: "2026-11-22T08:00:00Z", versionNo: 3 },
      ...{ expiresOn: "2026-12-02T12:00:00Z", expiresOnVersionNo: 3 },
      ...{ endsFirst: true, endsOn: "2026-12-02T12:00:00Z" },
      subscribers: { count: 2, unreached: [{ host: "a.example.org", failures: 1 }], waiting: ["b.example.org"] },
    }),
  );
  expect(text).toBe(
    [
      "secret        bold(shop)  S, ACTIVE",
      "state         yellow(interrupted): a rotation was interrupted",
      "next step     mint",
      "because       nobody works on it",
      "to do         run heal",
      "left alone    version 1 of another client",
      "run           oci-rotate heal S",
      "client        shop-client at uaa",
      "owner         Retail, retail@example.org",
      "rotation      every 30 d by F; FAILED; last 2026-11-22T09:00:00Z (3 h ago); next 2026-12-22T09:00:00Z (in 30 d)",
      "work request  FAILED, 40 %, finished 2026-11-22T10:00:00Z (2 h ago)",
      "              the function failed",
      "              it failed again",
      "claim         version 4 of call C1, since 2026-11-22T11:00:00Z (1 h ago), over since 2026-11-22T11:30:00Z (30 min ago)",
      "lease         of a newer edition, its writer's until 2026-11-22T12:00:40Z (in 40 s)",
      "overlap       version 2 still works; lives until 2026-11-23T12:00:00Z (in 1 d)",
      "last heal     LOCKED_OUT with version 3, 2026-11-22T08:00:00Z (4 h ago)",
      "expires       the client secret expires 2026-12-02T12:00:00Z (in 10 d)",
      "too late      the next rotation comes after the client secret ends, 2026-12-02T12:00:00Z (in 10 d)",
      "notifies      2 subscribers; not notified of the last rotation: a.example.org (1 call failed)",
      "acknowledged  CURRENT, by 1 of 2; not by b.example.org",
      "",
      "VERSION  STAGES          NAME    AGE    HOLDS          ISSUER SAYS",
      "4        PENDING LATEST  orot-4  5 min  claim          yellow(unknown)",
      "3        CURRENT         -       5 min  credential     green(accepted)",
      "2        PREVIOUS        orot-2  5 min  being deleted  red(refused)",
      "1        DEPRECATED      orot-1  2 d    unread",
      "",
    ].join("\n"),
  );
});

describe("the command to run", () => {
  const ending = { endsFirst: true, endsOn: "2026-12-22T12:00:00Z" };
  const madeAt = (createdAt: string, versionNo = 3): Partial<StatusReport> => ({
    versions: [{ versionNo, stages: ["CURRENT"], name: null, createdAt, holds: "credential", leaving: false }],
  });

  test.each<[string, Partial<StatusReport>, readonly string[]]>([
    ["none, where nothing is to be done", {}, []],
    ["a rotation, where PENDING is of no use", { state: "poisoned" }, ["oci-rotate rotate S"]],
    [
      "a shorter interval, where the value has most of its life left",
      { ...ending, ...madeAt("2026-11-20T12:00:00Z") },
      ["oci-rotate schedule set S --every 20d"],
    ],
    [
      "a rotation, where less than half is left",
      { ...ending, ...madeAt("2026-10-20T12:00:00Z") },
      ["oci-rotate rotate S"],
    ],
    [
      "a shorter interval, where nobody knows how old it is",
      { ...ending, ...madeAt("2026-10-20T12:00:00Z", 2) },
      ["oci-rotate schedule set S --every 20d"],
    ],
  ])("is %s", (_what, more, expected) => {
    expect(linesOf("run", more)).toEqual(expected);
  });
});

test.each<[string, Partial<StatusReport>, readonly string[]]>([
  ["client", { issuer: null, clientId: null }, ["not known"]],
  ["client", { clientId: null }, ["unknown at uaa"]],
  ["client", { clientId: "a\u001bb" }, ["a\\u001bb at uaa"]],
  ["owner", {}, []],
  ["owner", { contact: "retail@example.org" }, ["retail@example.org"]],
  [
    "overlap",
    { overlap: { versionNo: 2, until: null } },
    ["version 2 still works; the issuer ends it, or a heal sets its end"],
  ],
  ["expires", { neverExpires: true, expiresOnVersionNo: 3 }, ["never, as the issuer said at the last look"]],
  ["expires", { expiresOnVersionNo: 3 }, ["not known: nobody who may ask has been told; each heal asks"]],
  ["expires", { expiresOnVersionNo: 2 }, ["noted only for version 2; a heal notes CURRENT's"]],
  [
    "expires",
    { expiresOn: "2026-11-25T12:00:00Z", expiresOnVersionNo: 2, current: null },
    ["the client secret expires 2026-11-25T12:00:00Z (in 3 d)"],
  ],
  ["notifies", { subscribers: null }, ["not known while Vault is between two states"]],
  ["acknowledged", { subscribers: null }, []],
  ["acknowledged", { subscribers: { count: 1, unreached: [], waiting: [] } }, ["CURRENT, by 1 of 1"]],
  ["acknowledged", { subscribers: { count: 1, unreached: [], waiting: ["a"] } }, []],
  [
    "acknowledged",
    {
      subscribers: { count: 2, unreached: [], waiting: ["a", "b\u0007"] },
      overlap: { versionNo: 2, until: null },
    },
    ["CURRENT, by 0 of 2; not by a, b\\u0007"],
  ],
  ["acknowledged", { overlap: { versionNo: 2, until: null } }, []],
])("the line %s of %j reads %j", (name, more, expected) => {
  expect(linesOf(name, more)).toEqual(expected);
});

test.each<[number, { host: string; failures: number }[], string]>([
  [1, [], "1 subscriber; each was notified of the last rotation"],
  [2, [], "2 subscribers; each was notified of the last rotation"],
  [
    2,
    [
      { host: "a", failures: 0 },
      { host: "b", failures: 2 },
    ],
    "2 subscribers; not notified of the last rotation: a, b (2 calls failed)",
  ],
])("of %d subscribers, of which %j were not reached, it says so", (count, unreached, expected) => {
  expect(linesOf("notifies", { subscribers: { count, unreached, waiting: [] } })).toEqual([expected]);
});

test.each<[Partial<StatusReport["rotation"]>, string]>([
  [{ targetType: "FUNCTION", functionId: "F" }, "not scheduled, by F; never yet"],
  [{ targetType: "ADB", scheduled: true, intervalDays: 7 }, "every 7 d by ADB; never yet"],
  [{ targetType: "ADB", scheduled: true }, "not scheduled, by ADB; never yet"],
  [{ targetType: "ADB", intervalDays: 7 }, "not scheduled, by ADB; never yet"],
])("a rotation with %j reads %j", (more, expected) => {
  const rotation = { ...report().rotation, ...more };
  expect(linesOf("rotation", { rotation })).toEqual([expected]);
});

test("a work request that is not finished is told by when it was accepted", () => {
  const workRequest = {
    ...{ id: "W", status: "IN_PROGRESS", percent: 0, accepted: "2026-11-22T11:59:50Z" },
    ...{ finished: null, problems: [] },
  };
  expect(linesOf("work request", { workRequest })).toEqual([
    "IN_PROGRESS, 0 %, accepted 2026-11-22T11:59:50Z (10 s ago)",
  ]);
});

test.each<[Partial<StatusReport>, string]>([
  [{}, "2026-11-22T12:00:00Z  healthy  CURRENT 3 accepted  PENDING none    next: nothing\n"],
  [
    {
      ...{ state: "down", current: null, pending: { versionNo: 4, verdict: "not asked" } },
      versions: [["PENDING", "LATEST"], ["CURRENT"], ["PREVIOUS", "DEPRECATED"]].map((stages, index) => ({
        ...{ versionNo: 4 - index, stages, name: null, createdAt: "2026-11-22T11:00:00Z" },
        ...{ holds: "unread" as const, leaving: false },
      })),
    },
    "2026-11-22T12:00:00Z  down  CURRENT none  PENDING 4 not asked  2:PREVIOUS+DEPRECATED 3:CURRENT 4:PENDING  next: nothing\n",
  ],
])("a change to %j is one line", (more, line) => {
  expect(changeLine(report(more))).toBe(line);
});
