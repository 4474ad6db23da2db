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
  const what = error instanceof Error ? error.message : "the emulator failed";
  const told = what.includes(" Next: ") ? what : `${what.replace(/\.$/, "")}. Next: see npm run emulator -- --help.`;
  process.stderr.write(`${told}\n`);
  process.exitCode = 1;
}
