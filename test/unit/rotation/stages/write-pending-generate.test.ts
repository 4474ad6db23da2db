import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { isOwnValue } from "../../../../src/clients/issuers/own-value.ts";
import { generate } from "../../../../src/rotation/stages/write-pending.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import {
  accepted,
  credential,
  current,
  failed,
  noteLogin,
  type Run,
  rejected,
  startRun,
  type Written,
} from "../rig.ts";

describe("making a value of our own", () => {
  const go = ({ context, attempt, seen }: Run) => generate({ context, attempt, snapshot: seen });

  test("stores it as PENDING before the issuer gets it", async () => {
    const run = await startRun();
    run.attempt.requests.install = { clientSecret: new Secret("before"), at: 0, isRefused: true };
    expect(await go(run)).toEqual({ outcome: "stored", next: "look" });
    expect(run.sent).toEqual([["write", "orot-8", "PENDING", expect.any(Secret), "etag-1"]]);
    const { attempt, clock } = run;
    expect(attempt.requests).toMatchObject({ values: 1, install: null });
    const made = attempt.requests.generated?.clientSecret ?? new Secret("none");
    const maker = { secretId: run.context.secretId, client: toyClient, clientSecret: new Secret("S7") };
    expect(isOwnValue(made, maker)).toBe(true);
    expect(run.sent[0]?.[3]).toEqual(new Secret(JSON.stringify({ appSecret: made.reveal() })));
    expect(attempt.requests.generated?.startedAt).toBe(clock.monotonic());
    const [written] = attempt.writes.written;
    expect(written?.name).toBe("orot-8");
    expect(written?.known.kind === "credential" && written.known.credential.clientSecret.equals(made)).toBe(true);
  });

  test("that Vault does not take now is made again after a look, and is not counted", async () => {
    const run = await startRun({ answer: failed("busy", "VAULT_UNAVAILABLE") });
    expect(await go(run)).toEqual({ outcome: "busy", next: "look", isRetry: true });
    expect(run.attempt).toMatchObject({ requests: { values: 0 }, writes: { written: [] } });
  });

  test("that Vault refuses for good ends the call", async () => {
    const run = await startRun({ answer: failed("refused", "VAULT_FORBIDDEN") });
    await expectFailure(() => go(run), "VAULT_FORBIDDEN");
  });

  test("is not begun if Vault takes no second PENDING version", async () => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    run.attempt.writes.secondPending.tries = 2;
    const what = "Vault keeps an older PENDING version and takes no second one";
    expect((await expectFailure(() => go(run), "SECRET_NOT_ROTATABLE")).message).toBe(what);
    run.attempt.writes.writeFailure = new RotationError("SECRET_NOT_FOUND", "by 404");
    expect((await expectFailure(() => go(run), "SECRET_NOT_ROTATABLE")).message).toBe(`${what}: by 404`);
    expect(run.sent).toEqual([]);
  });

  test("is tried if nothing but the list of versions says so", async () => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    expect(await go(run)).toEqual({ outcome: "stored", next: "look" });
  });

  test("is tried after a single failed write, which shows no refusal yet", async () => {
    const run = await startRun();
    run.attempt.writes.secondPending.tries = 1;
    expect(await go(run)).toEqual({ outcome: "stored", next: "look" });
  });

  test("is tried on if that only seems so: the answers may pass, and nothing is unsaved", async () => {
    const run = await startRun();
    run.attempt.writes.refusesSecondPending = true;
    Object.assign(run.attempt.writes.secondPending, { isDoubted: true, tries: 3 });
    expect(await go(run)).toEqual({ outcome: "stored", next: "look" });
  });

  test.each([
    ["is the one that the issuer accepts and Vault does not promote", accepted, true],
    ["is another than one that the issuer does not accept", rejected, false],
    ["is another than one that was not asked about", null, false],
  ])("%s", async (_what, login, isStoredAgain) => {
    const displaced: Written = { no: 6, stages: ["DEPRECATED"], content: credential("S6") };
    const run = await startRun({ versions: [displaced, current], isAllRead: true });
    run.attempt.writes.unpromotable.add(6);
    if (login !== null) noteLogin(run.attempt, run, 6, login);
    await go(run);
    expect(run.attempt.requests.generated?.clientSecret.reveal() === "S6").toBe(isStoredAgain);
  });
});
