import { createPacer, type Pacer } from "../rotation/pace/pacer.ts";
import type { Runtime } from "./runtime.ts";
import { localSettings } from "./settings.ts";

const pacers = new WeakMap<Runtime, Pacer>();

/** One for each command: its lists, logins and changes count together, so that no identity domain refuses them or its own users. */
export function issuerPacer(runtime: Runtime): Pacer {
  const known = pacers.get(runtime);
  if (known !== undefined) return known;
  const { clock, transport, signal } = runtime;
  const pauseMs = localSettings(runtime).ratePauseSeconds * 1000;
  const pacer = createPacer({ clock, transport, signal, pauseMs, perMinute: null });
  pacers.set(runtime, pacer);
  return pacer;
}
