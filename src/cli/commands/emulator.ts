import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { listOf, optional, text, wholeNumber } from "../fields.ts";

const PORTS = 65_535;
/** As many as a tenancy holds (Source: OCI Vault service limits). */
const SECRETS = 5_000;

export const emulatorCommand = defineCommand({
  name: "emulator",
  summary: "run OCI Vault, an identity domain and Functions on this machine",
  description: `Runs OCI Vault, an identity domain, work requests, Functions and Vault's rotation schedule on a port of this machine, makes an
application with a secret and a function that rotates it, and says which commands to try. Ends with Ctrl-C. Needs no OCI account.

What it writes as "oci config" signs for it: oci-rotate check <secret-id> --config-file <that file> --endpoint <its address>.

It is the same program as npm run emulator, whose --help lists all switches and faults.`,
  arguments: {},
  options: {
    port: {
      flags: "--port <n>",
      does: "listen on this port of 127.0.0.1 (default: any free one)",
      takes: optional(wholeNumber(0, PORTS)),
    },
    dataDir: {
      flags: "--data-dir <folder>",
      does: "keep the state there, across restarts (default: in memory)",
      takes: optional(text),
    },
    function: {
      flags: "--function <file>",
      does: "the built function (default: the one that came along)",
      takes: optional(text),
    },
    secrets: {
      flags: "--secrets <n>",
      does: "make so many secrets more at the first start, their rotations due over 30 days",
      takes: optional(wholeNumber(0, SECRETS)),
    },
    switch: { flags: "--switch <name=value...>", does: "set a switch", takes: listOf(text) },
    fault: { flags: "--fault <call:kind...>", does: "one fault, as regenerate:answer-lost", takes: listOf(text) },
  },
  data: null,
  examples: [
    { does: "start it on a fixed port", line: "emulator --port 8080 --data-dir .emulator" },
    { does: "let the answer to the next regeneration be lost", line: "emulator --fault regenerate:answer-lost" },
  ],
  async run({ runtime, options }, values) {
    // Loaded here alone: no other command has a use for it.
    const [{ readOptions }, { runEmulator }] = await Promise.all([
      import("../../emulator/options.ts"),
      import("../../emulator/run.ts"),
    ]);
    const words = [
      ...(options.json ? ["--json"] : []),
      ...(values.port === undefined ? [] : ["--port", String(values.port)]),
      ...(values.dataDir === undefined ? [] : ["--data-dir", values.dataDir]),
      ...(values.secrets === undefined ? [] : ["--secrets", String(values.secrets)]),
      ...["--function", values.function ?? runtime.functionBundle],
      ...values.switch.flatMap((word) => ["--switch", word]),
      ...values.fault.flatMap((word) => ["--fault", word]),
    ];
    await runEmulator(understood(() => readOptions(words)));
    return exitCodes.done;
  },
});

/** The emulator says what is wrong with a switch or a fault, and what to write instead. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const [what = "an option is wrong", next] = (error instanceof Error ? error.message : "").split(" Next: ");
    throw new CliError("USAGE", {
      what: what.replace(/\.$/, ""),
      next: next?.replace(/\.$/, "") ?? "see npm run emulator -- --help",
    });
  }
}
