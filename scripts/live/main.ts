/**
 * `npm run live -- [--json] [TARGET]...`: tests against real servers and with real clients, which it fetches; without a target all of them. Exit
 * code 1 if anything failed, a server did not start or a client could not be installed. With `--json` the last line is
 * `{"uaa":{"version":...,"passed":N,"failed":N},...}`.
 */
import { parseArgs } from "node:util";
import { keycloak } from "./keycloak.ts";
import type { LiveFigures, LiveTarget } from "./live-tests.ts";
import { oci } from "./oci.ts";
import { uaa } from "./uaa.ts";

const targets: readonly LiveTarget[] = [uaa, keycloak, oci];

function chosen(names: readonly string[]): readonly LiveTarget[] {
  const unknown = names.find((name) => !targets.some((target) => target.name === name));
  if (unknown !== undefined) {
    const known = targets.map(({ name }) => name).join(", ");
    throw new Error(`unknown target "${unknown}". Next: use one of ${known}.`);
  }
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name));
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const figures: Record<string, LiveFigures> = {};
  for (const target of chosen(positionals)) {
    figures[target.name] = await target.run();
  }
  for (const [name, { version, passed, failed }] of Object.entries(figures)) {
    console.log(`${name} ${version}: ${passed} passed, ${failed} failed`);
  }
  if (values.json) console.log(JSON.stringify(figures));
  process.exitCode = Object.values(figures).every(({ failed }) => failed === 0) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
