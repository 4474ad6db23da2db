import { Secret } from "../../../../src/base/secret.ts";
import type { Credential } from "../../../../src/clients/issuers/issuer.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import type { SecretState, VersionList, Write } from "../../../../src/clients/vault/store.ts";
import type { Context } from "../../../../src/rotation/context.ts";
import { createRig, credential, type Rig, type Written } from "../rig.ts";

/** What a stage sent to Vault, in order, beside the reads that `rig.asked` names. */
export interface StageRig {
  readonly rig: Rig;
  readonly context: Context;
  readonly sent: readonly (readonly unknown[])[];
}

/** A rig whose Vault takes writes: each is answered by `answer`, and kept with everything that was sent. */
export function createStageRig(
  versions: readonly Written[],
  environment: Readonly<Record<string, string>> = {},
  answer: (call: string, versionNo: number | null) => Write = () => ({ outcome: "done" }),
  stateOf: (state: SecretState, reads: number) => SecretState = (state) => state,
): StageRig {
  const rig = createRig(versions, environment);
  const sent: unknown[][] = [];
  let reads = 0;
  const write =
    (call: string) =>
    async (...rest: unknown[]): Promise<Write> => {
      sent.push([call, ...rest]);
      return answer(call, typeof rest[0] === "number" ? rest[0] : null);
    };
  const context: Context = {
    ...rig.context,
    clients: {
      ...rig.context.clients,
      vault: {
        ...rig.context.clients.vault,
        readSecret: async () => {
          reads += 1;
          return stateOf(await rig.context.clients.vault.readSecret(), reads);
        },
        writeVersion: write("write"),
        promote: write("promote"),
        scheduleVersionDeletion: write("schedule"),
        cancelVersionDeletion: write("cancel"),
      },
    },
  };
  return { rig, context, sent };
}

/** An old version with a name of ours. */
export const deprecated = (no: number, rest: Partial<Written> = {}): Written => ({
  no,
  stages: ["DEPRECATED"],
  name: `orot-${no}`,
  content: credential(`S${no}`),
  ...rest,
});

export async function listOf({ context }: StageRig): Promise<VersionList> {
  const list = await context.clients.vault.listVersions();
  if (list === null) throw new Error("no list");
  return list;
}

/** A client whose every login brings this. `asked` keeps how long each token was to live. */
export function clientWith(login: Login): { readonly credential: Credential; readonly asked: (number | null)[] } {
  const asked: (number | null)[] = [];
  const content = parseContent(new Secret('{"appSecret":"S0"}'));
  return {
    asked,
    credential: {
      ...createRig([]).context.clients.issuers.open(content),
      login: async (tokenLifeSeconds) => {
        asked.push(tokenLifeSeconds);
        return login;
      },
    },
  };
}
