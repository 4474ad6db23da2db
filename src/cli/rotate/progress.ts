import { MINUTE_MS } from "../../base/durations.ts";
import { printable } from "../../base/printable.ts";
import type { Output } from "../output/output.ts";
import { createStyle } from "../output/style.ts";
import { CLEAR_LINE } from "../output/terminal.ts";
import type { Runtime } from "../runtime.ts";
import type { Watcher } from "./rotate-all.ts";
import type { RotationOutcome } from "./target.ts";

/** Up to this many secrets are shown step by step; of more, only the ends. */
const MAX_IN_STEPS = 5;
const COLUMNS = 100;

const words: Readonly<Record<RotationOutcome, string>> = {
  rotated: "rotated",
  already: "rotated already",
  "not-due": "not due",
  planned: "planned",
  failed: "failed",
  "not-started": "not started",
};

export interface Progress extends Watcher {
  close(): void;
}

/** Progress on stderr, only on a terminal: one line per finished secret and a status line that is redrawn. */
export function createProgress(runtime: Runtime, out: Output, total: number): Progress {
  const { clock, environment, isTerminal } = runtime;
  const style = createStyle(isTerminal.stderr, environment);
  const hasCursor = isTerminal.stderr && environment["TERM"] !== "dumb";
  const begun = clock.monotonic();
  const active = new Map<string, string>();
  const counts: Partial<Record<RotationOutcome, number>> = {};
  const count = (outcome: RotationOutcome) => counts[outcome] ?? 0;
  let ended = 0;

  const left = () => {
    if (ended === 0) return "";
    const minutes = Math.ceil(((clock.monotonic() - begun) / ended) * (total - ended)) / MINUTE_MS;
    return minutes < 1 ? "" : `, about ${Math.ceil(minutes)} min left`;
  };
  const draw = () => {
    if (!hasCursor || ended === total) return;
    const [latest] = [...active.values()].slice(-1);
    const failures = count("failed") === 0 ? "" : `, ${count("failed")} failed`;
    const line = `${ended} of ${total} done${failures}, ${active.size} in progress${left()}${latest === undefined ? "" : `: ${latest}`}`;
    runtime.writeError(CLEAR_LINE + style.dim(line.slice(0, (runtime.columns ?? COLUMNS) - 1)));
  };
  const above = (write: () => void) => {
    if (hasCursor) runtime.writeError(CLEAR_LINE);
    write();
    draw();
  };
  return {
    started: ({ secretId, name }) => {
      active.set(secretId, printable(name));
      draw();
    },
    step: ({ secretId, name }, text) => {
      active.delete(secretId);
      active.set(secretId, `${printable(name)} ${text}`);
      if (total <= MAX_IN_STEPS) above(() => out.note(`${printable(name)}  ${text}`));
      else draw();
    },
    ended: ({ secretId, name }, result) => {
      active.delete(secretId);
      ended += 1;
      counts[result.outcome] = count(result.outcome) + 1;
      if (result.outcome === "planned") {
        draw();
        return;
      }
      const why = result.outcome === "failed" ? `: ${result.code}` : "";
      above(() => out.note(`${printable(name)}  ${words[result.outcome]}${why}`));
    },
    close: () => {
      if (hasCursor) runtime.writeError(CLEAR_LINE);
    },
  };
}
