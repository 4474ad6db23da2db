import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, listOf, optional, text, wholeNumber } from "../fields.ts";

const PORTS = 65_535;
/** The most secrets that a tenancy holds (Source: OCI Vault service limits). */
const SECRETS = 5_000;

export const emulatorCommand = defineCommand({
  name: "emulator",
  summary: "run OCI Vault, an identity domain and Functions on this machine",
  description: `Runs OCI Vault, an identity domain, work requests, Functions and Vault's rotation schedule on a port of this machine. It
creates an application with a secret and a function that rotates it, and prints commands to try. Ctrl-C ends it. It needs no OCI account.

In another terminal, eval "$(oci-rotate emulator --env)" sets the shell up for it: from then on its address, credentials and compartment
are defaults, and oci-rotate scan needs no option.

It is the same program as npm run emulator, whose --help lists all switches and faults.`,
  arguments: {},
  options: {
    port: {
      flags: "--port <n>",
      does: "port on 127.0.0.1 to listen on (default: any free one)",
      takes: optional(wholeNumber(0, PORTS)),
    },
    dataDir: {
      flags: "--data-dir <folder>",
      does: "folder that keeps the state across restarts (default: in memory)",
      takes: optional(text),
    },
    function: {
      flags: "--function <file>",
      does: "the built function (default: the one in this package)",
      takes: optional(text),
    },
    secrets: {
      flags: "--secrets <n>",
      does: "create n additional secrets on first start, with rotations due over the next 30 days",
      takes: optional(wholeNumber(0, SECRETS)),
    },
    switch: { flags: "--switch <name=value...>", does: "set a switch", takes: listOf(text) },
    env: {
      flags: "--env",
      does: "print the settings of the running emulator for a shell, and start none",
      takes: flag,
    },
    fault: {
      flags: "--fault <call:kind...>",
      does: "a fault to inject, such as regenerate:answer-lost",
      takes: listOf(text),
    },
  },
  data: null,
  examples: [
    { does: "set up another shell for it", line: "emulator --env" },
    { does: "start it on a fixed port", line: "emulator --port 8080 --data-dir .emulator" },
    { does: "lose the answer to the next regenerate request", line: "emulator --fault regenerate:answer-lost" },
  ],
  async run({ runtime, options }, values) {
    // Loaded only here, since no other command needs it.
    const [{ readOptions }, { runEmulator }] = await Promise.all([
      import("../../emulator/options.ts"),
      import("../../emulator/run.ts"),
    ]);
    const words = [
      ...(options.json ? ["--json"] : []),
      ...(values.env ? ["--env"] : []),
      ...(values.port === undefined ? [] : ["--port", String(values.port)]),
      ...(values.dataDir === undefined ? [] : ["--data-dir", values.dataDir]),
      ...(values.secrets === undefined ? [] : ["--secrets", String(values.secrets)]),
      ...["--function", values.function ?? runtime.functionBundle],
      ...values.switch.flatMap((word) => ["--switch", word]),
      ...values.fault.flatMap((word) => ["--fault", word]),
    ];
    const understood = await told("USAGE", async () => readOptions(words));
    await told("EMULATOR_FAILED", () => runEmulator(understood));
    return exitCodes.done;
  },
});

/** The emulator's own errors say what is wrong and what to do instead. All others stay unexpected. */
async function told<T>(code: "USAGE" | "EMULATOR_FAILED", act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const [what = "", next] = (error instanceof Error ? error.message : "").split(" Next: ");
    if (next === undefined && code !== "USAGE") throw error;
    throw new CliError(code, {
      what: what.replace(/\.$/, ""),
      next: next?.replace(/\.$/, "") ?? "see npm run emulator -- --help",
    });
  }
}
