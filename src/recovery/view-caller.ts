import type { Invocation } from "../invocation.ts";
import { nextGrant } from "./authorities.ts";
import type { CallerView } from "./decide-caller-chosen.ts";
import type { Memory } from "./memory.ts";
import { type Observation, verdictOn } from "./observe.ts";
import { viewOf } from "./view.ts";

/** One value a call, and one other where the issuer's policy refused the first. */
const VALUES_PER_CALL = 2;
/** The same value again after an unanswered try; more would be a loop. */
const INSTALLS_PER_CALL = 2;

function pendingView(invocation: Invocation, memory: Memory, observation: Observation): CallerView["pending"] {
  const { pending, list } = observation;
  if (pending === null) return null;
  const { clock, settings } = invocation;
  const landingBoundMs = settings.landingBoundSeconds * 1000;
  const known = memory.contents.get(pending.versionNo);
  const value = known === undefined || known.kind === "unknown" ? null : known.credential.clientSecret;
  const { generated, install } = memory;
  const isGenerated = generated !== null && value !== null && generated.clientSecret.equals(value);
  const isOwn = isGenerated && clock.monotonic() - generated.startedAt < settings.claimTtlSeconds * 1000;
  const wasTried = install !== null && value !== null && install.clientSecret.equals(value);
  const isYoungInstall = wasTried && !install.isRefused && clock.monotonic() - install.at < landingBoundMs;
  const lifeMs = (settings.claimTtlSeconds + settings.landingBoundSeconds) * 1000;
  return {
    versionNo: pending.versionNo,
    verdict: memory.logins.get(pending.versionNo)?.login.verdict ?? "not-asked",
    isLive: !isOwn && !wasTried && list.asOf < pending.createdAt + lifeMs,
    isRefused: wasTried && install.isRefused,
    isInstalling: isYoungInstall,
    isUntried: isOwn && !wasTried,
  };
}

/** What `decideCallerChosen` judges by. */
export function callerViewOf(
  invocation: Invocation,
  memory: Memory,
  goal: CallerView["goal"],
  observation: Observation | null,
): CallerView {
  const shared = viewOf(invocation, memory, goal, observation);
  const now = invocation.clock.monotonic();
  const isDead =
    observation !== null && verdictOn(invocation, memory, observation.current, observation.list.asOf) === "rejected";
  const { dead } = memory;
  const deadFor = dead === null || dead.versionNo !== observation?.current.versionNo ? 0 : now - dead.since;
  return {
    goal,
    isUpdating: shared.isUpdating,
    isPaused: shared.isPaused,
    pending: observation === null ? null : pendingView(invocation, memory, observation),
    current: { ...shared.current, isSurelyDead: isDead && deadFor >= invocation.settings.landingBoundSeconds * 1000 },
    others: shared.others,
    hasAuthority: observation !== null && nextGrant(invocation, memory, observation) !== null,
    left: { installs: INSTALLS_PER_CALL - memory.installs, values: VALUES_PER_CALL - memory.values },
    isUnanswered: !memory.isInstallAnswered,
    isPrepared: shared.isPrepared,
  };
}
