/** `npm run docs:picture`: docs/scan-report.png, the report of `oci-rotate scan --html` as Chromium shows it. Names another browser: CHROMIUM. */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createDocsWorld, DOCS_COMPARTMENT } from "./docs-world.ts";
import { ROOT, run } from "./run.ts";

const PICTURE = path.join(ROOT, "docs/scan-report.png");
const LIMIT_MS = 60_000;
const WIDTH = 1200;
const HEIGHT = 900;

const folder = mkdtempSync(path.join(tmpdir(), "picture-"));
const world = createDocsWorld();
try {
  const page = path.join(folder, "report.html");
  await world.run("scan", "--compartment", DOCS_COMPARTMENT, "--html", page);
  const options = [
    ...["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", `--window-size=${WIDTH},${HEIGHT}`],
    ...[`--user-data-dir=${path.join(folder, "profile")}`, `--screenshot=${PICTURE}`],
  ];
  const browser = process.env["CHROMIUM"] ?? "chromium";
  const { status, stderr } = run(browser, [...options, pathToFileURL(page).href], { timeoutMs: LIMIT_MS });
  if (status !== 0) {
    console.error(`${browser} ended with ${status}. Next: install Chromium, or name a browser in CHROMIUM.\n${stderr}`);
    process.exitCode = 1;
  } else {
    console.log(`docs/scan-report.png: ${(statSync(PICTURE).size / 1000).toFixed(0)} kB`);
  }
} finally {
  world.dispose();
  rmSync(folder, { recursive: true, force: true });
}
