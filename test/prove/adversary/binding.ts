import type { Ground, IssuerClient } from "./grounds/ground.ts";
import type { WorldKind } from "./worlds.ts";

interface Bound {
  readonly kind: WorldKind;
  readonly ground: Ground;
  readonly secretIds: Readonly<Record<"S" | "B" | "O", string>>;
  readonly clients: Readonly<Record<"S" | "B" | "O", IssuerClient>>;
}

const owners = ["S", "B", "O"] as const;

/** What the members of a client are called in an entry. */
function entryOf({ members, clientId }: IssuerClient): Record<string, unknown> {
  const { clientId: _, ...others } = members;
  return { client: clientId, ...others };
}

/**
 * The content of a second authority's own secret: each team's secret may have its own client rotated, and no other.
 * @param leftOut whose secret is not bound yet
 */
export function authorityContent(
  { kind, ground, secretIds, clients }: Bound,
  who: IssuerClient,
  value: string,
  leftOut: (typeof owners)[number] | null = null,
): object {
  const bound = owners.filter((owner) => owner !== leftOut);
  const byId = bound.map((owner) => ({
    ...entryOf(clients[owner]),
    ...ground.authority.entry,
    secretId: secretIds[owner],
  }));
  const common = { kind: "client-secret", clientId: who.clientId, clientSecret: value };
  return {
    ...common,
    ...ground.authority.members,
    mayRotate: kind.speaker === "tag" ? [{ tag: "rotation.client" }] : byId,
  };
}

/** OROT_RESOURCE_PRINCIPAL_APPS for the same. */
export function principalSetting({ ground, secretIds, clients }: Bound): string {
  return owners
    .map((owner) => {
      const { clientId, members } = clients[owner];
      const fields = [ground.origins.base, String(members["appId"]), clientId, secretIds[owner]];
      return fields.map(encodeURIComponent).join("#");
    })
    .join(",");
}
