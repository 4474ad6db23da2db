import { format, inspect } from "node:util";
import { expect } from "vitest";
import { type ErrorCode, RotationError } from "../../src/base/errors.ts";
import { formsOf } from "./canary.ts";

/** What `action` throws or rejects with; a test in which nothing is thrown fails here. */
export async function thrownBy(action: () => unknown): Promise<unknown> {
  try {
    await action();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

/** The same for code that must fail as `code` says, in words that hold `text`. */
export async function expectFailure(action: () => unknown, code: ErrorCode, text = ""): Promise<RotationError> {
  const thrown = await thrownBy(action);
  if (!(thrown instanceof RotationError)) throw new Error(`not a RotationError: ${inspect(thrown)}`);
  expect(thrown.code).toBe(code);
  expect(thrown.message).toContain(text);
  return thrown;
}

/** Every way in which Node or a logger would print a value, with all that hangs on it. */
function prints(value: unknown): string[] {
  return [
    inspect(value, { depth: 10, showHidden: true, getters: true }),
    inspect(value, { depth: 10, showHidden: true, customInspect: false }),
    format("%s %j %o %O", value, value, value, value),
    value instanceof Error ? `${value.stack} ${value.message}` : "",
  ];
}

/** Fails if `secret` is in `value`: in clear, in base64, URL-encoded or in another known form. */
export function expectNoTrace(value: unknown, secret: string): void {
  const text = prints(value).join("\n");
  for (const [form, name] of formsOf(secret)) {
    expect(text.includes(form), `the secret is printed ${name}`).toBe(false);
  }
}
