import { OCI_STATES, shownCode } from "../../base/server-codes.ts";
import type { Facts } from "./facts.ts";
import { type Finding, failed, ok, problem, warning } from "./finding.ts";

/** A rotation of four steps needs this; it is also the platform's maximum (Source: OCI Functions, limits). */
const TIMEOUT_SECONDS = 300;
const MEMORY_MB = 256;

/** Checks that the function exists, and has the time and the memory that a rotation needs. */
export function checkFunction({ fn, functionId, secret }: Facts): Finding[] {
  if (fn === null || functionId === null) {
    const what = "no function is known, so its configuration, its time limit and its memory were not examined";
    const next =
      secret === null
        ? "give --function, or a secret whose rotation targets one"
        : "give --function, or set the secret's rotation as docs/deploying.md says in section 9";
    return [warning("function", what, next)];
  }
  if ("failure" in fn) return [failed("function", fn.failure, { compartmentId: null, secretId: null })];
  const { lifecycleState, timeoutInSeconds, memoryInMBs } = fn.value;
  const findings: Finding[] = [];
  if (lifecycleState !== "ACTIVE") {
    findings.push(
      problem(
        "function",
        `the function is ${shownCode(lifecycleState, OCI_STATES, "in a state")}`,
        "deploy it again: fn deploy",
      ),
    );
  }
  // Without --force `oci` asks about members that this leaves alone.
  const update = `oci fn function update container-function --function-id ${functionId} --force`;
  findings.push(
    timeoutInSeconds >= TIMEOUT_SECONDS
      ? ok("function", `the function may take ${timeoutInSeconds} s`)
      : problem(
          "function",
          `the function may take ${timeoutInSeconds} s, and steps need ${TIMEOUT_SECONDS}: they answer DEADLINE_TOO_SHORT`,
          `${update} --timeout-in-seconds ${TIMEOUT_SECONDS}`,
        ),
    memoryInMBs >= MEMORY_MB
      ? ok("function", `the function has ${memoryInMBs} MB`)
      : warning(
          "function",
          `the function has ${memoryInMBs} MB; func.yaml asks for ${MEMORY_MB}, and with too little the platform kills it`,
          `${update} --memory-in-mbs ${MEMORY_MB}`,
        ),
  );
  return findings;
}
