import { inject } from "vitest";
import { type ClientOptions, type UaaUnderTest, uaaCalls } from "../contract/uaa-calls.ts";

const POLICY = {
  minLength: 7,
  maxLength: 255,
  requireUpperCaseCharacter: 1,
  requireLowerCaseCharacter: 0,
  requireDigit: 1,
  requireSpecialCharacter: 0,
};

/** The real UAA of this run, with clients and zones made through its own API. */
export function openRealUaa(): UaaUnderTest {
  const uaa = inject("uaa");
  const { send, bearer } = uaaCalls(uaa);
  let made = 0;
  const unique = (kind: string) => {
    made += 1;
    return `${kind}-${process.pid}-${made}-${Date.now()}`;
  };
  const create = async (path: string, body: object, headers?: Readonly<Record<string, string>>) => {
    const { status, text } = await send("POST", path, await bearer(uaa.admin), body, headers);
    if (status !== 201) throw new Error(`POST ${path} was answered ${status}: ${text}`);
  };
  return {
    ...uaa,
    makeClient: async (options: ClientOptions = {}) => {
      const clientId = options.clientId ?? unique("client");
      const secret = options.secret ?? unique("secret");
      const headers = options.zoneId === undefined ? {} : { "x-identity-zone-id": options.zoneId };
      const body = {
        client_id: clientId,
        client_secret: secret,
        scope: ["uaa.none"],
        authorities: options.authorities ?? ["clients.secret"],
        authorized_grant_types: options.grantTypes ?? ["client_credentials"],
        redirect_uri: ["https://app.example"],
        ...(options.tokenSeconds === undefined ? {} : { access_token_validity: options.tokenSeconds }),
      };
      await create("/oauth/clients", body, headers);
      return { clientId, secret };
    },
    makeZone: async () => {
      const zoneId = unique("zone");
      await create("/identity-zones", {
        id: zoneId,
        subdomain: zoneId,
        name: zoneId,
        config: { clientSecretPolicy: POLICY },
      });
      return { zoneId, host: `${zoneId}.localhost` };
    },
    stop: async () => {},
  };
}
