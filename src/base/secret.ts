import { inspect } from "node:util";
import { noteValue } from "./call-secrets.ts";

const MASK = "[secret]";

/**
 * A client secret, a token, or a text that contains one. It prints as `[secret]` everywhere: string, JSON, `inspect`, error message. Only
 * `reveal` returns the value, so a search for `reveal(` finds every place where one leaves.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    noteValue(value);
  }

  reveal(): string {
    // The value may come from an earlier call, such as a cached token.
    noteValue(this.#value);
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
