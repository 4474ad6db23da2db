import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What one call has held, and the ids that it works with. Of each call its own: a tenant whose client secret is one of our own words must not
 * change what others are told.
 */
export interface CallSecrets {
  /** Values of every `Secret` that was made or revealed, the oldest first. */
  readonly values: Set<string>;
  readonly ids: Set<string>;
}

const running = new AsyncLocalStorage<CallSecrets>();

/** Runs a call, whose secrets are collected wherever it leads. */
export function collectingInto<T>(secrets: CallSecrets, work: () => Promise<T>): Promise<T> {
  return running.run(secrets, work);
}

export function noteValue(value: string): void {
  running.getStore()?.values.add(value);
}

/** An id is not a secret, even if it was made one: it is not masked in output. */
export function noteId(id: string | null): void {
  if (id !== null) running.getStore()?.ids.add(id);
}
