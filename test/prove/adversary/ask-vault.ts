import type { EmulatedResponse } from "../../../src/emulator/core/wire.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";

export interface Asked {
  readonly method: "GET" | "PUT" | "POST";
  readonly path: string;
  readonly body?: object;
}

/** UPDATING ends when it has been seen so often; more tries than that bring nothing. */
const MAX_TRIES = 5;

function send(emulator: Emulator, caller: string, { method, path, body }: Asked): EmulatedResponse {
  const arrival = emulator.core.arrive(
    {
      method,
      host: "vaults.emulated.example",
      path,
      target: path,
      query: {},
      headers: { "content-type": "application/json" },
      body: body === undefined ? "" : JSON.stringify(body),
    },
    caller,
  );
  if (arrival.kind !== "answered" || arrival.response instanceof Promise) throw new Error("a fault struck a person");
  return arrival.response;
}

/** A person asks Vault, at once and until it takes it: each look brings UPDATING nearer to its end. */
export function askVault(emulator: Emulator, caller: string, asked: Asked): EmulatedResponse {
  for (let left = MAX_TRIES; ; left--) {
    const answer = send(emulator, caller, asked);
    // A person looks at what a write has done.
    if (asked.method !== "GET")
      send(emulator, caller, { method: "GET", path: asked.path.replace(/\/actions\/.*/, "") });
    if (answer.status !== 409 || left === 0) return answer;
  }
}
