/** docs/performance.md and its chart, from the line of `npm run bench -- --keep`. */
type Figures = Readonly<Record<string, unknown>>;

interface Row {
  readonly what: string;
  /** The member of the line. */
  readonly path: string;
  readonly unit: string;
  readonly must: number;
  readonly aim: number;
  /** More is better. */
  readonly isReach?: boolean;
}

const rows: readonly Row[] = [
  { what: "start to first answer, wall clock", path: "coldStart.wallRatio", unit: "×", must: 2, aim: 1.5 },
  { what: "start to first answer, CPU", path: "coldStart.cpuRatio", unit: "×", must: 1.8, aim: 1.3 },
  { what: "start to the end of a first rotation, CPU", path: "firstRotation.cpuRatio", unit: "×", must: 5, aim: 4 },
  { what: "code that a rotation loads", path: "bundleKb", unit: "kB", must: 1_300, aim: 900 },
  { what: "resident after one rotation", path: "rssMb", unit: "MB", must: 70, aim: 62 },
  { what: "resident after 1,000, 128 MB shape", path: "rssAfterThousandMb", unit: "MB", must: 100, aim: 80 },
  ...["0.2", "1", "3", "8"].map((seconds) => ({
    what: `rotation / serial path, UPDATING ${seconds} s`,
    ...{ path: `rotationRatio|${seconds}`, unit: "×", must: 1.1, aim: 1 },
  })),
  { what: "dead window / floor", path: "deadWindowRatio", unit: "×", must: 1.15, aim: 1.05 },
  { what: "calls of four steps, UPDATING 0 s", path: "remoteCalls.0.fourStep", unit: "", must: 22, aim: 20 },
  { what: "calls of a whole rotation, UPDATING 0 s", path: "remoteCalls.0.whole", unit: "", must: 14, aim: 13 },
  { what: "calls of four steps, UPDATING 1 s", path: "remoteCalls.1.fourStep", unit: "", must: 24, aim: 22 },
  { what: "calls of a whole rotation, UPDATING 1 s", path: "remoteCalls.1.whole", unit: "", must: 16, aim: 15 },
  {
    what: "secrets of 1,001 that a heal reaches",
    path: "heal.reached",
    unit: "",
    must: 1_001,
    aim: 1_001,
    isReach: true,
  },
];

/** A key may hold a dot: then the parts are separated by `|`. */
function valueAt(figures: Figures, path: string): number | null {
  let value: unknown = figures;
  for (const part of path.split(path.includes("|") ? "|" : ".")) {
    value = typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined;
  }
  return typeof value === "number" ? value : null;
}

const holds = ({ must, isReach = false }: Row, value: number) => (isReach ? value >= must : value <= must);
const amount = (value: number, unit: string) => `${value.toLocaleString("en")}${unit === "" ? "" : ` ${unit}`}`;

function tableLine(row: Row, figures: Figures): string {
  const value = valueAt(figures, row.path);
  const measured = value === null ? "not measured" : amount(value, row.unit);
  const verdict = value === null ? "" : holds(row, value) ? "yes" : "**no**";
  return `| ${row.what} | ${measured} | ${amount(row.must, row.unit)} | ${amount(row.aim, row.unit)} | ${verdict} |`;
}

const BAR = 24;
const LEFT = 290;
/** Of the bound; the widest bar. */
const WIDTH = 300;
const MOST = 1.5;

/** Bars of each figure as a share of its bound. */
export function performanceChart(figures: Figures): string {
  const measured = rows.flatMap((row) => {
    const value = valueAt(figures, row.path);
    return value === null ? [] : [{ row, value }];
  });
  const height = measured.length * BAR + 40;
  const bars = measured.map(({ row, value }, index) => {
    const share = Math.min(MOST, value / row.must);
    const y = 30 + index * BAR;
    const width = Math.round(share * WIDTH);
    return [
      `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${row.what}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${width}" height="16" fill="${holds(row, value) ? "#2f7d5b" : "#b4533c"}"/>`,
      `<text x="${LEFT + width + 6}" y="${y + 12}">${amount(value, row.unit)}</text>`,
    ].join("\n");
  });
  const bound = LEFT + WIDTH;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${bound + 240}" height="${height}" font-family="sans-serif" font-size="12" role="img" aria-label="Each figure as a share of its bound">
<rect width="100%" height="100%" fill="#ffffff"/>
<line x1="${bound}" y1="20" x2="${bound}" y2="${height - 6}" stroke="#444444" stroke-dasharray="4 3"/>
<text x="${bound}" y="14" text-anchor="middle">bound</text>
${bars.join("\n")}
</svg>
`;
}

export function performancePage(figures: Figures): string {
  const text = (name: string) => String(Reflect.get(figures, name) ?? "unknown");
  return `# Performance

Made by \`npm run docs\` from \`docs/performance.json\`, which \`npm run bench -- --keep\` writes. Measured with Node ${text("node")} on ${text("machine")}.

Times are ratios of two things measured in turns in one run, so that other load slows both. "Start" is from the start of the process to its first answer;
the comparison is a function that holds nothing but Oracle's FDK. "CPU" counts user and system on all threads. The first two rows are of an event that is refused, and so loads neither Oracle's SDK
nor TLS; the third is of a rotation at OCI IAM, at an emulator.

Memory is what the process holds resident, with TLS loaded, as at OCI. For the last of it, V8 has the heap that Node gives it in a container of 128 MB: 64 MB of old objects, and 1 MB for each half of the young ones.

| figure | measured | bound | aim | held |
|---|---|---|---|---|
${rows.map((row) => tableLine(row, figures)).join("\n")}

![Each figure as a share of its bound](performance.svg)
`;
}
