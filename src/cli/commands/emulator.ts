import { optionEntries } from "../../emulator/option-table.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand, type Parameters } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { flag, listOf, optional, text } from "../fields.ts";

const keyOf = (name: string) => name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The emulator's own options. It judges their values itself. */
const options: Parameters = Object.fromEntries(
  optionEntries.map(([name, { value, does, ...more }]) => {
    const isRepeated = "isRepeated" in more;
    const flags = `--${name}${value === null ? "" : ` <${value}${isRepeated ? "..." : ""}>`}`;
    return [keyOf(name), { flags, does, takes: value === null ? flag : isRepeated ? listOf(text) : optional(text) }];
  }),
);

/** What was given, as it would be typed. */
function wordsOf(values: Readonly<Record<string, unknown>>): string[] {
  return optionEntries.flatMap(([name]) => {
    const value = values[keyOf(name)];
    if (value === undefined || value === false) return [];
    return value === true ? [`--${name}`] : [value].flat().flatMap((word) => [`--${name}`, String(word)]);
  });
}

export const emulatorCommand = defineCommand({
  name: "emulator",
  summary: "run OCI Vault, an identity domain and Functions on this machine",
  description: `Runs OCI Vault, an identity domain, work requests, Functions and Vault's rotation schedule on a port of this machine. It
creates an application with a secret and a function that rotates it, and prints commands to try. Ctrl-C ends it. It needs no OCI account.

In another terminal, eval "$(oci-rotate emulator --env)" sets the shell up for it: from then on its address, credentials and compartment
are defaults, and oci-rotate scan needs no option.

It is the same program as npm run emulator, whose --help lists all switches and faults.`,
  arguments: {},
  options,
  data: null,
  examples: [
    { does: "set up another shell for it", line: "emulator --env" },
    { does: "start it on a fixed port", line: "emulator --port 8080 --data-dir .emulator" },
    { does: "lose the answer to the next regenerate request", line: "emulator --fault regenerate:answer-lost" },
  ],
  async run({ runtime, options: asked }, values) {
    // Loaded only here, since no other command needs it.
    const [{ readOptions }, { runEmulator }] = await Promise.all([
      import("../../emulator/options.ts"),
      import("../../emulator/run.ts"),
    ]);
    const words = wordsOf({ ...values, function: values["function"] ?? runtime.functionBundle });
    const understood = await told("USAGE", async () => readOptions([...words, ...(asked.json ? ["--json"] : [])]));
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
      next: next?.replace(/\.$/, "") ?? "see oci-rotate emulator --help",
    });
  }
}
