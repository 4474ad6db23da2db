import * as z from "zod/mini";

/** What OCI's documentation leaves open, under the names of `--json`. */
export const questions = {
  "if-match": "is if-match honoured",
  "second-pending": "does Vault take a second PENDING version, and what becomes of the first",
  "read-back": "can the client's own token read its secret",
  "chosen-value": "does the domain take a client secret of our choosing",
  "new-secret": "how soon does a new client secret work",
  "old-token": "does a token outlive the client secret that got it",
  "defined-tag": "does setting a defined tag need a further right",
  "version-deletion": "may a version await deletion while the secret is written",
} as const;
export type Question = keyof typeof questions;

export const answerSchema = z.object({
  question: z.string(),
  /** One word; `unknown` if it could not be found out. */
  answer: z.string(),
  /** One sentence without a full stop. */
  told: z.string(),
  seconds: z.nullable(z.number()),
});

export interface Answer {
  readonly question: Question;
  readonly answer: string;
  readonly told: string;
  readonly seconds: number | null;
}

export function answered(question: Question, answer: string, told: string, seconds: number | null = null): Answer {
  return { question, answer, told, seconds };
}

export const unknown = (question: Question, why: string): Answer => answered(question, "unknown", why);
