import type { HttpRequest, HttpResponse } from "../../../src/clients/http/transport.ts";

/** One request of the function's as it left, with what came back. */
export interface Sent {
  readonly process: string;
  /** Which of the world's calls sent it, from 0. */
  readonly call: number;
  readonly request: HttpRequest;
  readonly url: URL;
  readonly isVault: boolean;
  /** The secret that a request to Vault names. */
  readonly secretId: string | null;
  /** How many requests the emulator had recorded before. */
  readonly before: number;
  response: HttpResponse | null;
}

/** Who logs in, and with what; null: it is no login by a client secret. */
export function loginOf({ headers, body }: HttpRequest): { readonly clientId: string; readonly secret: string } | null {
  const form = new URLSearchParams(body ?? "");
  if (form.get("grant_type") !== "client_credentials") return null;
  const basic = /^Basic (.+)$/.exec(headers["authorization"] ?? "")?.[1];
  const [id = "", value = ""] =
    basic === undefined
      ? [form.get("client_id") ?? "", form.get("client_secret") ?? ""]
      : Buffer.from(basic, "base64").toString("utf8").split(":").map(decodeURIComponent);
  return { clientId: id, secret: value };
}

export function isVault(url: URL): boolean {
  return /^\/(20180608|20190301)\//.test(url.pathname) && url.host.endsWith("vaults.emulated.example");
}

export function secretIdIn(url: URL): string | null {
  return /^\/\d{8}\/secret(?:s|bundles)\/([^/]+)/.exec(url.pathname)?.[1] ?? null;
}
