/** The options of an npm script: what is not one of them ends it with a line and its usage, and exit code 2. */
import { type ParseArgsConfig, parseArgs } from "node:util";

export function refuse(problem: string, usage: string): never {
  console.error(`${problem}\n\n${usage.trim()}`);
  process.exit(2);
}

/** Without Node's advice about arguments that begin with a dash. */
const firstSentence = (message: string) => message.split(/\. (?=[A-Z])/)[0] ?? message;

/** @param usage printed for `--help`, too */
export function readOptions<const T extends ParseArgsConfig>(
  config: T,
  usage: string,
  args: readonly string[] = process.argv.slice(2),
): ReturnType<typeof parseArgs<T>> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(usage.trim());
    process.exit(0);
  }
  try {
    return parseArgs<T>({ ...config, args: [...args] });
  } catch (error) {
    return refuse(firstSentence(error instanceof Error ? error.message : String(error)), usage);
  }
}
