/** What every command ends with, for scripts and monitoring. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  /** Something is due, or a secret is unhealthy: the command itself did what it was asked to. */
  attention: 4,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** In the words of the help. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: "done",
  1: "failed",
  2: "the command line is wrong",
  3: "not signed in",
  4: "something is due or unhealthy",
};
