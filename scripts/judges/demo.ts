/** The demos: a whole rotation, one with a fault, one with notifications, and the Retail mirror. */
import { z } from "zod";
import { calls } from "./calls.ts";
import { atLeast, between, judgeLine, words } from "./judge.ts";

const answered = z.object({ responseCode: z.literal(200) });
const step = (name: string) => answered.extend({ step: z.literal(name) });
const well = { ok: z.literal(true), newSecret: z.literal("accepted") };
const rotated = {
  ...well,
  steps: z.tuple([
    step("VERIFY_CONNECTION"),
    step("CREATE_PENDING_VERSION"),
    step("UPDATE_TARGET_SYSTEM"),
    step("PROMOTE_PENDING_VERSION"),
  ]),
};
const ended = { oldSecret: z.literal("rejected") };

export const judgeDemo = judgeLine(z.object({ ...rotated, ...ended, remoteCalls: z.literal(calls.fourStep) }));

/** Verdicts on the old secret: while the new one works too, at the end, and after its grace. */
const oldSecret = {
  uaa: { overlapSecret: z.literal("accepted"), ...ended, retire: answered },
  keycloak: {
    overlapSecret: z.literal("accepted"),
    oldSecret: z.literal("accepted"),
    oldSecretUntil: z.iso.datetime(),
    expiredSecret: z.literal("rejected"),
  },
  "edfi-cms": { ...ended, overlapSecret: z.never().optional() },
} as const;

/** Nearly the same number at each, which depends on what the issuer can tell. */
const CALLS_ELSEWHERE = between(18, 26);

/** The demo at each further issuer, and what becomes of the old secret there. */
export const furtherIssuers = Object.entries(oldSecret).map(([issuer, end]) => ({
  issuer,
  judge: judgeLine(z.object({ ...rotated, ...end, issuer: z.literal(issuer), remoteCalls: CALLS_ELSEWHERE })),
}));

/** The fault must have struck: without a fault, recovery proves nothing. */
export const judgeHealed = judgeLine(
  z.object({
    ...well,
    ...ended,
    healed: z.literal(true),
    struck: z.literal(true),
    heal: answered.extend({ code: z.enum(["OK", "NOTHING_TO_DO"]) }),
  }),
);

/** The demo with notifications: a webhook with a valid signature, and a mail. */
export const judgeNotified = judgeLine(
  z.object({
    ...rotated,
    ...ended,
    webhooks: z.array(z.object({ verified: z.literal(true), id: words, versionNo: atLeast(2) })).min(1),
    mails: z.array(z.object({ to: words, subject: words })).min(1),
  }),
);

const CLIENTS = 30;
const adoptedAt = (issuer: string, adopted: number) =>
  z.object({
    issuer: z.literal(issuer),
    listed: z.literal(CLIENTS),
    adopted: z.literal(adopted),
    accepted: z.literal(adopted),
  });
const ADOPTED = [26, 29, 29] as const;

/** The demo of adoption: nothing that was not adopted proves anything, and no CURRENT may be refused on the way. */
export const judgeAdopted = judgeLine(
  z.object({
    ok: z.literal(true),
    adopt: z.object({
      issuers: z.tuple([
        adoptedAt("keycloak", ADOPTED[0]),
        adoptedAt("uaa", ADOPTED[1]),
        adoptedAt("edfi-cms", ADOPTED[2]),
      ]),
      rotated: z.literal(ADOPTED[0] + ADOPTED[1] + ADOPTED[2]),
      opened: z.literal(true),
      unknownSecret: z.literal("rejected"),
      oldSecret: z.literal("accepted"),
      retiredSecret: z.literal("rejected"),
      refusals: z.literal(0),
    }),
  }),
);

const mirror = z
  .object({
    secrets: atLeast(10),
    manifestVersion: atLeast(2),
    setsServed: atLeast(2),
    setInForce: atLeast(2),
    callbacks: z.array(z.literal(200)).min(1),
    fetches: atLeast(2),
    tokenRequests: atLeast(1),
    problems: z.array(z.unknown()).max(0),
  })
  .refine(({ setInForce, setsServed }) => setInForce === setsServed, "the newest set is not in force");

/** The demo of the Retail credential mirror: what changed at the Credential Exchange is in force in Vault. */
export const judgeMirrored = judgeLine(z.object({ ok: z.literal(true), mirror }));
