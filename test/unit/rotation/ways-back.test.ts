import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { RotationError } from "../../../src/base/errors.ts";
import type { Capabilities } from "../../../src/clients/issuers/issuer.ts";
import { withSurvival } from "../../../src/clients/vault/rotation-metadata.ts";
import { createAttempt } from "../../../src/rotation/attempt/attempt.ts";
import { requireWayBack } from "../../../src/rotation/ways-back.ts";
import { expectFailure } from "../../support/failures.ts";
import { createRig, toyCredential } from "./rig.ts";
import { mute, refusing, unreadable, willing } from "./toy-issuer.ts";

const WARNING = {
  what: "no way back is proven: a lost answer when regenerating could lock the application out",
  next: "configure a second authority (OROT_AUTHORITY_SECRET_IDS), or set OROT_REQUIRE_WAY_BACK to true",
};

const makers = { accepted: willing, rejected: refusing, unknown: mute, unread: unreadable };

interface Case {
  readonly isRequired?: boolean;
  /** By the verdict that each one's login brings; an error if they cannot be looked up. */
  readonly authorities?: readonly (keyof typeof makers)[] | Error;
  readonly valueChosenBy?: Capabilities["valueChosenBy"];
  /** How long ago tokens were found to survive; null: never. */
  readonly survivalAgeMs?: number | null;
}

function setUp({ isRequired = false, authorities = [], valueChosenBy = "issuer", survivalAgeMs = null }: Case) {
  const environment: Record<string, string> = isRequired ? { OROT_REQUIRE_WAY_BACK: "true" } : {};
  const rig = createRig([], environment, {
    capabilities: { valueChosenBy },
    authorities:
      authorities instanceof Error
        ? authorities
        : authorities.map((verdict, index) => makers[verdict](`${verdict}-${index}`)),
  });
  const { context, requested, log } = rig;
  const attempt = createAttempt(null);
  const now = rig.clock.now();
  if (survivalAgeMs !== null) attempt.read.metadata = withSurvival({}, true, now - survivalAgeMs);
  return { requested, attempt, log, look: () => requireWayBack({ context, attempt }, toyCredential(rig), now) };
}

describe("if a way back is not required", () => {
  test("its lack is a warning", async () => {
    const { look, attempt, log } = setUp({});
    await look();
    expect(attempt.warning).toEqual(WARNING);
    expect(log).toEqual([]);
  });

  test("an authority for this client spares it, and is not asked to log in", async () => {
    const { look, attempt, requested } = setUp({ authorities: ["rejected"] });
    await look();
    expect(attempt.warning).toBeNull();
    expect(requested).toEqual(["authorities"]);
    await look();
    expect(requested).toEqual(["authorities"]);
  });

  test("an authority whose own secret could not be read does not spare it", async () => {
    const { look, attempt } = setUp({ authorities: ["unread"] });
    await look();
    expect(attempt.warning).toEqual(WARNING);
  });

  test("authorities that cannot be looked up do not end the rotation", async () => {
    const { look, attempt, log } = setUp({ authorities: new RotationError("VAULT_FORBIDDEN", "no right") });
    await look();
    expect(attempt.warning).toEqual(WARNING);
    expect(log).toEqual([
      expect.objectContaining({ level: "warn", event: "authorities-unknown", outcome: "VAULT_FORBIDDEN" }),
    ]);
  });
});

describe("if a way back is required", () => {
  test("its lack ends the rotation", async () => {
    const { look } = setUp({ isRequired: true });
    await expectFailure(look, "NO_WAY_BACK", "no way back exists, and OROT_REQUIRE_WAY_BACK asks for one");
  });

  test("one authority that logs in suffices, and the others are not asked any more", async () => {
    const { look, requested, attempt, log } = setUp({
      isRequired: true,
      authorities: ["rejected", "accepted", "accepted"],
    });
    await look();
    expect(requested).toEqual(["authorities", "login of rejected-0", "login of accepted-1"]);
    expect(attempt.warning).toBeNull();
    expect(log).toEqual([
      expect.objectContaining({
        level: "warn",
        event: "authority-unusable",
        authority: "rejected-0",
        outcome: "rejected",
      }),
    ]);
    await look();
    expect(requested.filter((name) => name === "authorities")).toHaveLength(1);
  });

  test("an authority that cannot be asked is none", async () => {
    const { look, log } = setUp({ isRequired: true, authorities: ["unknown"] });
    await expectFailure(look, "NO_WAY_BACK");
    expect(log).toEqual([expect.objectContaining({ authority: "unknown-0", outcome: "unknown" })]);
  });
});

describe.each([false, true])("required: %s, nothing is asked", (isRequired) => {
  test("if we choose the value, since it is stored before it is used", async () => {
    const { look, requested, attempt } = setUp({ isRequired, valueChosenBy: "caller" });
    await look();
    expect([requested, attempt.warning]).toEqual([[], null]);
  });

  test("if tokens are known to survive the change, for as long as that is believed", async () => {
    const known = setUp({ isRequired, survivalAgeMs: 30 * DAY_MS });
    await known.look();
    expect([known.requested, known.attempt.warning]).toEqual([[], null]);
    const stale = setUp({ isRequired, survivalAgeMs: 30 * DAY_MS + 1, authorities: ["accepted"] });
    await stale.look();
    expect(stale.requested).toContain("authorities");
  });
});
