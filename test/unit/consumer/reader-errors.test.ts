import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { credential } from "../../../src/consumer/index.ts";
import { content, createFakeVault } from "./rig.ts";

function open() {
  const vault = createFakeVault();
  return { vault, source: credential(vault.reader, { time: vault.clock }) };
}

/** In the form of a client secret, which is the form of an error code too. */
const HELD = "idcscs-0f9c2d1e-7a43-4f0d-9e55-0c8a1b2d3e4f";
const SERIAL = 4_400_123_456_789;
const errorWith = (members: object, text = HELD) => Object.assign(new Error(text), members);
const unreadable = (name: string) =>
  Object.defineProperty({}, name, {
    enumerable: true,
    get: () => {
      throw new Error(HELD);
    },
  });

describe("An error of the reader", () => {
  it.each([
    ["its text", errorWith({})],
    ["its name", errorWith({ name: HELD })],
    ["its code", errorWith({ code: HELD })],
    ["its service code", errorWith({ serviceCode: HELD, statusCode: 404 })],
    ["a status that is a text", errorWith({ status: HELD, statusCode: HELD })],
    ["a status that is none", errorWith({ status: SERIAL, statusCode: -SERIAL, code: SERIAL })],
    ["its cause", errorWith({ cause: new Error(HELD) })],
    ["errors in it", new AggregateError([new Error(HELD)], HELD)],
    ["the stack that it brings", errorWith({ stack: `Error: ${HELD}\n    at ${HELD} (${HELD}:1:1)` })],
    ["a response", errorWith({ response: { data: HELD, status: 500, headers: { authorization: HELD } } })],
    ["the text that it is", HELD],
    ["the object that it is", { message: HELD, toString: (): string => HELD, toJSON: (): string => HELD }],
    ["a member that throws", unreadable("statusCode")],
    ["a code that throws", unreadable("code")],
  ])("is in no message, cause or member of the consumer's: %s", async (_what, failure) => {
    const { vault, source } = open();
    vault.failure = failure;
    const error: Error = await source.current().then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: "CredentialError", code: "READ_FAILED" });
    expect(error.cause).toBeUndefined();
    expect(Reflect.ownKeys(error).sort()).toEqual(["code", "message", "name", "stack"]);
    const seen = [inspect(error, { depth: 9, showHidden: true }), String(error), error.stack, JSON.stringify(error)];
    for (const text of seen) expect(text).not.toMatch(/idcscs|0f9c2d1e|4400123456789/);
  });

  it.each([
    [{ statusCode: 404, serviceCode: "NotAuthorizedOrNotFound" }, " (404 NotAuthorizedOrNotFound)"],
    [{ status: 503, code: "ERR_BAD_RESPONSE" }, " (503 ERR_BAD_RESPONSE)"],
    [{ code: "ECONNREFUSED" }, " (ECONNREFUSED)"],
    [{ code: "CERT_HAS_EXPIRED" }, " (CERT_HAS_EXPIRED)"],
    [{ code: "EPERM_OF_SOMEBODY" }, " (an error code of 17 characters)"],
    [{ statusCode: 99, status: 600 }, ""],
  ])("has its known codes told: %o", async (members, told) => {
    const { vault, source } = open();
    vault.failure = errorWith(members);
    await expect(source.current()).rejects.toThrow(`reading CURRENT failed${told}. Next: `);
  });

  it.each(["content", "versionNo"])(
    "is in none either where it comes from looking at the version's %s",
    async (member) => {
      const { vault, source } = open();
      const rest = { content: content(HELD), versionNo: 1 };
      vault.current = Object.defineProperties(rest, Object.getOwnPropertyDescriptors(unreadable(member))) as never;
      const error: Error = await source.current().then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ code: "READ_FAILED" });
      expect(error.cause).toBeUndefined();
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(HELD);
    },
  );
});
