import nock from "nock";

const LOOPBACK = /^(?:127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?$/;

let loopbackAllowed = false;
const problems: string[] = [];

/** Contract and end-to-end tests talk to servers of their own on this machine, through sockets. Everything else stays forbidden. */
export function allowLoopback(): void {
  loopbackAllowed = true;
  nock.enableNetConnect(LOOPBACK);
}

/** nock answers a request nobody expected with 501, which the product would take for "unknown, ask again": so it is a failure of the test. */
function onNoMatch(request: Request): void {
  const url = new URL(request.url);
  if (!(loopbackAllowed && LOOPBACK.test(url.host))) {
    problems.push(`unexpected request: ${request.method} ${url.origin}${url.pathname}`);
  }
}

/** Before a test: no way out but through nock. */
export function startGuard(): void {
  problems.length = 0;
  nock.emitter.removeListener("no match", onNoMatch);
  nock.emitter.on("no match", onNoMatch);
  nock.disableNetConnect();
  if (loopbackAllowed) {
    nock.enableNetConnect(LOOPBACK);
  }
}

/** A line on the console: the function's log is JSON on its own writer, so the console belongs to nobody. */
export function noteConsole(method: "warn" | "error", values: readonly unknown[]): void {
  problems.push(`unexpected console.${method}: ${values.map(String).join(" ")}`);
}

/**
 * After a test: forgets all mocks, and returns what went unnoticed in it. Persistent mocks count as pending until their first use; optional
 * ones never do.
 */
export function endGuard(): string[] {
  const pending = nock.pendingMocks().map((mock) => `expected request never sent: ${mock}`);
  nock.abortPendingRequests();
  nock.cleanAll();
  return [...problems.splice(0), ...pending];
}
