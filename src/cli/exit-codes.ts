/** The exit codes of every command, for scripts and monitoring. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  /** Something is due, or a secret is unhealthy. The command itself succeeded. */
  attention: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The words of the help. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "failed",
  2: "the command line is wrong",
  3: "not signed in",
  4: "something is due or unhealthy",
};
