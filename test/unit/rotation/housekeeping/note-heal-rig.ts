import type { RotationError } from "../../../../src/base/errors.ts";
import type {
  Authority,
  Authorization,
  Capabilities,
  Credential,
  Expiry,
  ReadBack,
} from "../../../../src/clients/issuers/issuer.ts";
import type { SecretState, Write } from "../../../../src/clients/vault/store.ts";
import { createAttempt } from "../../../../src/rotation/attempt.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { bearer, toyClient } from "../../../support/held.ts";
import { createRig, credential, type Written } from "../rig.ts";

export interface Heal {
  /** CURRENT's content. */
  readonly content?: unknown;
  /** The versions beside CURRENT, which is number 7. */
  readonly beside?: readonly Written[];
  readonly state?: Partial<SecretState>;
  /** How Vault's state differs from the second read on, where somebody has changed it; an error: it does not answer any more. */
  readonly later?: Partial<SecretState> | RotationError | null;
  /** How Vault answers the write. */
  readonly answer?: Write;
  readonly capabilities?: Partial<Capabilities>;
  /** The issuer's answer to each question for the expiry, in order; left out: the issuer cannot be asked. */
  readonly expiries?: readonly Expiry[];
  /** What a read with a claim's token tells. */
  readonly readBack?: ReadBack;
  /** By name, how each login ends: with the proof that bears this token, or not at all. */
  readonly authorities?: Readonly<Record<string, string | "rejected">>;
}

const named = (authorization: Authorization) =>
  authorization.kind === "bearer" ? authorization.token.reveal() : authorization.kind;

/** A heal that has looked at version 7 in CURRENT; what it asked of others, and what it wrote. */
export async function healed(heal: Heal = {}) {
  const { content = credential("S7"), beside = [], state = {}, later = null, answer = { outcome: "done" } } = heal;
  const current: Written = { no: 7, stages: ["CURRENT"], content };
  const rig = createRig([current, ...beside]);
  const attempt = createAttempt(null);
  const written: unknown[][] = [];
  const asked: string[] = [];
  const { vault: store } = rig.context.clients;
  let reads = 0;
  const authorities = Object.entries(heal.authorities ?? {}).map(
    ([name, token]): Authority => ({
      name,
      async prove() {
        asked.push(`login of ${name}`);
        return token === "rejected"
          ? { verdict: "rejected" }
          : { verdict: "accepted", authorization: bearer(token, toyClient, "authority") };
      },
    }),
  );
  const expiries = [...(heal.expiries ?? [])];
  const readExpiry = async (authorization: Authorization): Promise<Expiry> => {
    asked.push(`expiry by ${named(authorization)}`);
    return expiries.shift() ?? { outcome: "unknown" };
  };
  const context: Context = {
    ...rig.context,
    clients: {
      ...rig.context.clients,
      vault: {
        ...store,
        readSecret: async () => {
          reads += 1;
          if (reads > 1 && later !== null && "code" in later) throw later;
          return { ...(await store.readSecret()), tags: { team: "payments" }, ...state, ...(reads > 1 ? later : null) };
        },
        writeAnnotations: async (...sent: unknown[]) => {
          written.push(sent);
          return answer;
        },
      },
      issuers: {
        ...rig.context.clients.issuers,
        authoritiesFor: async () => {
          asked.push("authorities");
          return authorities;
        },
        open(text): Credential {
          const opened = rig.context.clients.issuers.open(text);
          const { readBack } = heal;
          return {
            ...opened,
            capabilities: { ...opened.capabilities, ...heal.capabilities },
            ...(heal.expiries && { readExpiry }),
            ...(readBack && { readBack: async () => readBack }),
          };
        },
      },
    },
  };
  const snapshot = await observe(context, attempt, true, null);
  if (snapshot === null) throw new Error("the secret is UPDATING");
  return { rig, context, attempt, snapshot, written, asked, log: rig.log };
}
