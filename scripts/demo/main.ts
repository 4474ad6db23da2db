import { mirrorDemo } from "./mirror.ts";
import { type DemoOptions, helpText, readOptions } from "./options.ts";
import { profiles } from "./profiles.ts";
import { endedWell, rotateOnce } from "./rotation.ts";
import { ending, healStory, notifyStory, opening, overlapStory, stepStory, waitingStory } from "./story.ts";
import { summary } from "./summary.ts";

async function run({ json, issuer, fault, notify, mirror, adopt }: DemoOptions): Promise<boolean> {
  // With --json stdout belongs to the script that reads it.
  const tell = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  if (mirror) {
    const seen = await mirrorDemo(tell);
    if (json) process.stdout.write(`${JSON.stringify(seen)}\n`);
    return seen.ok;
  }
  if (adopt) {
    const { adoptDemo } = await import("./adopt.ts");
    const seen = await adoptDemo(tell);
    if (json) process.stdout.write(`${JSON.stringify(seen)}\n`);
    return seen.ok;
  }
  const profile = profiles[issuer];
  let startedAt: number | null = null;
  const result = await rotateOnce(
    { issuer, fault, notify },
    {
      ready: (rig, versions) => tell(opening(profile, rig, versions, fault)),
      step: (step) => {
        startedAt ??= step.report.startedAt;
        tell(stepStory(profile, step, startedAt));
      },
      problem: (line) => tell(`function: ${line}`),
      waiting: (seconds) => tell(waitingStory(seconds)),
      healed: (heal, versions) => tell(healStory(heal, versions)),
      overlapEnded: (overlap) => tell(overlapStory(profile, overlap)),
    },
  );
  if (result.heard !== null) tell(notifyStory(result.heard));
  tell(ending(result));
  if (json) process.stdout.write(`${summary(result)}\n`);
  return endedWell(result);
}

function parse(): DemoOptions | null {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : "unknown option"}\nnpm run demo -- --help lists the options.\n`,
    );
    return null;
  }
}

const options = parse();
if (options === null) process.exitCode = 2;
else if (options.help) process.stdout.write(helpText);
else process.exitCode = (await run(options)) ? 0 : 1;
