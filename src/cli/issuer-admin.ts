import { createBudget } from "../base/budget.ts";
import { asRotationError } from "../base/errors.ts";
import type { Secret } from "../base/secret.ts";
import { readCaBundle } from "../clients/http/ca-bundle.ts";
import { createIssuerHttp, type IssuerHttp } from "../clients/http/issuer-http.ts";
import { createRateGate } from "../clients/http/rate-gate.ts";
import type { Transport } from "../clients/http/transport.ts";
import { authorityOf } from "../clients/issuers/authorities.ts";
import { type AuthorityContent, ownClient, parseAuthority } from "../clients/issuers/authority-content.ts";
import { rateKey } from "../clients/issuers/client.ts";
import { type IssuerResponse, noResponse } from "../clients/issuers/responses.ts";
import { createOciStore } from "../clients/vault/oci-store.ts";
import { CliError } from "./cli-error.ts";
import type { CommandContext } from "./command.ts";
import { issuerPacer } from "./issuer-pace.ts";
import { localSettings } from "./settings.ts";

const BUDGET_MS = 1_800_000;

type Parts = Pick<CommandContext<unknown>, "runtime" | "signIn">;

export interface AdminRequest {
  readonly method: "GET" | "PUT" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** In words, for errors. */
  readonly what: string;
}

/** The administration API of an issuer, used as the client whose credential is in a secret of Vault. */
export interface IssuerAdmin {
  readonly content: AuthorityContent;
  /** Any status is an answer; the token is asked for anew after a 401. Throws RotationError if none came or the login failed. */
  send(request: AdminRequest): Promise<IssuerResponse>;
}

export function unfitAuthority(what: string): CliError {
  return new CliError("USAGE", {
    what: `the secret of --authority ${what}`,
    next: "name a secret with the members kind, issuer, url, realm, clientId, clientSecret and mayRotate (docs/deploying.md, second authorities)",
  });
}

/** @throws CliError USAGE */
function readAuthorityContent(stored: Secret): AuthorityContent {
  let content: ReturnType<typeof parseAuthority>;
  try {
    content = parseAuthority(stored);
  } catch (thrown) {
    const { message } = asRotationError(thrown);
    throw unfitAuthority(message.replace(/^a secret in OROT_AUTHORITY_SECRET_IDS /, ""));
  }
  if ("isOutdated" in content) throw unfitAuthority("has an earlier edition's member origin instead of url and realm");
  return content;
}

/** Speaks to issuers from this machine, within half an hour. `who` are they in words. */
export async function openIssuerHttp({ runtime, signIn }: Parts): Promise<{
  readonly http: IssuerHttp;
  readSecretText(secretId: string): Promise<Secret>;
}> {
  const { clock, entropy } = runtime;
  const { transport } = issuerPacer(runtime);
  const settings = localSettings(runtime);
  const callTimeoutMs = settings.callTimeoutSeconds * 1000;
  const budget = createBudget(clock, null, { budgetMs: BUDGET_MS, marginMs: 0, callTimeoutMs });
  const { access } = await signIn();
  const readSecretText = (id: string) => createOciStore(access, id, { clock, entropy, budget }).readCurrentText();
  const authorities = await readCaBundle(settings, readSecretText);
  const toServer: Transport = authorities === null ? transport : (request) => transport({ ...request, authorities });
  const limits = { ratePauseMs: settings.ratePauseSeconds * 1000, maxWaitMs: () => budget.remaining() };
  return { readSecretText, http: createIssuerHttp(toServer, createRateGate(clock), budget, limits, clock) };
}

/**
 * Reads the authority's credential from Vault. It logs in at the first request, and again once the token has expired.
 * @param who the issuer in words: "the Keycloak realm"
 * @param requireFit throws if the authority is for another issuer; nothing is sent before
 * @throws CliError USAGE if the secret holds no authority; RotationError as Vault does
 */
export async function openIssuerAdmin(
  parts: Parts,
  authority: string,
  who: string,
  requireFit: (content: AuthorityContent) => void,
): Promise<IssuerAdmin> {
  const { clock, entropy } = parts.runtime;
  const { http, readSecretText } = await openIssuerHttp(parts);
  const content = readAuthorityContent(await readSecretText(authority));
  requireFit(content);
  const counted = http.countedAs(rateKey(ownClient(content)));
  const acting = authorityOf(content, "--authority", ownClient(content), { http, clock, entropy });
  let token: Secret | null = null;

  const login = async (): Promise<Secret> => {
    const login = await acting.prove();
    if (login.verdict === "unknown") throw login.error;
    if (login.verdict === "rejected" || login.authorization.kind !== "bearer") {
      throw new CliError("ANSWERED", {
        code: "SECRET_REJECTED",
        what: `${who} refuses the credential in the secret of --authority`,
        next: "store a working one there; for Keycloak, its member realm must be the administrator's own realm",
      });
    }
    return login.authorization.token;
  };
  const once = async ({ method, url, headers, body, what }: AdminRequest): Promise<IssuerResponse> => {
    // A request may show something else than the administrator's token.
    const isOwn = headers?.["authorization"] === undefined;
    if (isOwn) token ??= await login();
    const all = {
      ...(token === null ? {} : { authorization: `Bearer ${token.reveal()}` }),
      ...headers,
      accept: "application/json, application/scim+json",
      "content-type": "application/json",
    };
    const data = body === undefined ? {} : { data: JSON.stringify(body) };
    try {
      return await counted.request({ method, url, headers: all, ...data });
    } catch (thrown) {
      throw noResponse(thrown, what, who).error;
    }
  };
  return {
    content,
    send: async (request) => {
      const first = await once(request);
      if (first.status !== 401 || request.headers?.["authorization"] !== undefined) return first;
      token = null;
      return once(request);
    },
  };
}
