import type { AdminReader } from "../../../../../src/clients/issuers/inventory/listed-client.ts";

export type Reply = { readonly status: number; readonly body: unknown };
/** What a server answers at this path and query; undefined: 404. */
export type Served = (path: string) => unknown;

/** An administrator's reads of a server in memory. `asked`: the paths, with the headers that were added. */
export function createReader(served: Served) {
  const asked: { readonly path: string; readonly what: string; readonly headers: object }[] = [];
  const withHeaders = (headers: Readonly<Record<string, string>>): AdminReader => ({
    async get(url, what, also = []): Promise<Reply> {
      const { pathname, search } = new URL(url);
      const path = `${pathname}${search}`;
      asked.push({ path, what, headers });
      const answer = served(path);
      const reply: Reply = isReply(answer) ? answer : { status: answer === undefined ? 404 : 200, body: answer };
      if (reply.status !== 200 && !also.includes(reply.status)) throw new Error(`${what}: ${reply.status}`);
      return reply;
    },
    with: (more) => withHeaders({ ...headers, ...more }),
  });
  return { reader: withHeaders({}), asked };
}

const isReply = (answer: unknown): answer is Reply =>
  typeof answer === "object" && answer !== null && "status" in answer && "body" in answer;

export const status = (number: number): Reply => ({ status: number, body: null });

/** Pages of a list by an offset and a limit, as a server with so many at most in a page cuts them. */
export function paged<T>(all: readonly T[], offset: string | null, limit: string | null, most = 1_000): readonly T[] {
  const from = Number(offset);
  return all.slice(from, from + Math.min(Number(limit), most));
}
