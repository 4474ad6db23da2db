import { RotationError } from "../base/errors.ts";
import { framesOf as placesOf } from "../base/frames.ts";
import { noAnswerOf } from "../clients/http/no-answer.ts";
import { TransportError } from "../clients/http/transport.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { regionMeant } from "./regions.ts";

/** Every way a command can end before it reaches the pipeline, each with its exit code. */
const catalogue = {
  USAGE: exitCodes.usage,
  CONFIRMATION_NEEDED: exitCodes.usage,
  /** The operator's own defaults cannot be read. */
  DEFAULTS_BROKEN: exitCodes.usage,
  SECRET_AMBIGUOUS: exitCodes.usage,
  NOT_CONFIRMED: exitCodes.failed,
  CONFIG_MISSING: exitCodes.signIn,
  CONFIG_BROKEN: exitCodes.signIn,
  PROFILE_UNKNOWN: exitCodes.signIn,
  PROFILE_INCOMPLETE: exitCodes.signIn,
  REGION_MISSING: exitCodes.signIn,
  KEY_UNUSABLE: exitCodes.signIn,
  TOKEN_UNUSABLE: exitCodes.signIn,
  SESSION_EXPIRED: exitCodes.signIn,
  PRINCIPAL_MISSING: exitCodes.signIn,
  SIGN_IN_REFUSED: exitCodes.signIn,
  /** The pipeline, here or in the function, answered with an error of its own catalogue. */
  ANSWERED: exitCodes.failed,
  OCI_REFUSED: exitCodes.failed,
  OCI_UNAVAILABLE: exitCodes.failed,
  FILE_UNUSABLE: exitCodes.failed,
  NOTHING_FOUND: exitCodes.failed,
  EMULATOR_FAILED: exitCodes.failed,
  INTERRUPTED: exitCodes.failed,
  INTERNAL: exitCodes.failed,
} as const satisfies Record<string, ExitCode>;

export type CliErrorCode = keyof typeof catalogue;

export interface Problem {
  /** A code of this catalogue, of `RotationError`, or of the answer that came. */
  readonly code: string;
  /** What happened: a sentence without a full stop. */
  readonly what: string;
  /** What that means for the operator; null where `what` says it all. */
  readonly means: string | null;
  /** What to do next, with the exact command where there is one. */
  readonly next: string;
  readonly exitCode: ExitCode;
}

/** Ends a command. Its texts never hold a secret, a token, key material, or text written by a server. */
export class CliError extends Error {
  override readonly name = "CliError";
  readonly code: CliErrorCode;
  readonly problem: Problem;

  /** @param told `code` replaces this catalogue's code where another catalogue has a better one */
  constructor(code: CliErrorCode, told: { what: string; means?: string; next: string; code?: string }) {
    super(told.what);
    this.code = code;
    this.problem = {
      code: told.code ?? code,
      what: told.what,
      means: told.means ?? null,
      next: told.next,
      exitCode: catalogue[code],
    };
  }
}

/** What to do about a setting that is invalid. */
export const IN_THIS_SHELL = "correct it in the environment of this shell";

const WORDS = [
  ["dynamic-group <function's group>", "group <your group>"],
  ["does not exist, or the function may not see it", "does not exist in this region, or you may not see it"],
  [
    "check the OCID, and the policy line",
    "check the OCID, the region (oci-rotate session shows it), and the policy line",
  ],
  ["the function's policies reach", "your policies reach"],
  ["correct the function's configuration", IN_THIS_SHELL],
] as const;

/** The pipeline's texts address the function. Where it ran here, with the operator's credentials, they must address the operator. */
export function asOperator(text: string): string {
  return WORDS.reduce((told, [words, others]) => told.replaceAll(words, others), text);
}

function transportProblem(error: TransportError): Problem {
  const none = noAnswerOf(error);
  return {
    code: error.failure,
    what: none?.why ?? `no answer received (${error.failure})`,
    means: error.sent ? "whether the request took effect is not known" : "nothing was sent",
    next: none?.next ?? "check the network and --endpoint or --region, then try again",
    exitCode: exitCodes.failed,
  };
}

/** A host of OCI whose region is not known here: most likely mistyped, and the region that was meant is the next action. */
function withRegion(problem: Problem): Problem {
  const region = /\.([a-z]{2,4}(?:-[a-z0-9]+)+-\d+)\.(?:oci\.)?oracle/.exec(problem.what)?.[1];
  const meant = region === undefined ? null : regionMeant(region);
  return meant === null ? problem : { ...problem, next: `${meant}: correct --region, the profile or OCI_CLI_REGION` };
}

/** Any thrown value, as shown to the operator. An unknown one becomes INTERNAL and its text is dropped, since it may hold anything. */
export function problemOf(thrown: unknown): Problem {
  return withRegion(plainProblemOf(thrown));
}

function plainProblemOf(thrown: unknown): Problem {
  if (thrown instanceof CliError) return thrown.problem;
  if (thrown instanceof RotationError) {
    const { code, message, nextAction } = thrown;
    return { code, what: asOperator(message), means: null, next: asOperator(nextAction), exitCode: exitCodes.failed };
  }
  if (thrown instanceof TransportError) return transportProblem(thrown);
  return {
    code: "INTERNAL",
    what: "an unexpected error ended the command",
    means: null,
    next: "run it again with --debug and report what it prints",
    exitCode: exitCodes.failed,
  };
}

/** For `--debug`: where an error was thrown. Its text is left out unless it is our own. */
export function framesOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `  a ${typeof thrown} was thrown`;
  const code: unknown = Reflect.get(thrown, "code");
  const name = typeof code === "string" && /^[A-Z_]{1,60}$/.test(code) ? `${thrown.name} ${code}` : thrown.name;
  return [`  ${name}`, ...placesOf(thrown).map((place) => `    ${place}`)].join("\n");
}

/** The operator was asked and did not say yes. */
export function notConfirmed(): CliError {
  return new CliError("NOT_CONFIRMED", { what: "it was not confirmed", means: "nothing was changed", next: "nothing" });
}
