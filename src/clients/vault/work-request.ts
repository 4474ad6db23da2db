import * as z from "zod/mini";
import { isErrorCode, RotationError, responseCodes } from "../../base/errors.ts";
import { onFirstUse } from "../../base/on-first-use.ts";
import { OCI_CODES, OCI_STATES, shownCode } from "../../base/server-codes.ts";
import { instant } from "./oci-responses.ts";

/** One thing that went wrong in a work request, as the service tells it. */
interface WorkRequestProblem {
  readonly code: string;
  /** What the service passes on of the function's answer, without control characters, at most 1000 characters; else how long it is. */
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Source: Work Requests API, WorkRequest. Instants are milliseconds since the epoch. */
export interface WorkRequest {
  /** `ACCEPTED`, `IN_PROGRESS`, `FAILED`, `SUCCEEDED`, `CANCELING`, `CANCELED`, or what OCI adds. */
  readonly status: string;
  /** 0 to 100. */
  readonly percentComplete: number;
  readonly acceptedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Of a failed one. */
  readonly problems: readonly WorkRequestProblem[];
}

const MAX_CHARACTERS = 1_000;

const workRequest = onFirstUse(() =>
  z.object({
    status: z.string(),
    percentComplete: z.number(),
    timeAccepted: instant(),
    timeStarted: z.optional(z.nullable(instant())),
    timeFinished: z.optional(z.nullable(instant())),
  }),
);
const problems = onFirstUse(() => z.array(z.object({ code: z.string(), message: z.string(), timestamp: instant() })));

const OWN_CODE = /\b([A-Z][A-Z_]+): /g;

/** The service wraps the function's answer in words that are documented nowhere; from one of our codes on it is our own text. */
function ownWords(text: string): string {
  const own = [...text.matchAll(OWN_CODE)].find(([, code]) => isErrorCode(code ?? ""));
  if (own === undefined) return `a message of ${text.length} characters`;
  return text
    .slice(own.index)
    .replace(/\p{Cc}+/gu, " ")
    .slice(0, MAX_CHARACTERS);
}

/** The service's own codes for this are documented nowhere; what the function answered is one of our numbers. */
const PROBLEM_CODES: ReadonlySet<string> = new Set([...OCI_CODES, ...responseCodes.map(String)]);

/** @throws RotationError VAULT_UNAVAILABLE if the answer has another shape than the API describes */
export function readWorkRequest(answer: unknown): WorkRequest {
  const parsed = workRequest().safeParse(answer);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to GetWorkRequest could not be read");
  const { status, percentComplete, timeAccepted, timeStarted, timeFinished } = parsed.data;
  return {
    status: shownCode(status, OCI_STATES, "a state"),
    percentComplete,
    acceptedAt: timeAccepted,
    startedAt: timeStarted ?? null,
    finishedAt: timeFinished ?? null,
    problems: [],
  };
}

const list = onFirstUse(() => z.array(z.object({ id: z.string(), timeAccepted: instant() })));

/** Of one page, the one that was accepted last. */
function latestOf(answer: unknown): { readonly id: string; readonly timeAccepted: number } | undefined {
  const parsed = list().safeParse(answer);
  if (!parsed.success) throw new RotationError("VAULT_UNAVAILABLE", "the answer to ListWorkRequests could not be read");
  return parsed.data.toSorted((a, b) => b.timeAccepted - a.timeAccepted)[0];
}

/** Of one secret, at any page size that is worth having, years of rotations. */
const MAX_PAGES = 20;

/**
 * The OCID of the one that was accepted last, on any page: the API promises no order. If the list does not end, the
 * last one of its first pages.
 * @param ask for one page, the first without a token; `nextPage` is none at the end
 * @returns null: there is none
 * @throws RotationError as `readWorkRequest` does; the error of `ask`
 */
export async function findLatest(
  ask: (page: string | undefined) => Promise<{ readonly items: unknown; readonly nextPage: string | undefined }>,
): Promise<string | null> {
  let latest: ReturnType<typeof latestOf>;
  let page: string | undefined;
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const { items, nextPage } = await ask(page);
    const found = latestOf(items);
    if (found !== undefined && found.timeAccepted > (latest?.timeAccepted ?? Number.NEGATIVE_INFINITY)) latest = found;
    if (!nextPage) break;
    page = nextPage;
  }
  return latest?.id ?? null;
}

/** None if they cannot be read: that it failed is known all the same. */
export function readProblems(answer: unknown): WorkRequestProblem[] {
  const parsed = problems().safeParse(answer);
  return parsed.success
    ? parsed.data.map(({ code, message, timestamp }) => ({
        code: shownCode(code, PROBLEM_CODES),
        message: ownWords(message),
        at: timestamp,
      }))
    : [];
}
