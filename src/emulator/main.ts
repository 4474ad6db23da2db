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
  process.stderr.write(`${error instanceof Error ? error.message : "the emulator failed"}\n`);
  process.exitCode = 1;
}
