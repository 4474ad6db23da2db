import type { Clock } from "../base/clock.ts";
import { createRateGate, type RateGate } from "../clients/http/rate-gate.ts";
import { createTokenCache, type TokenCache } from "../clients/http/token-cache.ts";
import { createUpdatingTimes, type UpdatingTimes } from "../clients/vault/updating.ts";
import { type Acceptances, createAcceptances } from "./acceptances.ts";
import { type ClientCache, createClientCache } from "./client-cache.ts";

/** What a process remembers between calls. */
export interface ProcessMemory {
  readonly gate: RateGate;
  readonly tokens: TokenCache;
  readonly clients: ClientCache;
  readonly acceptances: Acceptances;
  readonly updatingTimes: UpdatingTimes;
}

export function createProcessMemory(clock: Clock): ProcessMemory {
  return {
    gate: createRateGate(clock),
    tokens: createTokenCache(clock),
    clients: createClientCache(),
    acceptances: createAcceptances(clock),
    updatingTimes: createUpdatingTimes(),
  };
}

/**
 * A copy of the memory for another process, which continues from this state between two calls.
 * @param clock the other process's clock, which shows the same time
 */
export function copyOfMemory(memory: ProcessMemory, clock: Clock): ProcessMemory {
  return {
    gate: memory.gate.copy(clock),
    tokens: memory.tokens.copy(clock),
    clients: memory.clients.copy(),
    acceptances: memory.acceptances.copy(clock),
    updatingTimes: memory.updatingTimes.copy(),
  };
}
