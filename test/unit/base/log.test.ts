import { expect, test } from "vitest";
import { createLog, type Log, shortOcid } from "../../../src/base/log.ts";
import { hiddenIn, hiddenText } from "../../support/hidden-characters.ts";
import { createInstantClock } from "../../support/instant-clock.ts";

const OCID = "ocid1.vaultsecret.oc1.eu-frankfurt-1.amaaaaaa12345678";

function logOf(fullOcids = false): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  const clock = createInstantClock(Date.UTC(2026, 10, 22, 10, 0, 0, 5));
  return { log: createLog((line) => lines.push(line), clock, fullOcids, { callId: "01CALL" }), lines };
}

test("an event is one line of JSON with time, level, event and the base members first", () => {
  const { log, lines } = logOf();
  log.info("stage-ended", { stage: "promote", ms: 12, ok: true, next: null });
  expect(lines).toEqual([
    '{"time":"2026-11-22T10:00:00.005Z","level":"info","event":"stage-ended","callId":"01CALL","stage":"promote","ms":12,"ok":true,"next":null}\n',
  ]);
});

test("warnings and errors carry their level", () => {
  const { log, lines } = logOf();
  log.warn("a");
  log.error("b");
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(["warn", "error"]);
});

test("a line break in a value does not make a second line", () => {
  const { log, lines } = logOf();
  log.info("a", { text: "one\ntwo\r\nthree" });
  expect(lines.join("").match(/\n/g)).toHaveLength(1);
});

test("a line says the same whatever characters are in it, and hides none from who reads it at a terminal", () => {
  const { log, lines } = logOf();
  log.info("a", { text: hiddenText });
  expect(hiddenIn(lines.join(""))).toBeNull();
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ text: hiddenText });
});

test("with adds members to every later line, and leaves the log it came from alone", () => {
  const { log, lines } = logOf();
  const inner = log.with({ step: "VERIFY_CONNECTION" }).with({ stage: "promote" });
  inner.info("a");
  log.info("b");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ callId: "01CALL", step: "VERIFY_CONNECTION", stage: "promote" });
  expect(JSON.parse(lines[1] ?? "")).not.toHaveProperty("step");
});

test("an OCID is shortened to its last eight characters wherever it stands", () => {
  const { log, lines } = logOf();
  log.with({ secretId: OCID }).info("a", { message: `the secret ${OCID} of ${OCID}`, all: [OCID] });
  expect(lines.join("")).not.toContain("ocid1");
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    secretId: "12345678",
    message: "the secret 12345678 of 12345678",
    all: ["12345678"],
  });
});

test("an OCID stays whole where the setting asks for it", () => {
  const { log, lines } = logOf(true);
  log.with({ secretId: OCID }).info("a");
  expect(JSON.parse(lines[0] ?? "").secretId).toBe(OCID);
});

test("shortOcid gives the last eight characters", () => {
  expect(shortOcid(OCID)).toBe("12345678");
});
