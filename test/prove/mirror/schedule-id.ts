import { callNames } from "../../../src/emulator/core/call-names.ts";
import { parseFault } from "../../../src/emulator/core/faults.ts";
import { type MirrorFault, type MirrorSchedule, mirrorStarts } from "./schedule.ts";

/** What the id of a mirror's schedule begins with. */
export const MIRROR_ID = "mirror/";
const NO_FAULT = "-";
const TWICE = "twice";
const FROZEN = /^frozen-(\d{1,4})$/;

/**
 * What `--reproduce` takes: `mirror/start/faults`, each fault as `call:kind:occurrence`, joined by `+`; then `/twice` where two containers
 * run at once, or `/frozen-n` where the first one freezes before its request of that number, counted from 0.
 */
export function mirrorScheduleId({ start, faults, isTwice, frozenAt }: MirrorSchedule): string {
  const struck = faults.map(({ call, kind, occurrence }) => `${call}:${kind}:${occurrence}`).join("+");
  const more = isTwice === true ? [TWICE] : frozenAt === undefined ? [] : [`frozen-${frozenAt}`];
  return [`${MIRROR_ID}${start}`, struck === "" ? NO_FAULT : struck, ...more].join("/");
}

function parseMore(more: string | undefined): Partial<MirrorSchedule> {
  if (more === undefined) return {};
  if (more === TWICE) return { isTwice: true };
  const frozenAt = FROZEN.exec(more)?.[1];
  if (frozenAt === undefined) throw new Error(`unknown "${more}". Next: write ${TWICE} or frozen-12.`);
  return { frozenAt: Number(frozenAt) };
}

/** Reads what `mirrorScheduleId` gives. Throws an Error that says what is wrong. */
export function parseMirrorSchedule(id: string): MirrorSchedule {
  const [startText, faultsText = "", more, ...rest] = id.slice(MIRROR_ID.length).split("/");
  const start = mirrorStarts.find((name) => name === startText);
  if (start === undefined) {
    throw new Error(`unknown start "${startText}". Next: use one of ${mirrorStarts.join(", ")}.`);
  }
  if (faultsText === "" || rest.length > 0) {
    throw new Error("a schedule of the mirror is mirror/start/faults. Next: copy it whole from a finding.");
  }
  const texts = faultsText === NO_FAULT ? [] : faultsText.split("+");
  const faults = texts.map((text): MirrorFault => ({ occurrence: 1, ...parseFault(text, callNames) }));
  return { start, faults, ...parseMore(more) };
}
