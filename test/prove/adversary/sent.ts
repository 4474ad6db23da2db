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

export function isVault(url: URL): boolean {
  return /^\/(20180608|20190301)\//.test(url.pathname) && url.host.endsWith("vaults.emulated.example");
}

export function secretIdIn(url: URL): string | null {
  return /^\/\d{8}\/secret(?:s|bundles)\/([^/]+)/.exec(url.pathname)?.[1] ?? null;
}
