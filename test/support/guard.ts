import { randomBytes } from "node:crypto";
import nock from "nock";

const problems: string[] = [];
let nockRules = true;

/** Something the running test overlooks: it becomes its failure. */
export function report(problem: string): void {
  problems.push(problem);
}

/**
 * nock answers an unexpected request with 501. The product would take that for "unknown, ask again", so it fails the
 * test.
 */
function onNoMatch(request: Request): void {
  const url = new URL(request.url);
  report(`unexpected request: ${request.method} ${url.origin}${url.pathname}`);
}

/** Allows requests only through nock, even if the test file before this one, in the same thread, took nock off. */
export function withNock(): void {
  nockRules = true;
  if (!nock.isActive()) nock.activate();
}

/** Takes nock off the sockets of this test file. What stands in its place must guard the way out. */
export function withoutNock(): void {
  nockRules = false;
  nock.restore();
}

/** Before a test: no way out but through nock. */
export function startGuard(): void {
  problems.length = 0;
  if (!nockRules) return;
  nock.emitter.removeListener("no match", onNoMatch);
  nock.emitter.on("no match", onNoMatch);
  nock.disableNetConnect();
}

/**
 * nock hands out a TLS session that is none. A later connection to the same host trips over it, and OpenSSL keeps the error for the next who asks
 * something of it in this thread: a sound private key would count as unreadable. Random bytes end with no error kept.
 */
function forgetTlsErrors(): void {
  randomBytes(1);
}

/**
 * After a test: forgets all mocks, and returns what went unnoticed in it. Persistent mocks count as pending until their first use; optional
 * ones never do.
 */
export function endGuard(): string[] {
  const pending = nock.pendingMocks().map((mock) => `expected request never sent: ${mock}`);
  nock.abortPendingRequests();
  nock.cleanAll();
  forgetTlsErrors();
  return [...problems.splice(0), ...pending];
}
