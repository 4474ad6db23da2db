import { type AnyCommand, type CommandGroup, defineCommand } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { placesOf } from "../completion/tree.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { exitCodes } from "../exit-codes.ts";
import { oneOf } from "../fields.ts";

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/** @param commandsOf returns all commands, of which this one is the last */
export const completionCommand = (commandsOf: () => readonly (AnyCommand | CommandGroup)[]): AnyCommand =>
  defineCommand({
    name: "completion",
    summary: "print a shell completion script",
    description: `Prints a completion script for bash, zsh or fish, made from the commands of this version. Print it again after an update. It
sends no request and runs nothing while you type.`,
    arguments: { shell: { flags: "<shell>", does: "bash, zsh or fish", takes: oneOf("bash", "zsh", "fish") } },
    options: {},
    data: null,
    examples: [
      {
        does: "bash, in ~/.bashrc",
        line: 'completion bash > ~/.oci-rotate.bash && echo ". ~/.oci-rotate.bash" >> ~/.bashrc',
      },
      { does: "zsh, in a folder of fpath", line: "completion zsh > ~/.zfunc/_oci-rotate" },
      { does: "fish", line: "completion fish > ~/.config/fish/completions/oci-rotate.fish" },
    ],
    async run({ print }, { shell }) {
      print(null, scripts[shell](placesOf(commandsOf())));
      return exitCodes.done;
    },
  });
