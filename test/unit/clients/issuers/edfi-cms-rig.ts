import { Secret } from "../../../../src/base/secret.ts";
import { parseSettings } from "../../../../src/base/settings/settings.ts";
import { edfiCms } from "../../../../src/clients/issuers/edfi-cms.ts";
import type { Authorization, Credential, Mint } from "../../../../src/clients/issuers/issuer.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { bearer } from "../../../support/held.ts";
import { createRig, type Rig } from "../../../support/issuer-rig.ts";

export const HOST = "https://cms.example.org";
export const CLIENT_SECRET = "canary!@#$^*(9c1f";
export const NEW = "new-canary{}:;,.?4712";
export const TOKEN = "canary.token/4711";
export const KEY = "361994b9-0000-4000-8000-000000000001";
const CONTENT = { issuer: "edfi-cms", url: HOST, apiClientId: 7, clientId: KEY, clientSecret: CLIENT_SECRET };

export const TOKEN_PATH = "/connect/token";
export const RESET_PATH = "/v3/apiClients/7/reset-credential";
/** The answer to a reset. */
export const made = { id: 7, applicationId: 3, name: "a client", key: KEY, secret: NEW };

/** The credential that a content describes; `members` change it. */
export function open(members: object, rig = createRig()): Credential {
  return edfiCms.open(parseContent(new Secret(JSON.stringify({ ...CONTENT, ...members }))), rig);
}

/** A credential with the token of an administrator. */
export interface Opened extends Rig {
  readonly credential: Credential;
  readonly authorization: Authorization;
}

/** @param tokenUrl where the administrator logged in; not given: nobody knows */
export function setUp(members: object = {}, tokenUrl?: string, environment: Record<string, string> = {}): Opened {
  const rig = { ...createRig(), settings: parseSettings(environment) };
  const credential = open(members, rig);
  const authorization = bearer(TOKEN, credential.client, "authority");
  return { ...rig, credential, authorization: tokenUrl === undefined ? authorization : { ...authorization, tokenUrl } };
}

export const mint = ({ credential, authorization }: Opened): Promise<Mint> => credential.mint(authorization);

export function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, NEW, TOKEN]) expectNoTrace(value, secret);
}
