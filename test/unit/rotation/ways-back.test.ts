import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../src/base/durations.ts";
import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Authority, Capabilities } from "../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { withSurvival } from "../../../src/clients/vault/rotation-metadata.ts";
import { createAttempt } from "../../../src/rotation/attempt.ts";
import type { Context } from "../../../src/rotation/context.ts";
import { requireWayBack } from "../../../src/rotation/ways-back.ts";
import { expectFailure } from "../../support/failures.ts";
import { bearer, toyClient } from "../../support/held.ts";
import { createRig } from "./rig.ts";

const WARNING = {
  what: "no way back is proven: a lost answer when regenerating could lock the application out",
  next: "configure a second authority (OROT_AUTHORITY_SECRET_IDS), or set OROT_REQUIRE_WAY_BACK to true",
};

const proofs: Readonly<Record<string, Awaited<ReturnType<Authority["prove"]>>>> = {
  accepted: { verdict: "accepted", authorization: bearer("T", toyClient, "authority") },
  rejected: { verdict: "rejected" },
  unknown: { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "no answer") },
  unread: { verdict: "unknown", error: new RotationError("VAULT_FORBIDDEN", "no right") },
};

interface Case {
  readonly isRequired?: boolean;
  /** By the verdict that each one's login brings; an error where they cannot be looked up. */
  readonly authorities?: readonly (keyof typeof proofs)[] | Error;
  readonly valueChosenBy?: Capabilities["valueChosenBy"];
  /** How long ago tokens were found to survive; null: never. */
  readonly survivalAgeMs?: number | null;
}

function setUp({ isRequired = false, authorities = [], valueChosenBy = "issuer", survivalAgeMs = null }: Case) {
  const capabilities: Capabilities = {
    valueChosenBy,
    readBack: "no",
    overlap: "none",
    authorities: ["client"],
    repeatMint: "last-wins",
  };
  const rig = createRig([], isRequired ? { OROT_REQUIRE_WAY_BACK: "true" } : {}, () => capabilities);
  const asked: string[] = [];
  const context: Context = {
    ...rig.context,
    clients: {
      ...rig.context.clients,
      issuers: {
        ...rig.context.clients.issuers,
        authoritiesFor: async () => {
          asked.push("list");
          if (authorities instanceof Error) throw authorities;
          return authorities.map((verdict, index) => ({
            name: `${verdict}-${index}`,
            ...(verdict === "unread" ? { isUnread: true as const } : {}),
            prove: async () => {
              asked.push(`${verdict}-${index}`);
              return proofs[verdict] ?? { verdict: "rejected" };
            },
          }));
        },
      },
    },
  };
  const attempt = createAttempt(null);
  const now = rig.clock.now();
  if (survivalAgeMs !== null) attempt.metadata = withSurvival({}, true, now - survivalAgeMs);
  const credential = context.clients.issuers.open(parseContent(new Secret('{"appSecret":"S0"}')));
  return { asked, attempt, log: rig.log, look: () => requireWayBack(context, attempt, credential, now) };
}

describe("where a way back is not required", () => {
  test("its lack is a warning", async () => {
    const { look, attempt, log } = setUp({});
    await look();
    expect(attempt.warning).toEqual(WARNING);
    expect(log).toEqual([]);
  });

  test("an authority for this client spares it, and is not asked to log in", async () => {
    const { look, attempt, asked } = setUp({ authorities: ["rejected"] });
    await look();
    expect(attempt.warning).toBeNull();
    expect(asked).toEqual(["list"]);
    await look();
    expect(asked).toEqual(["list"]);
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

describe("where a way back is required", () => {
  test("its lack ends the rotation", async () => {
    const { look } = setUp({ isRequired: true });
    await expectFailure(look, "NO_WAY_BACK", "no way back exists, and OROT_REQUIRE_WAY_BACK asks for one");
  });

  test("one authority that logs in suffices, and the others are not asked any more", async () => {
    const { look, asked, attempt, log } = setUp({
      isRequired: true,
      authorities: ["rejected", "accepted", "accepted"],
    });
    await look();
    expect(asked).toEqual(["list", "rejected-0", "accepted-1"]);
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
    expect(asked.filter((name) => name === "list")).toHaveLength(1);
  });

  test("an authority that cannot be asked is none", async () => {
    const { look, log } = setUp({ isRequired: true, authorities: ["unknown"] });
    await expectFailure(look, "NO_WAY_BACK");
    expect(log).toEqual([expect.objectContaining({ authority: "unknown-0", outcome: "unknown" })]);
  });
});

describe.each([false, true])("required: %s, nothing is asked", (isRequired) => {
  test("where we choose the value, since it is stored before it is used", async () => {
    const { look, asked, attempt } = setUp({ isRequired, valueChosenBy: "caller" });
    await look();
    expect([asked, attempt.warning]).toEqual([[], null]);
  });

  test("where tokens are known to survive the change, for as long as that is believed", async () => {
    const known = setUp({ isRequired, survivalAgeMs: 30 * DAY_MS });
    await known.look();
    expect([known.asked, known.attempt.warning]).toEqual([[], null]);
    const stale = setUp({ isRequired, survivalAgeMs: 30 * DAY_MS + 1, authorities: ["accepted"] });
    await stale.look();
    expect(stale.asked).toContain("list");
  });
});
