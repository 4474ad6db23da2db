import { expect, test } from "vitest";
import { changeMessage, dueMessage, failureMessage, testMessage } from "../../../src/notify/message.ts";
import { hiddenIn, hiddenText, shownText } from "../../support/hidden-characters.ts";

const secretId = "ocid1.vaultsecret.oc1.iad.a";
const at = Date.UTC(2026, 5, 1);

test("a change is told as Oracle's Credential Exchange Service does it, and with what it is about", () => {
  const { id, body } = changeMessage({ secretId, versionNo: 7, seq: 3, at });
  expect(id).toBe(`${secretId}:7:3`);
  expect(JSON.parse(body)).toEqual({
    usecase: "credentialRotation",
    change: "credentials",
    id,
    time: "2026-06-01T00:00:00.000Z",
    secretId,
    versionNo: 7,
  });
});

test("a failure is told with its code and what is to be done", () => {
  const { id, body, text } = failureMessage({
    ...{ secretId, versionNo: 7, seq: 3, at },
    ...{ day: "2026-06-01", code: "LOCKED_OUT", nextAction: "regenerate in the console" },
  });
  expect(id).toBe(`${secretId}:7:3:LOCKED_OUT:2026-06-01`);
  expect(JSON.parse(body)).toEqual({
    usecase: "credentialRotationFailed",
    id,
    time: "2026-06-01T00:00:00.000Z",
    secretId,
    versionNo: 7,
    code: "LOCKED_OUT",
    nextAction: "regenerate in the console",
  });
  expect(text).toContain("Next: regenerate in the console.");
});

test("people read in a mail what was rotated, what has failed, and what was a test", () => {
  const subject = { secretId, versionNo: 7, seq: 3, at };
  const failure = { day: "2026-06-01", code: "LOCKED_OUT", nextAction: "regenerate in the console" };
  expect(changeMessage(subject)).toMatchObject({
    at,
    title: "A client secret in OCI Vault was rotated",
    text:
      `The secret ${secretId} holds a new client secret: version 7 is CURRENT.\n` +
      "Applications that use it should read CURRENT again.",
  });
  expect(failureMessage({ ...subject, ...failure })).toMatchObject({
    at,
    title: "The rotation of a client secret in OCI Vault failed",
    text:
      `The rotation of the client secret in ${secretId} failed with LOCKED_OUT. Version 7 is CURRENT.\n` +
      "Next: regenerate in the console.",
  });
  expect(testMessage({ ...subject, nonce: "n" })).toMatchObject({
    at,
    title: "A test: nothing was rotated",
    text: `This is a test of the notifications about the secret ${secretId}. Nothing was rotated.`,
  });
});

test("a notice says on which day the value is due, and why", () => {
  const dueAt = Date.UTC(2026, 5, 8);
  const subject = { secretId, versionNo: 7, at, dueAt };
  const { id, body, title } = dueMessage({ ...subject, reason: "expiry" });
  expect(id).toBe(`${secretId}:7:due`);
  expect(JSON.parse(body)).toEqual({
    ...{ usecase: "credentialRotationDue", id, time: "2026-06-01T00:00:00.000Z", secretId, versionNo: 7 },
    ...{ dueAt: "2026-06-08T00:00:00.000Z", reason: "expiry" },
  });
  expect(title).toBe("A client secret in OCI Vault is due to be rotated");
  expect((["rotation", "expiry", "age"] as const).map((reason) => dueMessage({ ...subject, reason }).text)).toEqual(
    ["its rotation is scheduled", "it ends", "it reaches its greatest age"].map(
      (why) =>
        `The client secret in ${secretId}, version 7, is due on 2026-06-08T00:00:00.000Z: ${why}.\n` +
        "Nothing has changed yet. Be ready to read CURRENT again.",
    ),
  );
});

test("a test says that it is one, under an id of its own", () => {
  const { id, body } = testMessage({ secretId, versionNo: 7, at, nonce: "n" });
  expect(id).toBe(`${secretId}:7:test:n`);
  expect(JSON.parse(body)).toEqual({
    ...{ usecase: "credentialRotationTest", id, time: "2026-06-01T00:00:00.000Z", secretId, versionNo: 7 },
  });
});

test("nothing hidden reaches a subject line, a mail or a receiver's log", () => {
  const subject = { secretId: `${secretId}${hiddenText}`, versionNo: 7, seq: 3, at };
  const failure = { day: "2026-06-01", code: "LOCKED_OUT", nextAction: hiddenText };
  const told = [
    changeMessage(subject),
    failureMessage({ ...subject, ...failure }),
    testMessage({ ...subject, nonce: "n" }),
    dueMessage({ ...subject, dueAt: at, reason: "age" }),
  ];
  for (const { title, text, body } of told) {
    for (const shown of [title, text, body]) expect(hiddenIn(shown)).toBeNull();
    expect(text).toContain(`${secretId}${shownText}`);
    expect(text.split("\n").length).toBeLessThanOrEqual(2);
    expect(JSON.parse(body)).toMatchObject({ secretId: `${secretId}${hiddenText}` });
  }
  expect(JSON.parse(told[1]?.body ?? "")).toMatchObject({ nextAction: hiddenText });
});
