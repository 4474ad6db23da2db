import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { certificateWarning } from "../../../src/mirror/certificates.ts";
import type { Wallet } from "../../../src/mirror/ces-responses.ts";

const NOW = Date.UTC(2026, 10, 1);
const wallet = (walletName: string, certificateEndDate: number | null): Wallet => ({
  walletName,
  walletPassword: null,
  certificateStartDate: null,
  certificateEndDate,
  lastRotationDate: null,
  schemas: new Map(),
  files: new Map(),
});
const warning = (...wallets: Wallet[]) => certificateWarning(wallets, NOW, 30);

describe("The warning of a certificate", () => {
  it("begins at the day that the settings say, and goes on after the end", () => {
    expect(warning(wallet("W", NOW + 30 * DAY_MS + 1))).toBeNull();
    expect(warning(wallet("W", NOW + 30 * DAY_MS))).toBe(
      "the certificate of wallet 1 in the manifest ends on 2026-12-01",
    );
    expect(warning(wallet("W", NOW))).toBe("the certificate of wallet 1 in the manifest has ended on 2026-11-01");
  });

  it("tells each wallet that it is about by its place in the manifest", () => {
    const found = warning(wallet("C", NOW - DAY_MS), wallet("B", NOW + 99 * DAY_MS), wallet("A", NOW + 1));
    expect(found).toBe(
      "the certificate of wallet 1 in the manifest ends on 2026-11-01; the certificate of wallet 3 in the manifest has ended on 2026-10-31",
    );
  });

  it("is none where Oracle says no end", () => {
    expect(warning(wallet("W", null), wallet("V", null))).toBeNull();
    expect(warning()).toBeNull();
  });

  it("passes on no name, which may be anything", () => {
    for (const name of ['x". Next: call 555', "n".repeat(61), "canary-4711"]) {
      expect(warning(wallet(name, NOW))).toBe("the certificate of wallet 1 in the manifest has ended on 2026-11-01");
    }
  });

  it("reads milliseconds: the same number of seconds would have ended long ago", () => {
    expect(warning(wallet("W", (NOW + 365 * DAY_MS) / 1000))).toMatch(/has ended on 1970/);
  });

  it("bears instants beyond every calendar", () => {
    expect(certificateWarning([wallet("W", Number.MAX_SAFE_INTEGER)], Number.MAX_SAFE_INTEGER, 0)).toContain(
      "has ended",
    );
  });
});
