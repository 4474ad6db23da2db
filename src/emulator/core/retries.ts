import { createHash } from "node:crypto";
import { DAY_MS, type EmulatedRequest, type EmulatedResponse, ociError } from "./wire.ts";

/** The answer to a request that carried a retry token. */
export interface StoredRetry {
  readonly at: number;
  /** Digest of method, path and body. */
  readonly request: string;
  readonly response: EmulatedResponse;
}

/** By retry token, the oldest first. */
export type RetriesState = Record<string, StoredRetry>;

/** How long a token is known (API reference). */
const LIFE_MS = DAY_MS;
const MAX_ANSWERS = 1000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * Answers a POST with an `opc-retry-token` once: while the token is known, the same request gets the first answer again without an effect,
 * and another one 409. Only what took effect is kept.
 */
export function answeredOnce<T>(
  request: EmulatedRequest,
  state: RetriesState,
  now: number,
  answer: () => EmulatedResponse | T,
): EmulatedResponse | T {
  const token = request.method === "POST" ? request.headers["opc-retry-token"] : undefined;
  if (token === undefined) return answer();
  // An object keeps the order of its keys, unless they are numbers.
  const key = `token ${token}`;
  const digest = createHash("sha256").update(`POST ${request.target}\n${request.body}`).digest("base64");
  const known = state[key];
  if (known !== undefined && now - known.at < LIFE_MS) {
    return known.request === digest
      ? { ...known.response, headers: { ...known.response.headers } }
      : ociError(409, "InvalidatedRetryToken", "The retry token was used with another request.");
  }
  const made = answer();
  if (typeof made === "object" && made !== null && "status" in made && made.status < 300) {
    delete state[key];
    state[key] = { at: now, request: digest, response: { ...made, headers: { ...made.headers } } };
    forget(state, now);
  }
  return made;
}

/** Removes the oldest answers until the rest is young, few and short enough. */
function forget(state: RetriesState, now: number): void {
  const answers = Object.entries(state);
  let characters = answers.reduce((sum, [, { response }]) => sum + response.body.length, 0);
  let count = answers.length;
  for (const [key, { at, response }] of answers) {
    if (now - at < LIFE_MS && count <= MAX_ANSWERS && characters <= MAX_CHARACTERS) return;
    delete state[key];
    count -= 1;
    characters -= response.body.length;
  }
}
