import { RotationError } from "../../../../src/base/errors.ts";
import { Secret } from "../../../../src/base/secret.ts";
import type { Authority, Authorization, Credential, HeldSecret } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import type { Write } from "../../../../src/clients/vault/store.ts";
import { type Attempt, createAttempt } from "../../../../src/rotation/attempt.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { observe, type Snapshot } from "../../../../src/rotation/observe/observe.ts";
import { bearer, heldToken, toyClient } from "../../../support/held.ts";
import { credential, type Rig, type Written } from "../rig.ts";
import { createStageRig } from "./rig.ts";

/** CURRENT of every test of an act, with nothing beside it. */
export const current: Written = { no: 7, stages: ["CURRENT", "LATEST"], content: credential("S7") };

/** The issuer's answers; what is left out must not be asked. */
type Issuer = Partial<Pick<Credential, "login" | "mint" | "install" | "readBack" | "capabilities">>;

export interface Acting {
  readonly rig: Rig;
  readonly context: Context;
  readonly attempt: Attempt;
  readonly seen: Snapshot;
  /** The writes to Vault. */
  readonly sent: readonly (readonly unknown[])[];
  /** The requests to the issuer: name and who asked. */
  readonly asked: string[];
}

interface Options {
  readonly versions?: readonly Written[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly issuer?: Issuer;
  readonly answer?: Write;
  readonly authorities?: readonly Authority[];
}

const named = (authorization: Authorization) =>
  authorization.kind === "bearer" ? authorization.token.reveal() : authorization.kind;

/** A call that has looked at Vault and holds a token of CURRENT's login. */
export async function createActing(options: Options = {}): Promise<Acting> {
  const { versions = [current], environment, issuer = {}, answer = { outcome: "done" }, authorities = [] } = options;
  const { rig, context: plain, sent } = createStageRig(versions, environment, () => answer);
  const asked: string[] = [];
  const { mint, install, readBack, ...rest } = issuer;
  const answering = (credential: Credential): Credential => ({
    ...credential,
    withSecret: (clientSecret) => answering(credential.withSecret(clientSecret)),
    ...rest,
    ...(mint && {
      mint: (authorization: Authorization, isInTime?: () => boolean) => {
        asked.push(`mint by ${named(authorization)}`);
        return mint(authorization, isInTime);
      },
    }),
    ...(install && {
      install: (authorization: Authorization, value: HeldSecret, isCurrentAccepted: boolean) => {
        asked.push(`install ${value.clientSecret.reveal()} by ${named(authorization)}`);
        return install(authorization, value, isCurrentAccepted);
      },
    }),
    ...(readBack && {
      readBack: (authorization: Authorization) => {
        asked.push(`read by ${named(authorization)}`);
        return readBack(authorization);
      },
    }),
  });
  const context: Context = {
    ...plain,
    clients: {
      ...plain.clients,
      issuers: {
        ...plain.clients.issuers,
        authoritiesFor: async () => {
          asked.push("authorities");
          return authorities;
        },
        open: (content) => answering(plain.clients.issuers.open(content)),
      },
    },
  };
  const attempt = createAttempt(3_600);
  const seen = await observe(context, attempt, true, null);
  if (seen === null) throw new Error("the secret is UPDATING");
  attempt.token = heldToken("own", rig.clock.monotonic() + 3_600_000);
  return { rig, context, attempt, seen, sent, asked };
}

export const accepted = {
  verdict: "accepted",
  token: { value: new Secret("token"), expiresAt: Number.MAX_SAFE_INTEGER },
} as const;
export const rejected = { verdict: "rejected" } as const;

/** Keeps what a login with a version has brought. */
export function note({ attempt, rig }: Acting, versionNo: number, login: Login): void {
  attempt.logins.set(versionNo, { login, at: rig.clock.monotonic() });
}

/** An authority that logs in, under this name. */
export const willing = (name: string): Authority => ({
  name,
  prove: async () => ({ verdict: "accepted", authorization: bearer(name, toyClient, "authority") }),
});
export const refusing = (name: string): Authority => ({ name, prove: async () => ({ verdict: "rejected" }) });

/** One whose own secret Vault does not show. */
export const unreadable = (name: string): Authority => ({
  name,
  isUnread: true,
  prove: async () => ({ verdict: "unknown", error: new RotationError("VAULT_FORBIDDEN", `${name} could not be read`) }),
});
