import * as z from "zod/mini";
import type { Clock } from "../base/clock.ts";
import { isErrorCode } from "../base/errors.ts";
import { createOciRequester } from "../clients/http/oci-request.ts";
import type { HttpRequest, HttpResponse, Transport } from "../clients/http/transport.ts";
import { CliError } from "./cli-error.ts";
import type { SignedIn } from "./sign-in/sign-in.ts";
import { signatureRefused } from "./sign-in/sign-in-watch.ts";

const verdict = z.enum(["accepted", "rejected", "unknown"]);

/** The answer of the function (src/rotation/answer.ts), or of the pipeline in this process. Unknown members are dropped. */
const answerSchema = z.object({
  responseCode: z.int(),
  returnMessage: z.string(),
  versionNo: z.nullable(z.int()),
  stages: z.optional(z.array(z.object({ stage: z.string(), outcome: z.string(), ms: z.number() }))),
  rotationId: z.optional(z.nullable(z.string())),
  verdicts: z.optional(z.object({ current: verdict, pending: z.nullable(verdict) })),
  healed: z.optional(z.int()),
  healthy: z.optional(z.int()),
  rotated: z.optional(z.int()),
  notDue: z.optional(z.int()),
  busy: z.optional(z.int()),
  failed: z.optional(z.int()),
  remaining: z.optional(z.int()),
  cursor: z.optional(z.string()),
  endpoints: z.optional(z.array(z.string())),
  deliveries: z.optional(
    z.array(z.object({ endpoint: z.string(), outcome: z.enum(["delivered", "failed", "not-sent"]) })),
  ),
});
export type FunctionAnswer = z.output<typeof answerSchema>;

/** OCI Functions ends a call after at most 300 seconds; the rest is for the network. */
const INVOKE_LIMIT_MS = 315_000;
const READ_LIMIT_MS = 10_000;
const functionSchema = z.object({
  id: z.string(),
  displayName: z.string(),
  applicationId: z.optional(z.string()),
  compartmentId: z.string(),
  lifecycleState: z.string(),
  invokeEndpoint: z.string(),
  memoryInMBs: z.number(),
  timeoutInSeconds: z.number(),
  config: z.optional(z.nullable(z.record(z.string(), z.string()))),
});
export type FunctionDescription = z.output<typeof functionSchema>;
const applicationSchema = z.object({
  displayName: z.string(),
  config: z.optional(z.nullable(z.record(z.string(), z.string()))),
});
/** Configuration shared by every function of the application. */
export type ApplicationDescription = z.output<typeof applicationSchema>;

function readAnswer(value: unknown): FunctionAnswer | null {
  const parsed = answerSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function refusal(operation: string, { status }: HttpResponse, verb: string): CliError {
  const policy = `Allow group <your group> to ${verb} in compartment id <compartment>`;
  if (status === 401) return signatureRefused(` of ${operation}`, "check the profile and the clock, or sign in again");
  if (status === 404 || status === 403) {
    return new CliError("OCI_REFUSED", {
      what: `${operation} was answered ${status}`,
      means: "the function does not exist in this region, or you may not see it",
      next: `check the OCID, and the policy line "${policy}"`,
    });
  }
  return new CliError("OCI_UNAVAILABLE", {
    what: `${operation} was answered ${status}`,
    means:
      status === 502 || status === 504 ? "the function failed or took too long" : "OCI could not do it at this time",
    next: status === 502 || status === 504 ? "see the function's log, then run the command again" : "try again later",
  });
}

/** A deployed function, called with the operator's signature (API reference: Functions, 20181201). */
export function createFunctionClient(transport: Transport, clock: Clock, signedIn: SignedIn) {
  const send = createOciRequester(transport, signedIn.signer);
  const request = (method: HttpRequest["method"], url: string, limitMs: number, body?: string) =>
    send({ method, url, deadline: clock.monotonic() + limitMs, ...(body === undefined ? {} : { body }) });

  const read = async <T>(operation: string, path: string, verb: string, schema: z.ZodMiniType<T>): Promise<T> => {
    const answer = await request("GET", `${signedIn.endpoint("functions")}/20181201/${path}`, READ_LIMIT_MS);
    if (answer.status !== 200) throw refusal(operation, answer, verb);
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    throw new CliError("OCI_UNAVAILABLE", {
      what: `the answer to ${operation} is not readable`,
      next: "try again later",
    });
  };
  const describe = (functionId: string): Promise<FunctionDescription> =>
    read("GetFunction", `functions/${encodeURIComponent(functionId)}`, "use fn-function", functionSchema);

  return {
    describe,
    /** @throws CliError, or TransportError if no answer came */
    describeApplication: (applicationId: string): Promise<ApplicationDescription> =>
      read("GetApplication", `applications/${encodeURIComponent(applicationId)}`, "read fn-app", applicationSchema),
    /**
     * Never retries: a lost answer may have rotated.
     * @param event as docs/reference.md lists them
     * @throws CliError, or TransportError if no answer came
     */
    async invoke(functionId: string, event: object): Promise<FunctionAnswer> {
      const { invokeEndpoint } = await describe(functionId);
      const url = `${signedIn.override ?? invokeEndpoint}/20181201/functions/${encodeURIComponent(functionId)}/actions/invoke`;
      const answer = await request("POST", url, INVOKE_LIMIT_MS, JSON.stringify(event));
      if (answer.status !== 200) throw refusal("InvokeFunction", answer, "use fn-invocation");
      const read = readAnswer(parseJson(answer.body));
      if (read !== null) return read;
      throw new CliError("OCI_UNAVAILABLE", {
        what: "the function's answer is not readable",
        means: "it may be another function",
        next: "check its OCID and its image",
      });
    },
  };
}

const MESSAGE = /^([A-Z_]+): ([\s\S]*)\. Next: ([\s\S]*)\.$/;
const SUCCESSES: readonly string[] = ["OK", "ALREADY_ROTATED", "NOTHING_TO_DO"];

/** The parts of an answer's `returnMessage`. Of a foreign one only the length is reported, since it may hold anything. */
export function partsOf({ returnMessage }: Pick<FunctionAnswer, "returnMessage">): {
  code: string;
  what: string;
  next: string;
} {
  const [, code = "", what = "", next = ""] = MESSAGE.exec(returnMessage) ?? [];
  if (isErrorCode(code) || SUCCESSES.includes(code)) return { code, what, next };
  return {
    code: "INTERNAL",
    what: `the function answered ${returnMessage.length} characters, which is not an answer of this product`,
    next: "check its OCID, its image and its log",
  };
}

/** Returns the answer if it is a success. @throws CliError with the answer's own code, words and next action */
export function expectSuccess(answer: FunctionAnswer): FunctionAnswer {
  if (answer.responseCode === 200) return answer;
  const { code, what, next } = partsOf(answer);
  throw new CliError("ANSWERED", { code, what, next });
}
