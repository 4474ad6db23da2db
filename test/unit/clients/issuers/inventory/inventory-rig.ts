import { expect, onTestFinished } from "vitest";
import type { AdminReader } from "../../../../../src/clients/issuers/inventory/listed-client.ts";

/** What a GET is answered; a bare body has status 200. */
export type Answer = { readonly status: number; readonly body?: unknown };

export const ok = (body: unknown): Answer => ({ status: 200, body });

/** A read as it was sent: the URL, and the header that it asked with. */
export type Sent = string;

/**
 * Administration reads that are answered in this order, by URL or by URL and header. A read that nobody expected fails, and so does one that was
 * expected and not made. A status that the caller does not understand throws, as the real reader does.
 */
export function readerOf(expected: readonly (readonly [sent: Sent, answer: Answer])[]): AdminReader {
  const left = [...expected];
  onTestFinished(() => expect(left.map(([sent]) => sent)).toEqual([]));
  const reader = (headers: Readonly<Record<string, string>>): AdminReader => ({
    get: async (url, what, also = []) => {
      const sent = [url, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join(" ");
      const [next, answer] = left.shift() ?? [];
      expect(sent).toBe(next);
      if (answer === undefined) throw new Error(`nobody expected ${sent}`);
      if (answer.status !== 200 && !also.includes(answer.status)) throw new Error(`${what}: ${answer.status}`);
      return { status: answer.status, body: answer.body };
    },
    with: (more) => reader({ ...headers, ...more }),
  });
  return reader({});
}
