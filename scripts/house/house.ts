import { doubleNames, longFiles, retiredIn } from "./beside.ts";
import { circlesIn } from "./circles.ts";
import { floorPlan, missingIn, roomArrows, roomOf, runsUp, strangersIn } from "./floor-plan.ts";
import { repeated, type StageHandles } from "./protocol.ts";
import { importsOf, type Source } from "./sources.ts";

/** What the gate has counted; the judge of scripts/judges/house.ts says which counts may be. */
export interface HouseFigures {
  readonly rooms: number;
  readonly entries: number;
  /** Files in `src` outside the rooms, and rooms that are missing. */
  readonly strangers: number;
  readonly files: number;
  readonly imports: number;
  readonly upwardImports: number;
  readonly fileCircles: number;
  readonly roomCircles: number;
  readonly rows: number;
  readonly doubleRows: number;
  readonly stages: number;
  readonly decisions: number;
  readonly decisionsWithoutStage: number;
  readonly decisionsOfSeveralStages: number;
  /** Counted only, for people to judge. */
  readonly beside: { readonly longFiles: number; readonly doubleNames: number; readonly retiredWords: number };
}

export interface HouseReport {
  readonly figures: HouseFigures;
  /** What breaks a rule, a line each. */
  readonly problems: readonly string[];
  /** What people may look at: a heading and its lines. */
  readonly beside: readonly { readonly what: string; readonly found: readonly string[] }[];
}

/** The protocol as its modules give it. */
export interface Protocol {
  readonly rowIds: readonly string[];
  readonly stages: readonly StageHandles[];
  readonly decisionKinds: readonly string[];
}

const isEntry = (room: string) => room.endsWith(".ts");

/** @param sources of `src`, and of the folders outside it that import it */
export function examine(sources: readonly Source[], { rowIds, stages, decisionKinds }: Protocol): HouseReport {
  const files = sources.map(({ path }) => path);
  const imports = sources.flatMap(importsOf);
  const found = Object.keys(floorPlan).filter((room) => !missingIn(files).includes(room));
  const strangers = [...strangersIn(files), ...missingIn(files)];
  const upward = imports.filter(runsUp);
  const fileCircles = circlesIn(imports.map(({ from, to }) => [from, to]));
  const roomCircles = circlesIn(roomArrows(imports));
  const doubleRows = repeated(rowIds);
  const handled = stages.flatMap(({ kinds }) => kinds);
  const unhandled = decisionKinds.filter((kind) => !handled.includes(kind));
  const doubles = repeated(handled);
  const own = sources.filter(({ path }) => roomOf(path) !== null);
  const beside = [
    { what: "files of more than 250 lines", found: longFiles(own) },
    { what: "names that the core exports twice", found: doubleNames(own) },
    { what: "retired words in the core", found: retiredIn(own) },
  ];
  const [long, double, retired] = beside.map((one) => one.found.length);
  return {
    figures: {
      rooms: found.filter((room) => !isEntry(room)).length,
      entries: found.filter(isEntry).length,
      strangers: strangers.length,
      files: files.length,
      imports: imports.length,
      upwardImports: upward.length,
      fileCircles: fileCircles.length,
      roomCircles: roomCircles.length,
      rows: rowIds.length,
      doubleRows: doubleRows.length,
      stages: stages.length,
      decisions: decisionKinds.length,
      decisionsWithoutStage: unhandled.length,
      decisionsOfSeveralStages: doubles.length,
      beside: { longFiles: long ?? 0, doubleNames: double ?? 0, retiredWords: retired ?? 0 },
    },
    problems: [
      ...strangersIn(files).map((room) => `src/${room} is neither a room nor an entry`),
      ...missingIn(files).map((room) => `src/${room} is missing`),
      ...upward.map(({ from, to }) => `${from} imports ${to}, which it stands below`),
      ...fileCircles.map((circle) => `a circle of imports: ${circle.join(", ")}`),
      ...roomCircles.map((circle) => `a circle of rooms: ${circle.join(", ")}`),
      ...[...new Set(doubleRows)].map((id) => `more than one row of the decide table is called ${id}`),
      ...unhandled.map((kind) => `no stage handles the decision ${kind}`),
      ...[...new Set(doubles)].map((kind) => `more than one stage handles the decision ${kind}`),
    ],
    beside,
  };
}
