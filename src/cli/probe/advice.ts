import type { Answer, Question } from "./answers.ts";

/** A setting that follows from the answers. */
export interface Advice {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}

const DEFAULT_BOUND_SECONDS = 60;
const LONGEST_BOUND_SECONDS = 600;
/** What was measured once may take longer another time. */
const MARGIN = 2;
const STEP_SECONDS = 10;

function landingBound(late: Answer | undefined): Advice[] {
  if (late === undefined || late.answer === "unknown" || late.seconds === null) return [];
  const doubled = Math.ceil((late.seconds * MARGIN) / STEP_SECONDS) * STEP_SECONDS;
  const value = Math.min(LONGEST_BOUND_SECONDS, Math.max(DEFAULT_BOUND_SECONDS, doubled));
  const why =
    value === DEFAULT_BOUND_SECONDS
      ? "the default is more than twice what a new client secret took"
      : `a new client secret took ${late.seconds} s, and may take longer another time`;
  return [{ name: "OROT_LANDING_BOUND_SECONDS", value: String(value), why }];
}

function wayBack(isChosen: boolean, token: Answer | undefined): Advice {
  const name = "OROT_REQUIRE_WAY_BACK";
  if (isChosen) {
    return {
      name,
      value: "true",
      why: "a chosen value is stored before the domain gets it, so there is always a way back",
    };
  }
  return token?.answer === "survives"
    ? {
        name,
        value: "true",
        why: "tokens are a way back; each secret's first rotation and heal, with it off, note that",
      }
    : {
        name,
        value: "false",
        why: "tokens are no way back; turn it on once OROT_AUTHORITY_SECRET_IDS names a second authority",
      };
}

/** Pure: the settings to change, in the order of docs/reference.md. */
export function adviceFor(answers: readonly Answer[]): Advice[] {
  const of = (question: Question) => answers.find((one) => one.question === question);
  const isChosen = of("chosen-value")?.answer === "accepted";
  const value: Advice = {
    name: "OROT_OCI_IAM_VALUE",
    value: isChosen ? "caller" : "issuer",
    why: isChosen
      ? "the domain takes a chosen value, and that is stored first"
      : "the domain was not seen to take a chosen value",
  };
  const blocked = of("version-deletion")?.answer === "blocks";
  return [
    wayBack(isChosen, of("old-token")),
    value,
    ...landingBound(of("new-secret")),
    ...(blocked
      ? [
          {
            name: "OROT_KEEP_DEPRECATED_VERSIONS",
            value: "20",
            why: "a version that awaits deletion blocks writes, so as few as possible should",
          },
        ]
      : []),
  ];
}
