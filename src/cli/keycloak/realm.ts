import * as z from "zod/mini";
import { createBudget } from "../../base/budget.ts";
import { asRotationError, RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { readCaBundle } from "../../clients/http/ca-bundle.ts";
import { createIssuerHttp } from "../../clients/http/issuer-http.ts";
import { createRateGate } from "../../clients/http/rate-gate.ts";
import type { Transport } from "../../clients/http/transport.ts";
import { authorityOf } from "../../clients/issuers/authorities.ts";
import { type AuthorityContent, ownClient, parseAuthority } from "../../clients/issuers/authority-content.ts";
import { type IssuerResponse, isTransient, json, noResponse } from "../../clients/issuers/responses.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { CliError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { localSettings } from "../settings.ts";

const WHO = "the Keycloak realm";
const BUDGET_MS = 1_800_000;

/** The admin API of one realm, used as an administrator whose credential is in Vault. Paths begin after `/admin/realms/{realm}`. */
export interface Realm {
  /** The client id of the administrator. */
  readonly administrator: string;
  /** Any status not listed here throws. @param also further statuses to return instead */
  send(method: "GET" | "PUT" | "POST", path: string, body?: object, also?: readonly number[]): Promise<IssuerResponse>;
  /** Whether the server rotates client secrets at all; `unknown` if it does not show that to this administrator. */
  feature(): Promise<"on" | "off" | "unknown">;
}

export interface RealmPlace {
  /** URL of the server, without a trailing slash. */
  readonly url: string;
  readonly realm: string;
  /** OCID of the secret that holds the administrator's credential. */
  readonly authority: string;
}

const serverInfo = z.object({ features: z.array(z.object({ name: z.string(), enabled: z.optional(z.boolean()) })) });

function unfit(what: string): CliError {
  return new CliError("USAGE", {
    what: `the secret of --authority ${what}`,
    next: "name a secret with the members kind, issuer, url, realm, clientId, clientSecret and mayRotate (docs/deploying.md, second authorities)",
  });
}

function readAuthority(stored: Secret, { url }: RealmPlace): AuthorityContent {
  let content: ReturnType<typeof parseAuthority>;
  try {
    content = parseAuthority(stored);
  } catch (thrown) {
    const { message } = asRotationError(thrown);
    throw unfit(message.replace(/^a secret in OROT_AUTHORITY_SECRET_IDS /, ""));
  }
  if ("isOutdated" in content) throw unfit("has an earlier edition's member origin instead of url and realm");
  if (content.issuer.name !== "keycloak") throw unfit("is not for Keycloak");
  // A credential is sent only to the server that its own secret names.
  if (content.address.base !== url) throw unfit(`is for the server at ${content.address.base}, not for this one`);
  return content;
}

function refusalOf({ status }: IssuerResponse, what: string): RotationError {
  if (status === 403) {
    return new RotationError(
      "ISSUER_FORBIDDEN",
      `${what} was refused with 403`,
      "give the administrator's service account the roles manage-realm and manage-clients of realm-management; view-realm is enough for reading",
    );
  }
  if (status === 404) {
    return new RotationError(
      "ISSUER_CONFIGURATION",
      `${what} was answered 404`,
      "check the server's URL (with /auth where it has that path) and the realm",
    );
  }
  if (isTransient(status)) {
    const next = "try again; if this persists while a policy rotates secrets, the server may run without its feature";
    return new RotationError("ISSUER_UNAVAILABLE", `${what} was answered ${status}`, next);
  }
  return new RotationError("ISSUER_CONFIGURATION", `${what} was refused with ${status}`, "check the realm's settings");
}

/** Reads the administrator's credential from Vault. It logs in at the first request, and again once the token has expired. */
export async function openRealm(
  { runtime, signIn }: Pick<CommandContext<unknown>, "runtime" | "signIn">,
  place: RealmPlace,
): Promise<Realm> {
  const { clock, entropy, transport } = runtime;
  const settings = localSettings(runtime);
  const callTimeoutMs = settings.callTimeoutSeconds * 1000;
  const budget = createBudget(clock, null, { budgetMs: BUDGET_MS, marginMs: 0, callTimeoutMs });
  const { access } = await signIn();
  const readSecretText = (id: string) => createOciStore(access, id, { clock, entropy, budget }).readCurrentText();
  const content = readAuthority(await readSecretText(place.authority), place);
  const authorities = await readCaBundle(settings, readSecretText);
  const toServer: Transport = authorities === null ? transport : (request) => transport({ ...request, authorities });
  const limits = { ratePauseMs: settings.ratePauseSeconds * 1000, maxWaitMs: () => budget.remaining() };
  const http = createIssuerHttp(toServer, createRateGate(clock), budget, limits, clock);
  const authority = authorityOf(content, "--authority", ownClient(content), { http, clock, entropy });
  let token: Secret | null = null;

  const login = async (): Promise<Secret> => {
    const login = await authority.prove();
    if (login.verdict === "unknown") throw login.error;
    if (login.verdict === "rejected" || login.authorization.kind !== "bearer") {
      throw new CliError("ANSWERED", {
        code: "SECRET_REJECTED",
        what: `${WHO} refuses the credential in the secret of --authority`,
        next: "store a working one there; its member realm must be the administrator's own realm",
      });
    }
    return login.authorization.token;
  };
  const request = async (
    method: string,
    url: string,
    body: object | undefined,
    what: string,
  ): Promise<IssuerResponse> => {
    const once = async () => {
      token ??= await login();
      const headers = {
        authorization: `Bearer ${token.reveal()}`,
        accept: "application/json",
        "content-type": "application/json",
      };
      const data = body === undefined ? {} : { data: JSON.stringify(body) };
      try {
        return await http.request({ method, url, headers, ...data });
      } catch (thrown) {
        throw noResponse(thrown, what, WHO).error;
      }
    };
    const first = await once();
    if (first.status !== 401) return first;
    token = null;
    return once();
  };

  return {
    administrator: content.clientId,
    send: async (method, path, body, also = []) => {
      const url = `${place.url}/admin/realms/${encodeURIComponent(place.realm)}${path}`;
      // The client's id is text from the server, so it is not shown.
      const what = `${method} ${path.replace(/\?.*$/, "").replace(/^\/clients\/[^/]+/, "/clients/{id}")}`;
      const response = await request(method, url, body, what);
      const isFine = (response.status >= 200 && response.status < 300) || also.includes(response.status);
      if (!isFine) throw refusalOf(response, what);
      return response;
    },
    feature: async () => {
      const response = await request(
        "GET",
        `${place.url}/admin/serverinfo`,
        undefined,
        "reading the server's features",
      );
      const parsed = serverInfo.safeParse(json(response));
      if (response.status !== 200 || !parsed.success) return "unknown";
      const found = parsed.data.features.find(({ name }) => name === "CLIENT_SECRET_ROTATION");
      return found?.enabled === true ? "on" : "off";
    },
  };
}

export const FEATURE_OFF = "the server runs without the feature client-secret-rotation";
export const FEATURE_NEXT =
  "start Keycloak with --features=client-secret-rotation (or KC_FEATURES=client-secret-rotation); from 26.8 on it is on by default";
