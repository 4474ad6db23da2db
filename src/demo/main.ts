import { type DemoOptions, helpText, readOptions } from "./options.ts";
import { endedWell, rotateOnce } from "./rotation.ts";
import { ending, healStory, opening, stepStory, summary, waitingStory } from "./story.ts";

async function run({ json, fault }: DemoOptions): Promise<boolean> {
  // With --json stdout belongs to the script that reads it.
  const tell = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  let startedAt: number | null = null;
  const result = await rotateOnce(
    {
      ready: (url, sample, versions) => tell(opening(url, sample, versions, fault)),
      step: (step) => {
        startedAt ??= step.report.startedAt;
        tell(stepStory(step, startedAt));
      },
      problem: (line) => tell(`function: ${line}`),
      waiting: (seconds) => tell(waitingStory(seconds)),
      healed: (heal, versions) => tell(healStory(heal, versions)),
    },
    fault,
  );
  tell(ending(result));
  if (json) process.stdout.write(`${summary(result)}\n`);
  return endedWell(result);
}

function parse(): DemoOptions | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "unknown option"}\n\n${helpText}`);
    return null;
  }
}

const options = parse();
if (options === null) process.exitCode = 2;
else if (options.help) process.stdout.write(helpText);
else process.exitCode = (await run(options)) ? 0 : 1;
