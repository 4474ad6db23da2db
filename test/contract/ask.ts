import { request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; an empty object where it is no JSON object. */
  readonly json: Readonly<Record<string, unknown>>;
  /** The parsed body's objects; empty where it is no array. */
  readonly list: readonly Readonly<Record<string, unknown>>[];
}

/** One request over HTTP, with a connection of its own: nock, although taken off, loses the second request on a kept-alive one. */
export function ask(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, ...parsed(text) });
      });
    });
    call.on("error", reject);
    call.end(body);
  });
}

function parsed(text: string): Pick<Answer, "json" | "list"> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  return { json: isRecord(value) ? value : {}, list: Array.isArray(value) ? value.filter(isRecord) : [] };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
