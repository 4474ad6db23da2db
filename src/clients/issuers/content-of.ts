import { Secret } from "../../base/secret.ts";
import { PLACEHOLDER } from "../vault/content.ts";
import type { Client } from "./client.ts";

/** Which object of Ed-Fi is reset, as a content names it. Clients of other issuers have none of these. */
function edfiMembers({ subject, tenant, tokenUrl }: Client): object {
  const found = /^(apiClient|application)s\/(\d+)$/.exec(subject ?? "");
  return {
    ...(found && { [`${found[1]}Id`]: Number(found[2]) }),
    ...(tenant !== null && { tenant }),
    ...(tokenUrl !== null && { tokenUrl }),
  };
}

/**
 * The content of a secret that holds this client with this value: the members that its issuer's page lists, in their order.
 * Null: the placeholder, which names the client alone until the rotator has stored a value.
 */
export function contentOf(client: Client, clientSecret: Secret | null): Secret {
  const { issuer, base, realm, clientId, subject } = client;
  const value = clientSecret?.reveal() ?? null;
  const content =
    issuer === "oci-iam"
      ? { domainUrl: base, appId: subject, clientId, appSecret: value }
      : {
          ...{ issuer, url: base },
          ...(realm !== null && { realm }),
          ...edfiMembers(client),
          ...{ clientId, clientSecret: value },
        };
  return new Secret(JSON.stringify({ ...content, ...(value === null ? PLACEHOLDER : {}) }, null, 2));
}
