/** One stage as the function's own log tells it. */
export interface SeenStage {
  readonly stage: string;
  readonly outcome: string;
  readonly ms: number;
}

/** A stage line of the function's log; null for every other line. */
export function stageOf(line: string): SeenStage | null {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof entry !== "object" || entry === null || !("event" in entry) || entry.event !== "stage") return null;
  const { stage, outcome, ms } = entry as Partial<SeenStage>;
  return stage === undefined || outcome === undefined || ms === undefined ? null : { stage, outcome, ms };
}
