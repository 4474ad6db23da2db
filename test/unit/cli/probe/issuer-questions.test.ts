import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { askReadBack, createTape, type IssuerProbe } from "../../../../src/cli/probe/issuer-questions.ts";
import type { HttpRequest } from "../../../../src/clients/http/transport.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
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
  return { tape, send, now: () => clock.monotonic() };
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
