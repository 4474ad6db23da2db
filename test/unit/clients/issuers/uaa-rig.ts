import { Secret } from "../../../../src/base/secret.ts";
import type { Authorization, Credential, Install, Retire } from "../../../../src/clients/issuers/issuer.ts";
import { uaa } from "../../../../src/clients/issuers/uaa.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { expectNoTrace } from "../../../support/failures.ts";
import { bearer, heldSecret } from "../../../support/held.ts";
import { createRig, type Rig } from "../../../support/issuer-rig.ts";

export const HOST = "https://uaa.example.org";
export const CLIENT_SECRET = "canary/+9c1f~4711";
export const OLDER = "older-canary/+4710";
export const NEWER = "newer-canary_-4712";
export const TOKEN = "canary.token/4711";
const CONTENT = { issuer: "uaa", url: `${HOST}/uaa`, clientId: "app", clientSecret: CLIENT_SECRET };

export const TOKEN_PATH = "/uaa/oauth/token";
export const SECRET_PATH = "/uaa/oauth/clients/app/secret";

/** The credential that a content describes; `members` change it. */
export function open(members: object, rig = createRig()): Credential {
  return uaa.open(parseContent(new Secret(JSON.stringify({ ...CONTENT, ...members }))), rig);
}

/** A credential with a token. */
export interface Opened extends Rig {
  readonly credential: Credential;
  readonly own: Authorization;
}

export function setUp(members: object = {}): Opened {
  const rig = createRig();
  const credential = open(members, rig);
  return { ...rig, credential, own: bearer(TOKEN, credential.client) };
}

export const add = ({ credential, own }: Opened): Promise<Install> =>
  credential.install(own, heldSecret(NEWER, credential.client), "keep");
export const remove = ({ credential, own }: Opened): Promise<Retire> =>
  credential.retire(own, heldSecret(OLDER, credential.client));

export function expectQuiet(value: unknown): void {
  for (const secret of [CLIENT_SECRET, OLDER, NEWER, TOKEN]) expectNoTrace(value, secret);
}
