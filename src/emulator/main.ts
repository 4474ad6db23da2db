import { helpText, readOptions } from "./options.ts";
import { runEmulator } from "./run.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(helpText());
  } else {
    await runEmulator(options);
  }
} catch (error) {
  const isUsage = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  const what = error instanceof Error ? error.message : "the emulator failed";
  process.stderr.write(`${what}${isUsage ? ". Next: see npm run emulator -- --help." : ""}\n`);
  process.exitCode = 1;
}
