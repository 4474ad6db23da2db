import { describe, expect, test } from "vitest";
import { rotatedMemberOf } from "../../../../src/clients/vault/content.ts";
import {
  currentSince,
  isLeaseOf,
  leaseIn,
  noGraceUpTo,
  withCurrentSince,
  withLease,
  withNoGraceUpTo,
} from "../../../../src/clients/vault/rotation-metadata.ts";

const NOW = Date.UTC(2026, 5, 1);
const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const CREATED = { versionNo: 7, createdAt: NOW - 60_000 };

describe("of what anybody may have written into the metadata", () => {
  test.each([
    ["when the version was made", CREATED.createdAt, true],
    ["before that", CREATED.createdAt - 1, false],
    ["five minutes from now, as clocks may differ", NOW + FIVE_MINUTES_MS, true],
    ["later", NOW + FIVE_MINUTES_MS + 1, false],
  ])("a version is believed to be CURRENT since a possible time: %s", (_when, at, isBelieved) => {
    expect(currentSince(withCurrentSince({}, 7, at), CREATED, NOW)).toBe(isBelieved ? at : null);
  });

  test("no grace is denied to versions that there are not", () => {
    expect(noGraceUpTo(withNoGraceUpTo({}, 7), 7)).toBe(7);
    expect(noGraceUpTo(withNoGraceUpTo({}, 8), 7)).toBe(0);
  });

  test("a lease lasts no longer than one of ours, and clocks may differ", () => {
    const last = HOUR_MS + FIVE_MINUTES_MS;
    expect(leaseIn(withLease({}, "call", NOW + last), NOW)).toEqual({ callId: "call", until: NOW + last });
    expect(leaseIn(withLease({}, "call", NOW + last + 1), NOW)).toBeNull();
  });

  test("a lease until a time that is none is nobody's", () => {
    const metadata = { orot: JSON.stringify({ lease: { callId: "call", until: "soon" } }) };
    expect(leaseIn(metadata, NOW)).toBeNull();
    expect(isLeaseOf(metadata, "call")).toBe(false);
    expect(isLeaseOf({}, "call")).toBe(false);
  });
});

test.each([
  [null, "appSecret"],
  ["oci-iam", "appSecret"],
  ["uaa", "clientSecret"],
  ["keycloak", "clientSecret"],
])("at the issuer %s the client secret is the member %s", (issuer, member) => {
  expect(rotatedMemberOf(issuer)).toBe(member);
});
