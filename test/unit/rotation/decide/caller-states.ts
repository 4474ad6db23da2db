import type { Decision } from "../../../../src/rotation/decide/decide.ts";
import type { CallerState } from "../../../../src/rotation/decide/state.ts";
import { baseCallerState } from "./states.ts";

type Pending = NonNullable<CallerState["pending"]>;
type Changes = Omit<Partial<CallerState>, "pending" | "current" | "left"> & {
  readonly pending?: Partial<Pending>;
  readonly current?: Partial<CallerState["current"]>;
  readonly left?: Partial<CallerState["left"]>;
};

const freshPending: Pending = {
  versionNo: 8,
  verdict: "not-asked",
  isProven: true,
  isMade: false,
  isLive: false,
  isRefused: false,
  isInstalling: false,
  isUntried: false,
  isOwn: false,
  isOccupied: false,
  isLongOccupied: false,
};

export function stateWith({ pending, current, left, ...rest }: Changes): CallerState {
  return {
    ...baseCallerState,
    ...rest,
    pending: pending === undefined ? null : { ...freshPending, ...pending },
    current: { ...baseCallerState.current, ...current },
    left: { ...baseCallerState.left, ...left },
  };
}

export const good = { verdict: "accepted" } as const;
export const refused = { verdict: "rejected" } as const;
export const dead = { verdict: "rejected", isConfirmedDead: true } as const;
export const waitFor = (until: Extract<Decision, { kind: "wait" }>["until"]) => ({ kind: "wait", until }) as const;

export type CallerCase = readonly [row: string, sentence: string, state: Changes, action: Partial<Decision>];
