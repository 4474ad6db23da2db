import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { seenContent } from "./contents.ts";
import type { Effect } from "./effects.ts";
import { provenIssuers } from "./issuers/index.ts";
import { OPERATOR } from "./operator.ts";
import { mayRest, sawAccepted } from "./rested.ts";
import type { World } from "./world.ts";

/** What became CURRENT, and with what right. */
export interface Promotions {
  /** A value became CURRENT that this process had not seen accepted earlier in the same call, nor right before a 429 forbade to ask again. */
  readonly unverified: readonly string[];
  /** Allowed by rule 4 of the protocol's Vault writes: CURRENT was dead, and Vault keeps no second PENDING version. */
  readonly exceptions: number;
  /** A claim became CURRENT in another way than rule 4: by promotion, or with another value. */
  readonly claims: readonly string[];
  /** The longest time during which the issuer refused CURRENT, as far as it ended. */
  readonly longestDeadMs: number;
}

/** Judges every change of CURRENT at the moment at which it took effect. */
export function judgePromotions({ world, versions }: { world: World; versions: readonly string[] }): Promotions {
  const { emulator, effects, calls, setup } = world;
  const issuer = provenIssuers[setup.combination.issuer];
  const unverified: string[] = [];
  const claims: string[] = [];
  let exceptions = 0;
  let longestDeadMs = 0;
  let deadSince: number | null = null;
  const contentOf = (number: number) => seenContent(versions[number - 1] ?? "");
  let current = 1;
  let isCurrentAccepted = true;

  const earlierInCall = (record: RecordedRequest) => {
    const call = calls.findLast(
      ({ process, firstRequest }) => process === record.caller && firstRequest < record.sequence,
    );
    return emulator.requests.slice(call?.firstRequest ?? 0, record.sequence - 1);
  };
  const wasVerified = (record: RecordedRequest, value: string) => {
    const held = { clientId: contentOf(1).clientId, value };
    const isOwn = ({ caller }: RecordedRequest) => caller === record.caller;
    const sent = emulator.requests.slice(0, record.sequence - 1).filter(isOwn);
    return (
      earlierInCall(record).some((one) => isOwn(one) && sawAccepted(issuer, one, held)) ||
      mayRest(issuer, sent, held, record.time)
    );
  };
  const judge = (effect: Effect & { versionNo: number }) => {
    const { isClaim, clientSecret } = contentOf(effect.versionNo);
    const before = contentOf(current).clientSecret;
    const where = `request ${effect.record.sequence}: version ${effect.versionNo}`;
    if (isClaim) {
      // A claim carries CURRENT's own credential; only written with that version stage, and with that value, may it be CURRENT.
      if (effect.kind === "write" && clientSecret === before) return;
      claims.push(`${where} is a claim and became CURRENT`);
      return;
    }
    if (clientSecret === null || wasVerified(effect.record, clientSecret)) return;
    const isRule4 = effect.kind === "write" && !isCurrentAccepted && setup.combination.secondPending !== "deprecates";
    if (isRule4) exceptions += 1;
    else unverified.push(`${where} became CURRENT without having been accepted in this call`);
  };
  for (const effect of effects.list) {
    if (effect.kind === "promote" || (effect.kind === "write" && effect.asCurrent)) {
      if (effect.record.caller !== OPERATOR) judge(effect);
      current = effect.versionNo;
    }
    ({ isCurrentAccepted } = effect);
    if (!isCurrentAccepted) deadSince ??= effect.at;
    else if (deadSince !== null) {
      longestDeadMs = Math.max(longestDeadMs, effect.at - deadSince);
      deadSince = null;
    }
  }
  return { unverified, exceptions, claims, longestDeadMs };
}
