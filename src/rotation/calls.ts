import { type Budget, createBudget } from "../base/budget.ts";
import type { Entropy } from "../base/entropy.ts";
import type { Log } from "../base/log.ts";
import { Secret } from "../base/secret.ts";
import type { Settings } from "../base/settings/settings.ts";
import { createTally, type Tally } from "../base/tally.ts";
import { readCaBundle } from "../clients/http/ca-bundle.ts";
import { createIssuerHttp } from "../clients/http/issuer-http.ts";
import type { Transport } from "../clients/http/transport.ts";
import { authoritiesFor } from "../clients/issuers/authorities.ts";
import { rateKey } from "../clients/issuers/client.ts";
import { openCredential, openPlaceholder } from "../clients/issuers/index.ts";
import type { CallSeams } from "../clients/seams.ts";
import { createDirectory, type SecretDirectory } from "../clients/vault/directory.ts";
import { createOciStore } from "../clients/vault/oci-store.ts";
import { createUpdating } from "../clients/vault/updating.ts";
import { createChannels } from "../notify/channels.ts";
import type { SendMail } from "../notify/mail.ts";
import { createResolve } from "../notify/resolver.ts";
import { sendBySmtp } from "../notify/smtp.ts";
import type { Resolve } from "../notify/target.ts";
import type { Context } from "./context.ts";
import { createProcessMemory, type ProcessMemory } from "./process-memory.ts";

/** What a process gives to every call that rotates. */
export interface RotationSeams extends CallSeams {
  /** Resolves host names that subscribers chose. Default: DNS. */
  readonly resolve?: Resolve;
  /** Default: over SMTP. */
  readonly sendMail?: SendMail;
  /** Default: the empty memory of a new process. */
  readonly memory?: ProcessMemory;
}

/** One call: its budget and its clients. */
export interface Call {
  readonly budget: Budget;
  readonly directory: SecretDirectory;
  /** @param turn the secret's part of the call's time; default: all of it */
  contextFor(secretId: string, log: Log, turn?: Budget): Context;
}

/**
 * Begins a call. All calls share the caches and the rate gate.
 * @param deadline the platform's; null: only OROT_BUDGET_SECONDS
 * @param onStage called for each stage of the call
 * @param tally takes what the call counts
 * @throws RotationError if OROT_CA_BUNDLE cannot be read
 */
export type BeginCall = (
  settings: Settings,
  deadline: Date | null,
  onStage?: Context["onStage"],
  tally?: Tally,
) => Promise<Call>;

/** The origins that credentials may be sent to, and the addresses that are one issuer. */
function rulesOf({ issuerOrigins, issuerAliases }: Settings, log: Log): Parameters<typeof openCredential>[2] {
  const onCrossing = (operation: string) => log.error("crossing-refused", { operation });
  return { origins: issuerOrigins, aliases: issuerAliases ?? [], onCrossing };
}

const UNKNOWN_BYTES = 32;

/** Stands for the client secret of a placeholder. Nobody knows it, so it equals none and proves none. */
const unknownValue = (entropy: Entropy) => new Secret(Buffer.from(entropy.bytes(UNKNOWN_BYTES)).toString("base64url"));

export function createCalls(seamsOfProcess: RotationSeams): BeginCall {
  const { clock, entropy, transport } = seamsOfProcess;
  const { gate, tokens, clients, acceptances, updatingTimes } = seamsOfProcess.memory ?? createProcessMemory(clock);
  return async (settings, deadline, onStage, tally = createTally()) => {
    const access = seamsOfProcess.vaultAccess(settings);
    const budget = createBudget(clock, deadline, {
      budgetMs: settings.budgetSeconds * 1000,
      marginMs: settings.deadlineMarginSeconds * 1000,
      callTimeoutMs: settings.callTimeoutSeconds * 1000,
    });
    const seams = { clock, entropy, budget };
    const ratePauseMs = settings.ratePauseSeconds * 1000;
    const readSecretText = (id: string, window: Budget = budget) =>
      createOciStore(access, id, { ...seams, budget: window }).readCurrentText();
    const authorities = await readCaBundle(settings, readSecretText);
    const toIssuers: Transport = authorities === null ? transport : (request) => transport({ ...request, authorities });
    const issuerHttp = (turn: Budget, pace: Context["pace"]) => {
      // However long a request waits, two tries to store a value must fit in after it.
      const maxWaitMs = () => Math.max(0, turn.remaining() - 2 * settings.callTimeoutSeconds * 1000);
      const limits = { ratePauseMs, maxWaitMs, isFinishing: () => pace.isFinishing };
      return {
        http: createIssuerHttp(toIssuers, gate, turn, limits, clock),
        httpAtOnce: createIssuerHttp(toIssuers, gate, turn, { ...limits, maxWaitMs: () => 0 }, clock),
      };
    };
    const channels = createChannels({
      settings,
      clock,
      transport: toIssuers,
      resolve: seamsOfProcess.resolve ?? createResolve(),
      sendMail: seamsOfProcess.sendMail ?? sendBySmtp,
      authorities,
      topics: { ...access, notificationsEndpoint: access.notificationsEndpoint ?? null },
      readSecretText,
    });
    return {
      budget,
      directory: createDirectory(access, seams),
      contextFor: (secretId, log, turn = budget) => {
        const pace = { isFinishing: false };
        const { http, httpAtOnce } = issuerHttp(turn, pace);
        const rules = rulesOf(settings, log);
        const context = { http, httpAtOnce, clock, settings };
        const toVault = { ...seams, updating: createUpdating(clock, updatingTimes) };
        return {
          ...seams,
          onStage,
          budget: turn,
          secretId,
          settings,
          log,
          tally,
          pace,
          tokens,
          clientCache: clients,
          acceptances,
          clients: {
            vault: createOciStore(access, secretId, toVault),
            vaultWithin: (window) => createOciStore(access, secretId, { ...toVault, budget: window }),
            issuers: {
              open: (content) =>
                acceptances.remembering(
                  content.isValueless && content.kind !== "credential"
                    ? openPlaceholder(content, unknownValue(entropy), context, rules)
                    : openCredential(content, context, rules),
                  rules.aliases,
                ),
              authoritiesFor: ({ client }, place) =>
                place === null
                  ? Promise.resolve([])
                  : authoritiesFor(
                      { client, place },
                      { http, clock, entropy, settings, log, signer: access.signer, readSecretText },
                    ),
              pauseMs: (client) => gate.pauseMs(rateKey(client), pace.isFinishing),
            },
            notifications: channels,
          },
        };
      },
    };
  };
}
