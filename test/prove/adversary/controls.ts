import type { Patch } from "../sabotage/patches.ts";
import type { ViolationName } from "./judge/judge.ts";

/** The product with one of its safeguards taken out: the judge must find what that lets through. */
export interface Control {
  readonly patches: readonly Patch[];
  readonly figure: ViolationName;
  /** By their ids. */
  readonly schedules: readonly string[];
}

const schedules = (world: string, ids: readonly string[]) => ids.map((id) => `adversary/${world}/${id}`);

export const controls = {
  noCheckOfClients: {
    figure: "exfiltrated",
    patches: [
      {
        file: "clients/issuers/client.ts",
        find: "return clientText(settled(one, aliases)) === clientText(settled(other, aliases));",
        replace: "return clientText(settled(one, aliases)) !== clientText(settled(other, aliases)) || true;",
      },
    ],
    schedules: [
      ...schedules("uaa,alone,open", ["H2/heal/token/c1-current@0/-", "H2/retire/token/c1-current@0/-"]),
      ...schedules("oci-iam,alone,open", ["H3/heal/refused/c1-current@0/-", "H3/whole/refused/c1-current@0/-"]),
    ],
  },
  bindingsByIdAndOrigin: {
    figure: "foreignChanges",
    patches: [
      {
        file: "clients/issuers/authority-entries.ts",
        find: "if (!isSameClient(entry.client, client, aliases)) return false;",
        replace: "return (entry.client.subject ?? entry.client.clientId) === (client.subject ?? client.clientId);",
      },
    ],
    schedules: [
      ...schedules("oci-iam,secret-id,base", ["H1/own-heal/token/own-c6-beside@0/-"]),
      ...schedules("edfi-cms,secret-id,open", [
        "H1/own-heal/token/own-c6-beside@0/-",
        "H1/own-heal/token/own-c7-beside@0/-",
      ]),
    ],
  },
  noProofOfOwnValues: {
    figure: "planted",
    patches: [
      {
        file: "clients/issuers/own-value.ts",
        find: "return random !== undefined && proof === proofOf(random, maker);",
        replace: "return random === undefined || proof === proofOf(random, maker) || true;",
      },
    ],
    schedules: [...schedules("keycloak,alone,open", ["H1/whole/token/c7-pending@1/-", "H1/whole/down/c7-pending@1/-"])],
  },
  fixedSecondName: {
    figure: "lost",
    patches: [
      {
        file: "clients/vault/version-name.ts",
        find: 'Buffer.from(entropy.bytes(RANDOM_BYTES)).toString("hex")',
        replace: "1",
      },
    ],
    schedules: [
      ...schedules("oci-iam,alone,open", ["H1/four-steps/no-token/name-after@0/-", "H1/whole/token/name-after@0/-"]),
    ],
  },
  acknowledgedAtOnce: {
    figure: "ended",
    patches: [
      {
        file: "rotation/observe/overlap.ts",
        find: "isHandedOver(rotation)\n    ? least",
        replace: "isHandedOver(rotation)\n    ? least * (isHandedOver(rotation) ? 0 : 1)",
      },
    ],
    schedules: [
      ...schedules("uaa,alone,open,acknowledged", [
        "H14/heal/token/ack-all@0/-",
        "H14/heal/down/ack-alone@0/-",
        "H14/retire/token/ack-all@3/-",
      ]),
    ],
  },
  placeholderForValue: {
    figure: "misled",
    patches: [
      {
        file: "clients/issuers/index.ts",
        find: 'login: () => Promise.resolve({ verdict: "rejected" }),',
        replace: 'login: () => Promise.resolve({ verdict: "accepted", token: null }),',
      },
    ],
    schedules: [
      ...schedules("uaa,tag,open", ["H9/heal/token/c7-current@0/-"]),
      ...schedules("edfi-cms,secret-id,open", ["H9/heal/token/c7-current@0/-", "H9/whole/token/c7-current@0/-"]),
    ],
  },
} as const satisfies Readonly<Record<string, Control>>;
