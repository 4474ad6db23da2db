import { beforeEach, vi } from "vitest";

/** The SDK prints the text of every failed call. The function silences that as it starts (`src/base/silence.ts`), and so do tests that skip its start. */
export function silenceSdk(): void {
  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
  });
}
