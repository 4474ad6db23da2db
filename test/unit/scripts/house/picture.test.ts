import { expect, test } from "vitest";
import { roomsPicture } from "../../../../scripts/house/picture.ts";

const drawn = (from: string, to: string, isDynamic = false) => ({ from: `src/${from}`, to: `src/${to}`, isDynamic });

test("an arrow that a longer way implies is left out, and the order is that of the floor plan", () => {
  const picture = roomsPicture([
    drawn("clients/a.ts", "base/a.ts"),
    drawn("notify/a.ts", "base/a.ts"),
    drawn("notify/a.ts", "clients/a.ts"),
    drawn("rotation/a.ts", "base/a.ts"),
    drawn("rotation/a.ts", "notify/a.ts"),
    drawn("func.ts", "rotation/a.ts"),
  ]);
  expect(picture.split("\n")).toEqual([
    "```mermaid",
    "flowchart TD",
    '  func["func.ts"] --> rotation',
    "  rotation --> notify",
    "  notify --> clients",
    "  clients --> base",
    "```",
  ]);
});

test("an arrow is dotted where nothing but imports at run time leads there", () => {
  const atRunTime = drawn("cli/a.ts", "emulator/a.ts", true);
  expect(roomsPicture([atRunTime])).toContain("cli -.-> emulator");
  expect(roomsPicture([atRunTime, drawn("cli/b.ts", "emulator/a.ts")])).toContain("cli --> emulator");
});

test("what stands beside src is no room", () => {
  expect(roomsPicture([{ from: "test/a.ts", to: "src/base/a.ts", isDynamic: false }])).not.toContain(">");
});
