import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import type { RecordedRequest } from "../../../src/emulator/core/record.ts";
import { ociIam } from "../../prove/issuers/oci-iam.ts";
import { mayRest } from "../../prove/rested.ts";

const held = { clientId: "app", value: "S1" };

/** A request of the process, so many seconds after the login that was accepted. */
function request(seconds: number, more: Partial<RecordedRequest>): RecordedRequest {
  return {
    sequence: 1,
    time: 1_000_000 + seconds * 1000,
    caller: "p1",
    system: "identity",
    call: "token-pending",
    secretId: null,
    method: "POST",
    host: "idcs.example",
    target: "/oauth2/v1/token",
    body: new Secret(""),
    authorization: new Secret(`Basic ${Buffer.from(`${held.clientId}:${held.value}`).toString("base64")}`),
    fault: null,
    status: 200,
    landedAt: null,
    ...more,
  };
}

const accepted = request(0, {});
const limited = (seconds: number) => request(seconds, { status: 429, fault: "rate-limited" });
const rests = (at: number, ...before: readonly RecordedRequest[]) =>
  mayRest(ociIam, before, held, 1_000_000 + at * 1000);

describe("a promote without a login in its own call", () => {
  test("may rest on one of the last minute after which the issuer has answered 429", () => {
    expect(rests(3, accepted, limited(2))).toBe(true);
    expect(rests(62, accepted, limited(2))).toBe(true);
    expect(rests(62.1, accepted, limited(2))).toBe(false);
  });

  test("may not rest on one where the issuer could be asked, or only Vault answered 429", () => {
    expect(rests(3, accepted)).toBe(false);
    expect(rests(3, limited(-1), accepted)).toBe(false);
    expect(rests(3, accepted, request(2, { ...limited(2), system: "vault" }))).toBe(false);
  });

  test("may rest on no login whose answer was lost, with another value or at another client", () => {
    expect(rests(3, request(0, { fault: "answer-lost" }), limited(2))).toBe(false);
    expect(mayRest(ociIam, [accepted, limited(2)], { ...held, value: "S2" }, 1_003_000)).toBe(false);
    expect(mayRest(ociIam, [accepted, limited(2)], { ...held, clientId: "another" }, 1_003_000)).toBe(false);
  });

  test("may not rest on one after which the value was refused, or the issuer was changed", () => {
    expect(rests(3, accepted, request(1, { status: 401 }), limited(2))).toBe(false);
    expect(
      rests(
        3,
        accepted,
        request(1, { call: "regenerate", target: "/admin/v1/AppClientSecretRegenerator" }),
        limited(2),
      ),
    ).toBe(false);
  });
});
