import type { Arrow } from "./circles.ts";
import type { Import } from "./sources.ts";

/** The rooms of `src` and its two entry files, each with the rooms that it may import. */
export const floorPlan: Readonly<Record<string, readonly string[]>> = {
  "func.ts": ["rotation", "clients", "base"],
  "mirror-func.ts": ["mirror", "clients", "base"],
  cli: ["rotation", "notify", "clients", "base", "emulator"],
  rotation: ["notify", "clients", "base"],
  notify: ["clients", "base"],
  mirror: ["consumer", "clients", "base"],
  emulator: ["clients", "base"],
  clients: ["consumer", "base"],
  consumer: [],
  base: [],
};
/** The one file of the command line that starts the emulator. */
const EMULATOR_DOOR = "src/cli/commands/emulator.ts";

/** The room of a file of `src`, or the entry file itself; null: the file is of another folder. */
export function roomOf(file: string): string | null {
  const [folder, room = ""] = file.split("/");
  return folder === "src" ? room : null;
}

/** What stands in `src` and is neither room nor entry. */
export function strangersIn(files: readonly string[]): string[] {
  const found = new Set(files.map(roomOf).filter((room) => room !== null));
  return [...found].filter((room) => !Object.hasOwn(floorPlan, room)).sort();
}

/** The rooms and entries that `src` should have and has not. */
export function missingIn(files: readonly string[]): string[] {
  const found = new Set(files.map(roomOf));
  return Object.keys(floorPlan).filter((room) => !found.has(room));
}

const isCode = (file: string) => /\.[jt]s$/.test(file);

/**
 * Whether an import leaves its room for one that it may not import. A data file outside `src`, such as package.json, is
 * not a room.
 */
export function runsUp({ from, to }: Import): boolean {
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === null || room === target) return false;
  if (target === null) return isCode(to);
  if (room === "cli" && target === "emulator") return from !== EMULATOR_DOOR;
  return !(floorPlan[room] ?? []).includes(target);
}

/** The arrows between rooms, each once. */
export function roomArrows(imports: readonly Import[]): Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const { from, to } of imports) {
    const [room, target] = [roomOf(from), roomOf(to)];
    if (room === null || target === null || room === target) continue;
    arrows.set(`${room} ${target}`, [room, target]);
  }
  return [...arrows.values()];
}

/** Whether a bundled file is of a room that the entry, or room, cannot reach by the floor plan, or of the tests or scripts. */
export function isForeignTo(entry: string): (file: string) => boolean {
  const reached = new Set([entry]);
  for (const room of reached) for (const below of floorPlan[room] ?? []) reached.add(below);
  return (file) => {
    const room = roomOf(file);
    return room === null ? /^(?:test|scripts)\//.test(file) : !reached.has(room);
  };
}
