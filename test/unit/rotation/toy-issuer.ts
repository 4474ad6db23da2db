import { RotationError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Authority, Authorization, Capabilities, Credential } from "../../../src/clients/issuers/issuer.ts";
import type { Requester } from "../../../src/rotation/authorities.ts";
import type { Context } from "../../../src/rotation/context.ts";
import { bearer, toyClient } from "../../support/held.ts";
import { never } from "./toy-vault.ts";

/** What the toy issuer can do unless a test says otherwise: it makes the value, and keeps one. */
const plain: Capabilities = {
  valueChosenBy: "issuer",
  readBack: "no",
  overlap: "none",
  authorities: ["client"],
  repeatMint: "last-wins",
};

/** What the toy issuer is and answers. */
export interface IssuerToys {
  /** What differs from the plain one, for every content or by the member `issuer`. */
  readonly capabilities?: Partial<Capabilities> | ((issuer: string | null) => Partial<Capabilities>);
  /** Its answers. A login or a retirement that is left out must not be asked for; of the rest the outcome is unknown. */
  readonly issuer?: Partial<
    Pick<Credential, "preflight" | "login" | "mint" | "install" | "readBack" | "readExpiry" | "retire">
  >;
  /** Who else may ask for the client's secret. */
  readonly authorities?: readonly Authority[] | Error;
}

const unanswered = { outcome: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", "the toy was asked") } as const;

const named = (authorization: Authorization) =>
  authorization.kind === "bearer" ? authorization.token.reveal() : authorization.kind;

/** An issuer that is a handful of answers. All requests but logins go to `requested`, with the token that asked. */
export function createToyIssuer(
  requested: string[],
  { capabilities = {}, issuer = {}, authorities = [] }: IssuerToys,
): Context["clients"]["issuers"] {
  const { mint, install, readBack, readExpiry } = issuer;
  const capabilitiesOf = typeof capabilities === "function" ? capabilities : () => capabilities;
  return {
    pauseMs: () => 0,
    async authoritiesFor() {
      requested.push("authorities");
      if (authorities instanceof Error) throw authorities;
      return authorities.map((authority) => ({
        ...authority,
        async prove() {
          requested.push(`login of ${authority.name}`);
          return authority.prove();
        },
      }));
    },
    open(content): Credential {
      const secret = content.member("appSecret");
      const clientId = content.member("clientId");
      if (typeof secret !== "string") throw new RotationError("CONTENT_INVALID", "the member appSecret is missing");
      const credentialOf = (clientSecret: Secret): Credential => ({
        capabilities: { ...plain, ...capabilitiesOf(content.issuer) },
        client: typeof clientId === "string" ? { ...toyClient, clientId } : toyClient,
        clientSecret,
        withSecret: credentialOf,
        rotatedMember: "appSecret",
        tokenEndpoint: { url: "https://toy.example.org/token", scope: null, who: "the toy", refusalOf: () => null },
        retire: () => never("retire"),
        login: () => never("login"),
        ...issuer,
        async mint(authorization, isInTime) {
          requested.push(`mint by ${named(authorization)}`);
          return mint === undefined ? unanswered : mint(authorization, isInTime);
        },
        async install(authorization, value, isCurrentAccepted) {
          requested.push(`install ${value.clientSecret.reveal()} by ${named(authorization)}`);
          return install === undefined ? unanswered : install(authorization, value, isCurrentAccepted);
        },
        async readBack(authorization) {
          requested.push(`read by ${named(authorization)}`);
          return readBack === undefined ? unanswered : readBack(authorization);
        },
        ...(readExpiry && {
          async readExpiry(authorization) {
            requested.push(`expiry by ${named(authorization)}`);
            return readExpiry(authorization);
          },
        }),
      });
      return credentialOf(new Secret(secret));
    },
  };
}

/** An authority whose every login ends so. `asked` counts them. */
function authority(name: string, proven: Awaited<ReturnType<Authority["prove"]>>): Authority & { asked: number } {
  return {
    name,
    asked: 0,
    async prove() {
      this.asked += 1;
      return proven;
    },
  };
}

/** One that logs in. */
export const willing = (name: string, token = name) =>
  authority(name, { verdict: "accepted", authorization: bearer(token, toyClient, "authority") });

export const refusing = (name: string) => authority(name, { verdict: "rejected" });

/** One whose issuer does not answer. */
export const mute = (name: string) =>
  authority(name, { verdict: "unknown", error: new RotationError("ISSUER_UNAVAILABLE", `${name} was not answered`) });

/** One whose own secret Vault does not show. */
export const unreadable = (name: string): Authority => ({
  ...authority(name, {
    verdict: "unknown",
    error: new RotationError("VAULT_FORBIDDEN", `${name} could not be read`),
  }),
  isUnread: true,
});

/** A requester as a test writes it down. */
export function shown(requester: Requester | null): string | null {
  if (requester === null) return null;
  return requester.kind === "token"
    ? `token ${requester.token.reveal()}`
    : `${requester.kind} ${requester.authority.name}`;
}
