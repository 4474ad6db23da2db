import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import type { FunctionAnswer } from "../../../../src/cli/function.ts";
import {
  askChosenValue,
  askReadBack,
  askRegenerate,
  createTape,
  type IssuerProbe,
} from "../../../../src/cli/probe/issuer-questions.ts";
import type { HttpRequest } from "../../../../src/clients/http/transport.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";
import { accepted, createRig, rejected, toyCredential } from "../../rotation/rig.ts";

const MINT = ["POST", "/admin/v1/AppClientSecretRegenerator"] as const;
const TOKEN = ["POST", "/oauth2/v1/token"] as const;
const APP = ["PATCH", "/admin/v1/Apps/0a"] as const;

function taping() {
  const clock = createInstantClock();
  let status = 200;
  const tape = createTape(async () => ({ status, headers: {}, body: "" }), clock);
  tape.start("Basic old");
  const send = async (
    [method, path]: readonly [HttpRequest["method"], string],
    answer: number,
    authorization = "Basic new",
  ) => {
    status = answer;
    clock.advance(1_000);
    const headers = { authorization };
    await tape.transport({ method, url: `https://domain.example.org${path}`, headers, deadline: 0 });
  };
  return { tape, send, clock, now: () => clock.monotonic() };
}

describe("what is recorded at the domain", () => {
  test("is when a regenerate succeeded, and no other", async () => {
    const { tape, send, now } = taping();
    await send(MINT, 500);
    await send(TOKEN, 200);
    expect(tape.mintedAt()).toBeNull();
    await send(MINT, 201);
    expect(tape.mintedAt()).toBe(now());
  });

  test("is each judged login after it that does not show the old secret", async () => {
    const { tape, send, now } = taping();
    await send(TOKEN, 200);
    await send(MINT, 200);
    await send(TOKEN, 401);
    const refusedAt = now();
    await send(TOKEN, 503);
    await send(TOKEN, 200, "Basic old");
    await send(APP, 200);
    await send(TOKEN, 200);
    expect(tape.logins()).toEqual([
      { at: refusedAt, isAccepted: false },
      { at: now(), isAccepted: true },
    ]);
    await send(MINT, 200);
    expect(tape.logins()).toEqual([]);
  });

  test("is whether a chosen value was set", async () => {
    const { tape, send } = taping();
    await send(APP, 400);
    await send(["GET", "/admin/v1/Apps/0a"], 200);
    await send(["PATCH", "/admin/v1/Users/0a"], 200);
    expect(tape.isPatched()).toBe(false);
    await send(APP, 200);
    expect(tape.isPatched()).toBe(true);
    tape.start("Basic old");
    expect([tape.isPatched(), tape.mintedAt(), tape.logins()]).toEqual([false, null, []]);
  });
});

describe("whether an App shows its secret", () => {
  const ask = async (more: Partial<Pick<Credential, "login" | "readBack">>) => {
    const credential = { ...toyCredential(createRig()), login: async () => accepted, ...more };
    const probe = { open: () => credential, readCurrent: async () => new Secret("any") } as unknown as IssuerProbe;
    const { answer, ...rest } = await askReadBack(probe);
    return [answer, Object.values(rest)];
  };
  const reading = (value: string) => ({
    readBack: async () => ({ outcome: "read", clientSecret: new Secret(value) }) as const,
  });

  test.each<[string, Parameters<typeof ask>[0], string, string]>([
    ["it shows it", reading("S0"), "yes", "the App shows its secret to the client, in clear"],
    ["it shows another text", reading("****"), "other", "the App shows another text than its secret"],
    [
      "it shows none",
      { readBack: async () => ({ outcome: "not-readable", isProofAlive: true }) },
      "no",
      "the App does not show its secret to the client",
    ],
    [
      "CURRENT got no token",
      { login: async () => ({ verdict: "accepted", token: null }) },
      "unknown",
      "CURRENT got no token",
    ],
    ["CURRENT is refused", { login: async () => rejected }, "unknown", "CURRENT got no token"],
  ])("is answered if %s", async (_what, more, answer, words) => {
    const [told, rest] = await ask(more);
    expect(told).toBe(answer);
    expect(rest).toContain(words);
  });
});

/** A probe whose client secret is `S0` before the rotation, and then what the test says. */
function probing(given: {
  readonly answer: FunctionAnswer;
  readonly after?: string;
  readonly login?: Login;
  readonly readBack?: Awaited<ReturnType<Credential["readBack"]>>;
  /** The answers to a regenerate, to logins and to writes of the App, in the order in which the rotation sends them. */
  readonly sends?: readonly (readonly [typeof MINT | typeof TOKEN | typeof APP, number])[];
}) {
  const { tape, send, clock } = taping();
  const asked: string[] = [];
  let isRotated = false;
  const credential = { ...toyCredential(createRig()), login: async () => given.login ?? accepted };
  const probe: IssuerProbe = {
    clock,
    tape,
    readCurrent: async () => new Secret(isRotated ? (given.after ?? "S1") : "S0"),
    open: (text) => ({
      ...credential,
      clientSecret: text,
      login: async () => {
        asked.push(`login with ${text.reveal()}`);
        if (isRotated && given.sends !== undefined) await send(TOKEN, 200);
        return credential.login();
      },
      readBack: async (proof) => {
        asked.push(`read with ${proof.kind === "bearer" ? proof.token.reveal() : proof.kind}`);
        return given.readBack ?? { outcome: "read", clientSecret: text };
      },
    }),
    rotate: async (chosenBy) => {
      asked.push(`rotate by ${chosenBy}`);
      isRotated = true;
      for (const [call, status] of given.sends ?? []) await send(call, status);
      return given.answer;
    },
  };
  return { probe, clock, asked };
}
const OK: FunctionAnswer = { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: 2 };
const failedWith = (code: string): FunctionAnswer => ({
  ...{ responseCode: 500, returnMessage: `${code}: it failed. Next: look.`, versionNo: null },
});

describe("whether the domain takes a chosen value", () => {
  test.each<[string, Parameters<typeof probing>[0], string, string]>([
    ["it logs in", { answer: OK }, "accepted", "the domain takes a client secret of our choosing, and it logs in"],
    [
      "the old one stays",
      { answer: OK, after: "S0", sends: [[APP, 200]] },
      "ignored",
      "the domain reports success but keeps the old client secret",
    ],
    [
      "the domain refuses",
      { answer: failedWith("ISSUER_CONFIGURATION"), sends: [[APP, 400]] },
      "refused",
      "the domain refuses a client secret of our choosing",
    ],
    [
      "the rotation fails",
      { answer: failedWith("ISSUER_UNAVAILABLE") },
      "unknown",
      "the rotation ended with ISSUER_UNAVAILABLE: it failed",
    ],
    ["nothing changes", { answer: OK, after: "S0" }, "unknown", "the rotation ended with OK: done"],
  ])("is answered if %s", async (_what, given, answer, told) => {
    const { probe, asked } = probing(given);
    expect(await askChosenValue(probe)).toEqual({ question: "chosen-value", answer, told, seconds: null });
    expect(asked).toEqual(["rotate by caller"]);
  });
});

describe("how soon a new client secret works, and what becomes of an old token", () => {
  const SURVIVES = ["survives", "a token outlives the client secret that got it", null];
  const AT_ONCE = ["at-once", "every login with the new client secret was accepted", 0];
  const NONE = ["unknown", "nothing was regenerated; the rotation ended with CLAIM_LIVE: it failed", null];
  const FAILED = ["unknown", "the rotation ended with VERDICT_UNKNOWN: it failed", null];
  const NO_TOKEN = ["unknown", "the old client secret got no token", null];
  const ODD = ["unknown", "the read with the old token got another answer", null];

  test.each<[string, Parameters<typeof probing>[0], readonly unknown[], readonly unknown[]]>([
    ["both at once", { answer: OK, sends: [[MINT, 200]] }, AT_ONCE, SURVIVES],
    [
      "after refusals",
      {
        answer: OK,
        sends: [
          [MINT, 200],
          [TOKEN, 401],
          [TOKEN, 200],
          [TOKEN, 401],
          [TOKEN, 200],
        ],
      },
      ["late", "the new client secret was refused 2 times, and works after 4 s", 4],
      SURVIVES,
    ],
    ["nothing was regenerated", { answer: failedWith("CLAIM_LIVE"), sends: [] }, NONE, NONE],
    ["the rotation failed later", { answer: failedWith("VERDICT_UNKNOWN"), sends: [[MINT, 200]] }, FAILED, FAILED],
    ["CURRENT was refused", { answer: OK, login: rejected, sends: [[MINT, 200]] }, AT_ONCE, NO_TOKEN],
    [
      "there was no token",
      { answer: OK, login: { verdict: "accepted", token: null }, sends: [[MINT, 200]] },
      AT_ONCE,
      NO_TOKEN,
    ],
    [
      "the old token is refused",
      { answer: OK, sends: [[MINT, 200]], readBack: { outcome: "proof-refused" } as never },
      AT_ONCE,
      ["dies", "a token dies with the client secret that got it", null],
    ],
    [
      "the App shows nothing to a token that lives",
      { answer: OK, sends: [[MINT, 200]], readBack: { outcome: "not-readable", isProofAlive: true } },
      AT_ONCE,
      SURVIVES,
    ],
    [
      "nobody can say whether the token lives",
      { answer: OK, sends: [[MINT, 200]], readBack: { outcome: "not-readable", isProofAlive: false } },
      AT_ONCE,
      ODD,
    ],
    [
      "the read has no answer",
      { answer: OK, sends: [[MINT, 200]], readBack: { outcome: "unknown" } as never },
      AT_ONCE,
      ODD,
    ],
  ])("%s", async (_what, given, newSecret, oldToken) => {
    const answers = await askRegenerate(probing(given).probe);
    expect(answers.map(({ question, answer, told, seconds }) => [question, answer, told, seconds])).toEqual([
      ["new-secret", ...newSecret],
      ["old-token", ...oldToken],
    ]);
  });

  test("is watched for 90 s, with a login every 5 s, and then the old token is shown", async () => {
    const { probe, clock, asked } = probing({ answer: OK, sends: [[MINT, 200]] });
    await askRegenerate(probe);
    // Each login takes a second here.
    expect(clock.slept).toEqual(Array.from({ length: 15 }, () => 5_000));
    expect(asked).toEqual([
      "login with S0",
      "rotate by issuer",
      ...clock.slept.map(() => "login with S1"),
      `read with ${accepted.token.value.reveal()}`,
    ]);
  });

  test("is unknown if the new one is still refused at the end", async () => {
    const { probe, clock } = probing({
      answer: OK,
      sends: [
        [MINT, 200],
        [TOKEN, 401],
      ],
    });
    const { open } = probe;
    const silent: IssuerProbe = { ...probe, open: (text) => ({ ...open(text), login: async () => accepted }) };
    const [newSecret] = await askRegenerate(silent);
    expect(newSecret).toEqual({
      ...{ question: "new-secret", answer: "unknown", seconds: null },
      told: "logins with the new client secret were still refused at the end",
    });
    expect(clock.slept).toHaveLength(18);
  });
});
