import { inspect } from "node:util";
import { noteValue } from "./call-secrets.ts";

const MASK = "[secret]";

/**
 * A client secret, a token, or a text that holds one. It prints `[secret]` wherever a value can be printed: string, JSON, `inspect`, error
 * message. Only `reveal` gives the value, so a search for `reveal(` finds every place where one leaves.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    noteValue(value);
  }

  reveal(): string {
    // It may have been made by an earlier call, as a token of the cache was.
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
