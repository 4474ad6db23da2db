import type { RotationError } from "./errors.ts";

/** What every function answers, whatever it was asked. */
export interface BaseAnswer {
  readonly responseCode: number;
  /** `CODE: what happened. Next: what to do.` */
  readonly returnMessage: string;
  readonly versionNo: number | null;
}

export function failure(error: RotationError): BaseAnswer {
  return { responseCode: error.responseCode, returnMessage: error.returnMessage, versionNo: null };
}

export function success(code: string, what: string, versionNo: number | null, next = "nothing"): BaseAnswer {
  return { responseCode: 200, returnMessage: `${code}: ${what}. Next: ${next}.`, versionNo };
}
