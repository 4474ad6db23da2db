import type { CallerView } from "../../../../src/rotation/decide/caller-view.ts";
import type { Action } from "../../../../src/rotation/decide/decide.ts";
import { baseCallerView } from "./views.ts";

type Pending = NonNullable<CallerView["pending"]>;
type Changes = Omit<Partial<CallerView>, "pending" | "current" | "left"> & {
  readonly pending?: Partial<Pending>;
  readonly current?: Partial<CallerView["current"]>;
  readonly left?: Partial<CallerView["left"]>;
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

export function viewWith({ pending, current, left, ...rest }: Changes): CallerView {
  return {
    ...baseCallerView,
    ...rest,
    pending: pending === undefined ? null : { ...freshPending, ...pending },
    current: { ...baseCallerView.current, ...current },
    left: { ...baseCallerView.left, ...left },
  };
}

export const good = { verdict: "accepted" } as const;
export const refused = { verdict: "rejected" } as const;
export const dead = { verdict: "rejected", isSurelyDead: true } as const;
export const waitFor = (until: Extract<Action, { kind: "wait" }>["until"]) => ({ kind: "wait", until }) as const;

export type CallerCase = readonly [row: string, sentence: string, view: Changes, action: Partial<Action>];
