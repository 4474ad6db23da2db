import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { verifyToPromote } from "../../../../src/rotation/stages/verify-pending.ts";
import { createRig } from "../rig.ts";
import { clientWith } from "./rig.ts";

const unknown: Login = { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "429"), final: false };
const rejected: Login = { verdict: "rejected" };
const kept: Login = { verdict: "accepted", token: null };
const NOT_REPEATED = ["login-not-repeated", "verify-pending"];

/** A value is to be promoted: what the issuer would answer, whether its pause runs before and after that, and what this process remembers. */
async function verify(login: Login, pauses: readonly [before: number, after: number], isAccepted: boolean) {
  const { invocation, log } = createRig([]);
  const { credential, asked } = clientWith(login);
  const left = [...pauses];
  const verdict = await verifyToPromote(
    {
      ...invocation,
      pauseMs: (client) => (client === credential.client ? (left.shift() ?? pauses[1]) : 0),
      acceptances: { has: (held) => held === credential && isAccepted },
    },
    credential,
  );
  return { verdict, asked: asked.length, log: log.map(({ event, stage }) => [event, stage]) };
}

describe("a value that is to be promoted", () => {
  test("is asked about whenever the issuer may be asked, whatever is remembered", async () => {
    expect(await verify(rejected, [0, 0], true)).toEqual({ verdict: rejected, asked: 1, log: [] });
    expect(await verify(unknown, [0, 0], true)).toEqual({ verdict: unknown, asked: 1, log: [] });
  });

  test("is not asked about during a pause after 429 where this process has just logged in with it", async () => {
    expect(await verify(rejected, [1, 1], true)).toEqual({ verdict: kept, asked: 0, log: [NOT_REPEATED] });
  });

  test("counts as accepted where the login itself is answered 429", async () => {
    expect(await verify(unknown, [0, 60_000], true)).toEqual({ verdict: kept, asked: 1, log: [NOT_REPEATED] });
  });

  test("is refused where the issuer refuses it, though a pause begins meanwhile", async () => {
    expect(await verify(rejected, [0, 60_000], true)).toEqual({ verdict: rejected, asked: 1, log: [] });
  });

  test("is asked about, however long the pause, where nothing is remembered of it", async () => {
    expect(await verify(unknown, [1, 1], false)).toEqual({ verdict: unknown, asked: 1, log: [] });
    expect(await verify(rejected, [1, 1], false)).toEqual({ verdict: rejected, asked: 1, log: [] });
  });
});
