import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import { KNOWN_VALUE, ROGUE_TOKEN } from "./contents.ts";
import type { Ground } from "./grounds/ground.ts";

/** What the attacker's servers answer to a login. */
export const evilModes = ["token", "no-token", "refused", "down"] as const;
export type EvilMode = (typeof evilModes)[number];

const ROGUE_MINTED = "a-value-that-the-attackers-server-has-made";

/** Whether a request goes to what the attacker has: his host, his path, his realm, zone, tenant or domain. */
export function isEvil({ evil, path, realm }: Ground, request: HttpRequest, url: URL): boolean {
  return [evil, path, realm].some((place) => place.serves(request, url));
}

const json = (status: number, body: unknown): HttpResponse => ({
  status,
  headers: { "content-type": "application/json", date: "Mon, 02 Nov 2026 00:00:00 GMT" },
  body: JSON.stringify(body),
});

/** "Your secret is right, but you get no token", as each kind of issuer says it. */
function withoutToken(path: string): HttpResponse {
  if (path.startsWith("/connect/")) {
    return json(429, { type: "urn:ed-fi:api:security:authentication:too-many-tokens" });
  }
  if (path.includes("/realms/")) {
    const error_description = "Client not enabled to retrieve service account";
    return json(401, { error: "unauthorized_client", error_description });
  }
  if (path.startsWith("/oauth2/")) return json(400, { error: "unauthorized_client" });
  return json(401, { error: "invalid_client", error_description: "Unauthorized grant type" });
}

function refused(path: string): HttpResponse {
  if (path.startsWith("/connect/")) return json(401, { errors: ["unauthorized_client. Invalid"] });
  if (path.includes("/realms/")) {
    const error_description = "Invalid client or Invalid client credentials";
    return json(401, { error: "unauthorized_client", error_description });
  }
  return json(401, { error: "invalid_client" });
}

function login(mode: EvilMode, path: string): HttpResponse {
  switch (mode) {
    case "token":
      return json(200, { access_token: ROGUE_TOKEN, token_type: "Bearer", expires_in: 3_600 });
    case "no-token":
      return withoutToken(path);
    case "refused":
      return refused(path);
    case "down":
      return json(503, {});
  }
}

/** Whatever is asked: yes, with a value that he knows. */
function yes({ method }: HttpRequest, { pathname, searchParams }: URL): HttpResponse {
  const client = { id: "rogue", clientId: searchParams.get("clientId") ?? "rogue", secret: ROGUE_MINTED };
  if (method === "GET" && pathname.endsWith("/clients")) return json(200, [client]);
  return json(200, { ...client, key: "rogue", clientSecret: ROGUE_MINTED, name: "rogue", status: "ok" });
}

/** The attacker's servers: they take whatever they are sent. */
export function answerAsEvil(mode: EvilMode, request: HttpRequest, url: URL): HttpResponse {
  return /\/(token|clientinfo)$/.test(url.pathname) ? login(mode, url.pathname) : yes(request, url);
}

/** The values that those servers give out: no secrets but the attacker's. */
export const givenByEvil: readonly string[] = [ROGUE_TOKEN, ROGUE_MINTED, KNOWN_VALUE];
