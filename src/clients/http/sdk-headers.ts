import { validateHeaderName, validateHeaderValue } from "node:http";

/**
 * Header fields of one request: of fetch's `Headers` what the OCI SDK uses. The bundles of the functions have it in place of the global, which
 * would load all of fetch, HTTP/2 and streams for it.
 */
class Headers {
  readonly #values = new Map<string, string>();

  get(name: string): string | null {
    return this.#values.get(name.toLowerCase()) ?? null;
  }

  has(name: string): boolean {
    return this.#values.has(name.toLowerCase());
  }

  /** @throws TypeError for what Node would not send */
  set(name: string, value: string): void {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    this.#values.set(name.toLowerCase(), value);
  }

  append(name: string, value: string): void {
    const before = this.get(name);
    this.set(name, before === null ? value : `${before}, ${value}`);
  }

  entries(): MapIterator<[string, string]> {
    return this.#values.entries();
  }
}

export { Headers };
