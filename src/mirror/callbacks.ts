import { asRotationError, type RotationError } from "../base/errors.ts";
import type { MirrorCall } from "./call.ts";

const CHECK_EVERY_MS = 86_400_000;

/** Makes sure that the Credential Exchange knows the callbacks of the settings. Lives as long as the process. */
export interface Registration {
  /**
   * Called at the start of the process and once a day. Oracle may remove an endpoint that was unavailable; after how many attempts is
   * undocumented.
   * @returns the error, which never stops a mirror; null: none
   */
  ensure(call: MirrorCall): Promise<RotationError | null>;
}

/** Registers what is missing. Both requests are idempotent, so repeating them does no harm. */
export async function registerMissing({ ces, settings }: MirrorCall): Promise<readonly string[]> {
  const known = new Set(await ces.listCallbacks());
  const missing = (settings.callbackUrls ?? []).filter((url) => !known.has(url));
  for (const url of missing) await ces.registerCallback(url);
  return missing;
}

/** Removes the callbacks of the settings; those registered by others stay. */
export async function removeOwn({ ces, settings }: MirrorCall): Promise<readonly string[]> {
  const own = settings.callbackUrls ?? [];
  for (const url of own) await ces.removeCallback(url);
  return own;
}

export function createRegistration(): Registration {
  let checkedAt: number | null = null;
  return {
    async ensure(call) {
      if (call.settings.callbackUrls === null) return null;
      const now = call.clock.monotonic();
      if (checkedAt !== null && now - checkedAt < CHECK_EVERY_MS) return null;
      try {
        const registered = await registerMissing(call);
        checkedAt = now;
        if (registered.length > 0) call.log.info("callbacks-registered", { count: registered.length });
        return null;
      } catch (thrown) {
        const error = asRotationError(thrown);
        call.log.warn("callbacks-not-registered", { reason: error.returnMessage });
        return error;
      }
    },
  };
}
