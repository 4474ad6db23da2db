import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";
import type { CallName } from "../../../src/emulator/core/call-names.ts";

/** At which request the issuer itself turns hostile. */
export const hostileCalls = ["login", "change", "login-new", "look", "end"] as const;
export type HostileCall = (typeof hostileCalls)[number];

const callNames: Readonly<Record<HostileCall, readonly CallName[]>> = {
  login: ["token-current"],
  change: ["regenerate", "install"],
  "login-new": ["token-pending"],
  look: ["read-app", "find-client", "read-client", "read-secret", "read-rotated"],
  end: ["retire"],
};

export function isStruck(call: HostileCall, name: CallName): boolean {
  return callNames[call].includes(name);
}

/** What a request holds that an answer may throw back: the bare token or secret. */
function secretOf({ headers, body }: HttpRequest): string {
  const authorization = headers["authorization"] ?? "";
  const basic = /^Basic (.+)$/.exec(authorization)?.[1];
  if (basic !== undefined) return Buffer.from(basic, "base64").toString("utf8").split(":")[1] ?? "";
  const bearer = /^Bearer (.+)$/.exec(authorization)?.[1];
  return new URLSearchParams(body ?? "").get("client_secret") ?? bearer ?? "";
}

const DEPTH = 20_000;
const LONG = 2_001;
const TOO_LARGE = 30_000;
const IDCS = "urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error";

type Reply = (secret: string) => HttpResponse;
const answer = (status: number, body: string, headers: Record<string, string> = {}): HttpResponse => ({
  status,
  headers: { "content-type": "application/json", date: "Mon, 02 Nov 2026 00:00:00 GMT", ...headers },
  body,
});
const json =
  (status: number, bodyOf: (secret: string) => unknown, headers?: Record<string, string>): Reply =>
  (secret) =>
    answer(status, JSON.stringify(bodyOf(secret)), headers);
/** A new value, in every member in which one may be given. */
const minted = (value: string): Reply => json(200, () => ({ clientSecret: value, secret: value, access_token: value }));

const replies = {
  "error-400": json(400, (secret) => ({ error: secret })),
  "error-401": json(401, (secret) => ({ error: secret })),
  "error-403": json(403, (secret) => ({ error: secret, detail: secret })),
  description: json(401, (secret) => ({ error: "invalid_client", error_description: secret })),
  messages: json(400, (secret) => ({ detail: secret, status: "400", [IDCS]: { messageId: secret } })),
  "message-word": json(400, (secret) => ({ [IDCS]: { messageId: `error.common.${secret}` } })),
  problem: json(400, (secret) => ({ type: secret, title: secret, errors: [secret], correlationId: secret })),
  members: json(400, (secret) => ({ [secret]: secret })),
  text: (secret) => answer(500, secret, { "content-type": "text/plain" }),
  page: (secret) => answer(502, `<html>${secret}</html>`, { "content-type": "text/html" }),
  header: json(401, () => ({}), { "www-authenticate": 'Bearer error="invalid_token"' }),
  redirect: (secret) => answer(302, "", { location: `https://evil.example/${secret}` }),
  deep: () => answer(200, `${"[".repeat(DEPTH)}${"]".repeat(DEPTH)}`),
  "deep-error": () => answer(401, ['{"error":'.repeat(DEPTH), "1", "}".repeat(DEPTH)].join("")),
  null: () => answer(200, "null"),
  array: json(200, (secret) => [secret]),
  empty: () => answer(200, ""),
  prototype: () => answer(200, '{"__proto__":{"access_token":"x","clientSecret":"x"},"error":{"a":1}}'),
  "later-in-a-day": json(429, () => ({}), { "retry-after": "86400" }),
  "later-in-an-age": json(503, () => ({}), { "retry-after": "99999999999999999999" }),
  "long-value": minted("v".repeat(LONG)),
  "value-with-tab": minted(`a-value-with\ta-tab-in-it${"x".repeat(LONG)}`),
  "lone-surrogate": minted("a-value-with-half-\ud800-a-character"),
  "too-large": minted("v".repeat(TOO_LARGE)),
} as const satisfies Record<string, Reply>;

export type HostileBody = keyof typeof replies;
export const hostileBodies = Object.keys(replies) as HostileBody[];

/** What the issuer answers in place of its own answer. */
export function hostileAnswer(body: HostileBody, request: HttpRequest, own: HttpResponse): HttpResponse {
  const value = hostileValue(body);
  // A new value comes as the issuer gives it, with its other members.
  return value !== null && own.body.startsWith("{")
    ? { ...own, body: JSON.stringify({ ...JSON.parse(own.body), ...JSON.parse(replies[body]("").body) }) }
    : replies[body](secretOf(request));
}

/** The value that an answer gives as a new client secret, which the issuer then takes; null: none that it could mean. */
export function hostileValue(body: HostileBody): string | null {
  const values: Partial<Record<HostileBody, string>> = {
    "long-value": "v".repeat(LONG),
    "value-with-tab": `a-value-with\ta-tab-in-it${"x".repeat(LONG)}`,
    "lone-surrogate": "a-value-with-half-\ud800-a-character",
  };
  return values[body] ?? null;
}
