import type { Arrow } from "./circles.ts";
import { floorPlan, roomArrows } from "./floor-plan.ts";
import type { Import } from "./sources.ts";

/** Whether a longer way leads from one room to the other. */
function isImplied([from, to]: Arrow, arrows: readonly Arrow[]): boolean {
  const reached = new Set(arrows.filter(([start, end]) => start === from && end !== to).map(([, end]) => end));
  for (const room of reached) for (const [start, end] of arrows) if (start === room) reached.add(end);
  return reached.has(to);
}

/** Only imports at run time lead there: a dotted arrow. */
function isDynamic([from, to]: Arrow, imports: readonly Import[]): boolean {
  const between = imports.filter((one) => roomArrows([one]).some((arrow) => arrow[0] === from && arrow[1] === to));
  return between.every((one) => one.isDynamic);
}

/** An entry file's name has a dot, which is allowed only in labels. */
const node = (room: string) => (room.includes(".") ? `${room.replace(".ts", "")}["${room}"]` : room);
const place = (room: string) => Object.keys(floorPlan).indexOf(room);

/** The graph of rooms in Mermaid, as the imports draw it. An arrow that a longer way implies is left out. */
export function roomsPicture(imports: readonly Import[]): string {
  const arrows = roomArrows(imports).sort(
    (one, other) => place(one[0]) - place(other[0]) || place(one[1]) - place(other[1]),
  );
  const drawn = arrows.filter((arrow) => !isImplied(arrow, arrows));
  const lines = drawn.map(
    (arrow) => `  ${node(arrow[0])} ${isDynamic(arrow, imports) ? "-.->" : "-->"} ${node(arrow[1])}`,
  );
  return ["```mermaid", "flowchart TD", ...lines, "```"].join("\n");
}
