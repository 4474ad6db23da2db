import { describe, expect, test } from "vitest";
import { readRecord, withRecord } from "../../../src/notify/record.ts";

const HOOK = "https://hooks.example.org/";
const MAIL = "mailto:ops@example.org";
const ownIn = (metadata: Readonly<Record<string, unknown>>): unknown => JSON.parse(String(metadata["orot"]));
const own = (members: unknown) => ({ orot: JSON.stringify(members) });

describe("what is kept of notifications", () => {
  test("is read as it was written, beside what else is there", () => {
    const record = {
      subscribers: [
        { endpoint: HOOK, failures: 3 },
        { endpoint: MAIL, failures: null },
      ],
      told: { version: 7, seq: 2, owesTopic: true, failure: { code: "LOCKED_OUT", day: "2026-06-01" } },
    };
    const metadata = withRecord({ team: "payments", ...own({ noGrace: 3 }) }, record);
    expect(readRecord(metadata)).toEqual(record);
    expect(metadata).toMatchObject({ team: "payments" });
    expect(ownIn(metadata)).toMatchObject({ noGrace: 3 });
  });

  test("is short where all is well", () => {
    const told = { version: 7, seq: 2, owesTopic: false, failure: null };
    expect(ownIn(withRecord({}, { subscribers: [{ endpoint: HOOK, failures: null }], told }))).toEqual({
      subscribers: [{ endpoint: HOOK }],
      told: { version: 7, seq: 2 },
    });
  });

  test("keeps what another edition has added to a subscriber", () => {
    const metadata = own({ subscribers: [{ endpoint: HOOK, failures: 1, since: "2026" }] });
    const written = withRecord(metadata, { subscribers: [{ endpoint: HOOK, failures: null }], told: null });
    expect(ownIn(written)).toEqual({ subscribers: [{ endpoint: HOOK, since: "2026" }] });
  });

  test.each([
    [{}],
    [own({})],
    [own({ subscribers: "all", told: 7 })],
    [own({ subscribers: [HOOK, { to: HOOK }, { endpoint: HOOK, failures: -1 }], told: { version: "7", seq: 1 } })],
    [{ orot: "no JSON" }],
  ])("is nothing in %j", (metadata) => {
    expect(readRecord(metadata)).toEqual({ subscribers: [], told: null });
  });
});
