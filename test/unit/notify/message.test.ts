import { expect, test } from "vitest";
import { changeMessage, failureMessage, testMessage } from "../../../src/notify/message.ts";
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

test("nothing hidden reaches a subject line, a mail or a receiver's log", () => {
  const subject = { secretId: `${secretId}${hiddenText}`, versionNo: 7, seq: 3, at };
  const failure = { day: "2026-06-01", code: "LOCKED_OUT", nextAction: hiddenText };
  const told = [
    changeMessage(subject),
    failureMessage({ ...subject, ...failure }),
    testMessage({ ...subject, nonce: "n" }),
  ];
  for (const { title, text, body } of told) {
    for (const shown of [title, text, body]) expect(hiddenIn(shown)).toBeNull();
    expect(text).toContain(`${secretId}${shownText}`);
    expect(text.split("\n").length).toBeLessThanOrEqual(2);
    expect(JSON.parse(body)).toMatchObject({ secretId: `${secretId}${hiddenText}` });
  }
  expect(JSON.parse(told[1]?.body ?? "")).toMatchObject({ nextAction: hiddenText });
});
