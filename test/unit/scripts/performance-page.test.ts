import { expect, test } from "vitest";
import { performanceChart, performancePage } from "../../../scripts/performance-page.ts";

const figures = {
  ...{ node: "22.1.0", machine: "2 cores", bundleKb: 1_400, rotationRatio: { "0.2": 1.05 } },
  heal: { reached: 1_000 },
};

test("the page shows each figure with its bound, whether it holds, and what was not measured", () => {
  const page = performancePage(figures);
  expect(page).toContain("Node 22.1.0 on 2 cores");
  expect(page).toContain("| code that a rotation loads | 1,400 kB | 1,300 kB | 900 kB | **no** |");
  expect(page).toContain("| rotation / serial path, UPDATING 0.2 s | 1.05 × | 1.1 × | 1 × | yes |");
  expect(page).toContain("| secrets of 1,001 that a heal reaches | 1,000 | 1,001 | 1,001 | **no** |");
  expect(page).toContain("| resident after one rotation | not measured | 70 MB | 62 MB |  |");
});

test("the chart has one bar for each measured figure, as long as its share of the bound", () => {
  const chart = performanceChart(figures);
  expect(chart.match(/<rect x="290" y="\d+" width="(\d+)"/g)).toEqual([
    expect.stringContaining('width="323"'),
    expect.stringContaining('width="286"'),
    expect.stringContaining('width="300"'),
  ]);
});
