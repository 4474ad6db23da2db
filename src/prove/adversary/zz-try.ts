import { triples } from "./enumerate.ts";
import { createPool } from "../pool.ts";
import { mergeAdversary, noAdversaryFigures, type AdversaryFigures } from "./figures.ts";
import type { AdversaryUnit } from "./unit.ts";
import { worldId } from "./worlds.ts";
import { writeFileSync } from "node:fs";
const share = Number(process.argv[2] ?? 1);
const only = process.argv[3] ?? "";
const pool = createPool<AdversaryUnit, AdversaryFigures>(new URL("./worker.ts", import.meta.url));
const figures = noAdversaryFigures(); const t = performance.now();
const units = triples.map((triple) => ({ seed: 1, triple, share, only: null })).filter(u => (worldId(u.triple.kind)+" "+u.triple.history+" "+u.triple.event).startsWith(only));
let out: string[] = [];
try {
await pool.workers(units, (u, more) => { const n = `${worldId(u.triple.kind)} ${u.triple.history} ${u.triple.event}`; const {findings, ...nums} = more; out.push(n+" "+JSON.stringify(nums)); for (const f of findings) out.push("   "+f.id+"\n       "+f.problems.join("\n       ")); mergeAdversary(figures, more); });
} finally { await pool.close(); }
const { findings, ...rest } = figures;
writeFileSync("/tmp/adv.txt", out.join("\n")+"\n");
console.log(JSON.stringify(rest), Math.round((performance.now()-t)/1000));
