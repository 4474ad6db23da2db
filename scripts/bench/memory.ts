/** What rotations at an emulator of Vault and OCI IAM take: memory after the first and after many, and the CPU of a first one. */
import { systemClock } from "../../src/base/clock.ts";
import { DAY_MS } from "../../src/base/durations.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { fakeResourcePrincipal } from "../../src/emulator/core/principal.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createFleet } from "../../src/emulator/fleet.ts";
import { startServer } from "../../src/emulator/server.ts";
import { type FunctionProcess, startFunction, type Used } from "../function-process.ts";
import { median } from "./spread.ts";

export interface MemoryFigures {
  /** Of a process whose only call is a rotation: from its start to the answer. */
  readonly firstRotationCpuMs: readonly number[];
  readonly rssMb: number;
  readonly rssAfterThousandMb: number;
}

const ROTATIONS = 1_000;
/** Processes that rotate once. */
const FIRST = 5;
/** At OCI every rotation speaks TLS, which the function loads with the first such request; the emulator's address is plain. */
const WITH_TLS = ["--require", "node:tls"];
/**
 * Node reads the container's memory, and V8 sizes its heap by it: with 128 MB, half of it for old objects and 1 MB for each half of the young
 * ones. This machine has more, so V8 is told the same. No figure of the image is set by hand.
 */
const HEAP_OF_128_MB = ["--max-old-space-size=64", "--max-semi-space-size=1"];

const megabytes = (value: number) => Number(value.toFixed(1));

async function rotate(running: FunctionProcess, secretId: string): Promise<void> {
  const { body } = await running.call(JSON.stringify({ secretId }));
  const answer: { responseCode?: unknown } = JSON.parse(body);
  if (answer.responseCode !== 200) throw new Error(`a rotation failed: ${body}`);
}

/** @param folder of the function as its image has it */
export async function memoryFigures(folder: string): Promise<MemoryFigures> {
  let shiftMs = -DAY_MS;
  const clock = { ...systemClock, now: () => systemClock.now() + shiftMs };
  const emulator = createEmulator({ clock, entropy: systemEntropy, switches: { "updating-polls": 0 } });
  const server = await startServer(emulator);
  const functionId = emulator.admin.createFunction();
  const options = { count: ROTATIONS + FIRST, domainUrl: server.url, functionId };
  const { secretIds } = createFleet(emulator.admin, clock.now(), options);
  shiftMs = 0;
  const environment = {
    ...fakeResourcePrincipal(emulator.signatures, clock.now()),
    OROT_VAULT_ENDPOINT: server.url,
    OROT_SECRETS_ENDPOINT: server.url,
    OROT_ISSUER_ORIGINS: server.url,
  };
  const after = async (flags: readonly string[], secrets: readonly string[]): Promise<Used> => {
    const running = await startFunction(folder, environment, [...WITH_TLS, ...flags]);
    try {
      for (const secretId of secrets) await rotate(running, secretId);
      return await running.used();
    } finally {
      await running.stop();
    }
  };
  try {
    const first: Used[] = [];
    for (const secretId of secretIds.slice(0, FIRST)) first.push(await after([], [secretId]));
    const many = await after(HEAP_OF_128_MB, secretIds.slice(FIRST));
    return {
      firstRotationCpuMs: first.map(({ cpuMs }) => cpuMs),
      rssMb: megabytes(median(first.map(({ residentMb }) => residentMb))),
      rssAfterThousandMb: megabytes(many.residentMb),
    };
  } finally {
    await server.close();
  }
}
