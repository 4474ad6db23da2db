/**
 * For tests that talk to servers and processes of their own: real sockets, but only Unix sockets and addresses of this machine. nock is
 * taken off, because in between it changes how kept-alive connections and Unix sockets behave.
 */
import { Socket } from "node:net";
import { report, withNock, withoutNock } from "./guard.ts";

/** A timeout for requests that are answered at once, even on a busy machine. Only a hang takes this long. */
export const HANG_MS = 60_000;

const LOOPBACK = /^(?:127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** The host that a call of `connect` is for; undefined: this machine. Node itself passes its arguments as one array. */
function hostOf(values: readonly unknown[]): string | undefined {
  const [first, second] = values;
  if (Array.isArray(first)) return hostOf(first);
  if (typeof first === "object" && first !== null) {
    const { host, path } = first as { host?: unknown; path?: unknown };
    return path === undefined && typeof host === "string" ? host : undefined;
  }
  return typeof first === "number" && typeof second === "string" ? second : undefined;
}

const connect = Socket.prototype.connect;

function guardedConnect(this: Socket, ...values: unknown[]): Socket {
  const host = hostOf(values);
  if (host !== undefined && !LOOPBACK.test(host)) {
    report(`unexpected connection to ${host}`);
    return this.destroy(new Error(`the tests may not connect to ${host}`));
  }
  return Reflect.apply(connect, this, values);
}

/** For the rest of this test file. */
export function useLoopback(): void {
  withoutNock();
  Socket.prototype.connect = guardedConnect;
}

/** What every test file starts with: threads run many files one after the other, in one set of modules. */
export function leaveLoopback(): void {
  withNock();
  Socket.prototype.connect = connect;
}
