import { createBudget } from "../base/budget.ts";
import type { Log } from "../base/log.ts";
import { readCaBundle } from "../clients/http/ca-bundle.ts";
import { createIssuerHttp } from "../clients/http/issuer-http.ts";
import { createRateGate, type RateGate } from "../clients/http/rate-gate.ts";
import { retryAfterMs } from "../clients/http/retry-after.ts";
import { createTokenCache } from "../clients/http/token-cache.ts";
import type { Transport } from "../clients/http/transport.ts";
import type { CallSeams } from "../clients/seams.ts";
import { createDirectory } from "../clients/vault/directory.ts";
import { createOciStore } from "../clients/vault/oci-store.ts";
import { createUpdating, createUpdatingTimes, type Updating } from "../clients/vault/updating.ts";
import type { MirrorCall } from "./call.ts";
import { createCesClient } from "./ces-client.ts";
import { createContents } from "./contents.ts";
import type { MirrorSettings } from "./settings.ts";
import { fetchToken } from "./token.ts";

export interface BegunCall {
  readonly call: MirrorCall;
  /** How long a 429 received by this call keeps all calls from sending to Oracle, in ms; 0: none received. */
  pauseMs(): number;
}

/** @param deadline the platform's; null: only OROT_BUDGET_SECONDS */
export type BeginMirrorCall = (settings: MirrorSettings, deadline: Date | null, log: Log) => Promise<BegunCall>;

const ORACLE = "oracle";
const TOKEN = "ces";

/**
 * One gate for the domain and the Credential Exchange: after a 429 from either, all requests must pause (Source: Oracle, API rate limits).
 */
function oneGate(gate: RateGate): Pick<RateGate, "pass" | "close"> {
  return {
    pass: (_key, deadline, isFinishing) => gate.pass(ORACLE, deadline, isFinishing),
    close: (_key, retryAfter, pauseMs) => gate.close(ORACLE, retryAfter, pauseMs),
  };
}

/** All calls of a process share the token and the pause after a 429. */
export function createMirrorCalls(seamsOfProcess: CallSeams): BeginMirrorCall {
  const { clock, entropy, transport } = seamsOfProcess;
  const gate = oneGate(createRateGate(clock));
  const tokens = createTokenCache(clock);
  const updatingTimes = createUpdatingTimes();
  return async (settings, deadline, log) => {
    const { core } = settings;
    const access = seamsOfProcess.vaultAccess(core);
    const budget = createBudget(clock, deadline, {
      budgetMs: core.budgetSeconds * 1000,
      marginMs: core.deadlineMarginSeconds * 1000,
      callTimeoutMs: core.callTimeoutSeconds * 1000,
    });
    const seams = { clock, entropy, budget };
    const contents = createContents(access, seams);
    const known = new Map<string, Updating>();
    const updatingOf = (secretId: string) => {
      const updating = known.get(secretId) ?? createUpdating(clock, updatingTimes);
      known.set(secretId, updating);
      return updating;
    };
    const ratePauseMs = core.ratePauseSeconds * 1000;
    const authorities = await readCaBundle(core, (id) => createOciStore(access, id, seams).readCurrentText());
    let pausedMs = 0;
    const toOracle: Transport = async (request) => {
      const response = await transport(authorities === null ? request : { ...request, authorities });
      if (response.status === 429) {
        pausedMs = Math.max(pausedMs, ratePauseMs, retryAfterMs(response.headers["retry-after"], clock.now()) ?? 0);
      }
      return response;
    };
    const http = createIssuerHttp(toOracle, gate, budget, { ratePauseMs, maxWaitMs: () => 0 }, clock);
    const ces = createCesClient({
      http,
      baseUrl: settings.cesUrl,
      tenantId: settings.tenantId,
      token: () =>
        tokens.get(TOKEN, core.tokenMarginSeconds * 1000, () => fetchToken({ ...seams, settings, contents, http })),
      dropToken: () => tokens.drop(TOKEN),
    });
    const call: MirrorCall = {
      ...seams,
      settings,
      log,
      directory: createDirectory(access, seams),
      contents: {
        ...contents,
        write: (secretId, ...rest) => updatingOf(secretId).wrote(contents.write(secretId, ...rest)),
      },
      ces,
      storeOf: (secretId) => createOciStore(access, secretId, { ...seams, updating: updatingOf(secretId) }),
    };
    return { call, pauseMs: () => pausedMs };
  };
}
