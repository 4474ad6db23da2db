/** docs/transcripts.md: what commands really print, from runs against the emulator in virtual time. One entry a command. */
import { createDocsWorld, DOCS_COMPARTMENT, DOCS_STORES, type DocsWorld } from "./docs-world.ts";

interface Transcript {
  readonly title: string;
  readonly words: string;
  /** Runs the command in its own world. */
  readonly args: readonly string[];
  /** Makes the secret that the command is about, whose OCID then follows the command's name. */
  readonly about?: (world: DocsWorld) => Promise<string>;
}

const transcripts: readonly Transcript[] = [
  {
    title: "scan",
    words: "Everything that can be rotated, the most urgent first.",
    args: ["scan", "--compartment", DOCS_COMPARTMENT],
  },
  {
    title: "scan --within",
    words: "What expires or is rotated within two weeks, and what failed.",
    args: ["scan", "--compartment", DOCS_COMPARTMENT, "--within", "14d"],
  },
  {
    title: "rotate --dry-run",
    words: "What rotating all that is due would do, found out only by reads and logins.",
    args: ["rotate", "--all-due", "--compartment", DOCS_STORES, "--dry-run"],
  },
  {
    title: "rotate --all-due",
    words:
      "The same, done here with the operator's own credentials. One secret's content is wrong; the others are rotated all the same.",
    args: ["rotate", "--all-due", "--compartment", DOCS_STORES, "--via", "local", "--yes"],
  },
  {
    title: "status",
    words: "A rotation was killed a quarter of an hour ago, right after the issuer had made a new client secret.",
    args: ["status"],
    about: (world) => world.interrupted(),
  },
  {
    title: "heal --dry-run",
    words: "The same secret: what would be done, found out only by reads.",
    args: ["heal", "--dry-run"],
    about: (world) => world.interrupted(),
  },
  {
    title: "heal",
    words: "And done, without being asked.",
    args: ["heal", "--yes"],
    about: (world) => world.interrupted(),
  },
];

async function shown(
  world: DocsWorld,
  { title, words, args: [command = "", ...rest], about }: Transcript,
): Promise<string> {
  const args = [command, ...(about === undefined ? [] : [await about(world)]), ...rest];
  const { output, exitCode } = await world.run(...args);
  return `## ${title}\n\n${words}\n\n<!-- run by scripts/transcripts.ts -->\n\`\`\`console\n$ oci-rotate ${args.join(" ")}\n${output}$ echo $?\n${exitCode}\n\`\`\``;
}

export async function transcriptsPage(): Promise<string> {
  const sections: string[] = [];
  for (const transcript of transcripts) {
    const world = createDocsWorld();
    try {
      sections.push(await shown(world, transcript));
    } finally {
      world.dispose();
    }
  }
  const head =
    "Printed by `npm run docs` from real runs against the emulator: its clock is virtual and its clients come from a seed.\n\nThe report that `scan --html` writes (`npm run docs:picture` makes the picture with Chromium):\n\n![A page with four counts, a timeline of expiries and rotations, and a table of client secrets](scan-report.png)";
  return `${["# Transcripts", head, ...sections].join("\n\n")}\n`;
}
