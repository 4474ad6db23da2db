/** Upgrades and rollbacks in the middle of rotations: what `npm run prove -- --upgrades` must count. */
import { z } from "zod";
import { EARLIER } from "../../test/prove/upgrades/earlier.ts";
import { atLeast, judgeLine } from "./judge.ts";

const none = z.literal(0);
/** Of one kind of issuer. */
const tried = atLeast(60);

/** Whatever began, ended rotated. */
const isAllRotated = ({ schedules, rotated }: { readonly schedules: number; readonly rotated: number }) =>
  schedules === rotated;
const NOT_ROTATED = "a schedule did not end rotated";

/** The built functions, in real processes. */
const real = z
  .object({
    ...{ schedules: atLeast(12), unsettledAtSwitch: atLeast(8), lost: none, rotated: atLeast(12) },
    ...{ otherViolations: none, processes: atLeast(36) },
  })
  .refine(isAllRotated, NOT_ROTATED);

const upgrades = z
  .object({
    earlier: z.literal(EARLIER.commit),
    schedules: atLeast(1_500),
    unsettledAtSwitch: atLeast(1_000),
    unsettledAtEverySwitch: atLeast(500),
    lost: none,
    rotated: atLeast(1_500),
    otherViolations: none,
    bySample: atLeast(200),
    issuers: z.object({
      ...{ "oci-iam": atLeast(600), "oci-iam-caller": tried, keycloak: tried, "keycloak-policy": tried },
      ...{ uaa: tried, "edfi-cms": tried },
    }),
    control: z.object({ schedules: atLeast(1), lost: atLeast(1) }),
    real,
  })
  .refine(isAllRotated, NOT_ROTATED);

export const judgeUpgrades = judgeLine(z.object({ upgrades, seconds: z.number().positive() }));
