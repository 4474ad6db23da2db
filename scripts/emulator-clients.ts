import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { ROOT } from "./run.ts";

/** By operation, then by client; written by `npm run live:oci`. */
const kept = z.record(z.string(), z.record(z.string(), z.enum(["works", "501"])));

/** The table of docs/emulator.md: what each official client finds. */
export function clientsTable(): string {
  const table = kept.parse(JSON.parse(readFileSync(path.join(ROOT, "docs", "emulator-clients.json"), "utf8")));
  const clients = Object.keys(Object.values(table)[0] ?? {});
  const rows = Object.entries(table).map(
    ([operation, results]) => `| ${[operation, ...clients.map((client) => results[client] ?? "")].join(" | ")} |`,
  );
  return [`| operation | ${clients.join(" | ")} |`, `|---|${clients.map(() => "---|").join("")}`, ...rows].join("\n");
}
