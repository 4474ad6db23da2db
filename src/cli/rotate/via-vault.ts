import { printable } from "../../base/printable.ts";
import { createRotationClient, type RotationClient } from "../../clients/vault/rotation-client.ts";
import type { Pacer } from "../../rotation/pace/pacer.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { rotationAccess, vaultSeams } from "../vault-seams.ts";
import { failed, NOT_STARTED, type OnStep, type Result, type Way } from "./target.ts";
import { RATE_LIMITED } from "./via-function.ts";

/** Four calls of a function, each with at most 300 s. */
const LIMIT_MS = 1_230_000;
/** A rotation takes 30 to 60 s if the function is warm. */
const SOON_MS = 2_000;
const LATER_MS = 5_000;
const SOON_POLLS = 30;
const RUNNING = ["ACCEPTED", "IN_PROGRESS", "CANCELING"];

/** The rotation to follow, and the secret's last success before it. */
interface Followed {
  readonly client: RotationClient;
  readonly secretId: string;
  readonly lastAt: number | null;
}

const statusOf = (secretId: string) => `run oci-rotate status ${secretId}`;

/** Reads the secret itself, if the Work Requests service does not know the rotation. */
async function lookAtSecret({ client, secretId, lastAt }: Followed): Promise<Result | null> {
  const { rotation, currentVersionNo } = await client.read();
  if (rotation.status === "IN_PROGRESS" || rotation.status === "CANCELLING") return null;
  if (rotation.lastAt !== null && rotation.lastAt !== lastAt) return rotated(currentVersionNo);
  return failed({
    code: "ROTATION_FAILED",
    what: "Vault's rotation ended without success",
    next: statusOf(secretId),
  });
}

function rotated(versionNo: number | null): Result {
  return {
    outcome: "rotated",
    versionNo,
    code: "OK",
    what: `Vault's rotation has succeeded${versionNo === null ? "" : `, and version ${versionNo} is CURRENT`}`,
    next: "nothing",
  };
}

async function lookAtWork(followed: Followed, workRequestId: string, onStep: OnStep): Promise<Result | null> {
  const work = await followed.client.readWorkRequest(workRequestId);
  if (work === null) return lookAtSecret(followed);
  if (RUNNING.includes(work.status)) {
    onStep(`${Math.round(work.percentComplete)} %`);
    return null;
  }
  if (work.status === "SUCCEEDED") return rotated((await followed.client.read()).currentVersionNo);
  const told = work.problems.map(({ message }) => printable(message)).join("; ");
  return failed({
    code: "ROTATION_FAILED",
    what: `Vault's rotation ended as ${printable(work.status)}${told === "" ? "" : `: ${told}`}`,
    next: statusOf(followed.secretId),
  });
}

/** RotateSecret, followed by its work request to the end. A rotation already in progress is followed, and no second one is started. */
export function viaVault(runtime: Runtime, signedIn: SignedIn, pacer: Pacer): Way {
  const { clock } = runtime;
  const access = rotationAccess(signedIn);
  const within = vaultSeams(runtime);

  const follow = async (followed: Followed, workRequestId: string | null, onStep: OnStep): Promise<Result> => {
    const until = clock.monotonic() + LIMIT_MS;
    for (let polls = 0; clock.monotonic() < until; polls++) {
      await clock.sleep(polls < SOON_POLLS ? SOON_MS : LATER_MS);
      const ended =
        workRequestId === null ? await lookAtSecret(followed) : await lookAtWork(followed, workRequestId, onStep);
      if (ended !== null) return ended;
    }
    return failed({
      code: "ROTATION_UNFINISHED",
      what: "Vault's rotation has not ended yet",
      next: statusOf(followed.secretId),
    });
  };

  return async ({ secretId, functionId }, onStep) => {
    const admitted = await pacer.admitRemote(functionId ?? secretId);
    if (admitted === null) return NOT_STARTED;
    try {
      const client = createRotationClient(access, secretId, within(2 * LIMIT_MS));
      const before = await client.read();
      const followed: Followed = { client, secretId, lastAt: before.rotation.lastAt };
      if (before.rotation.status === "IN_PROGRESS") {
        onStep("in progress already");
        return await follow(followed, null, onStep);
      }
      if (before.rotation.functionId === null) {
        return failed({
          code: "NO_TARGET",
          what: "the secret's rotation targets no function",
          next: "set one with oci-rotate schedule, or add --via local or --via function",
        });
      }
      const started = await client.rotate(before.etag);
      onStep("started");
      if (started.outcome === "started") {
        const result = await follow(followed, started.workRequestId, onStep);
        if (RATE_LIMITED.test(result.what)) admitted.refused();
        return result;
      }
      // The rotation may have begun all the same. The secret shows it; if it has not begun, there is nothing to follow.
      if (started.outcome === "busy" || started.outcome === "unknown") return await follow(followed, null, onStep);
      throw started.error;
    } finally {
      admitted.end();
    }
  };
}
