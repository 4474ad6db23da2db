import { HOUR_MS } from "../../../src/base/durations.ts";
import type { Attacker } from "./attacker.ts";
import type { IssuerClient, Place } from "./grounds/ground.ts";
import { contentOf, type Prepared, placeholderOf } from "./prepare.ts";

/** Values of the attacker's servers and contents; none is a victim's secret. */
export const KNOWN_VALUE = "a-value-that-the-attacker-knows-well";
const GUESSED_VALUE = "a-value-that-the-attacker-only-guesses";
export const ROGUE_TOKEN = "a-token-that-the-attacker-has-made";
const BEYOND = 1_000_000_000;

type Content = (attacker: Attacker) => string;

const at =
  (placeOf: (prepared: Prepared) => Place): Content =>
  ({ prepared }) =>
    contentOf(prepared.ground, placeOf(prepared), prepared.clients.S.members, KNOWN_VALUE);

const home = ({ prepared: { ground } }: Attacker, members: IssuerClient["members"], value: string): string =>
  contentOf(ground, ground.home, members, value);

function marked(text: string, mark: object): string {
  return JSON.stringify({ ...JSON.parse(text), _rotation: mark });
}

const claim = (attacker: Attacker, base: number) => ({
  v: 1,
  kind: "claim",
  callId: "rogue",
  ttlSeconds: 90,
  base,
  takeovers: 0,
  token: ROGUE_TOKEN,
  tokenExpiresAt: new Date(attacker.now() + 6 * HOUR_MS).toISOString(),
});

function currentNo(attacker: Attacker): number {
  return attacker.versions().find(({ stage }) => stage === "CURRENT")?.number ?? 1;
}

/** The attacker's own client, with the id by which another client is changed. */
const beside =
  (owner: "S" | "B"): Content =>
  (attacker) => {
    const { clients } = attacker.prepared;
    const { clientId } = clients.O;
    return home(attacker, { ...clients[owner].members, clientId }, attacker.ownValue());
  };

/** S's own address, spelled otherwise. */
function respelled(text: string): string {
  const content: Record<string, unknown> = JSON.parse(text);
  if (typeof content["url"] === "string") {
    content["url"] = `${content["url"].replace("https://", "https://").replace("emulated", "EMULATED")}/`;
  }
  if (typeof content["iamDomainInstanceId"] === "string") {
    content["domainUrl"] = `https://${content["iamDomainInstanceId"]}.identity.oraclecloud.com:443/admin/v1`;
    delete content["iamDomainInstanceId"];
  }
  return JSON.stringify(content);
}

export const contents: Readonly<Record<ContentName, Content>> = {
  c1: at(({ ground }) => ground.evil),
  c2: at(({ ground }) => ground.path),
  c3: at(({ ground }) => ground.realm),
  c4: (attacker) => home(attacker, attacker.prepared.clients.O.members, attacker.ownValue()),
  c5a: beside("S"),
  c5b: beside("B"),
  c6: (attacker) => home(attacker, attacker.prepared.clients.B.members, GUESSED_VALUE),
  c7: (attacker) => home(attacker, attacker.prepared.clients.S.members, KNOWN_VALUE),
  c8: (attacker) => marked(contents.c7(attacker), claim(attacker, currentNo(attacker))),
  c9: (attacker) => marked(contents.c1(attacker), claim(attacker, BEYOND)),
  c10: (attacker) => marked(contents.c7(attacker), { v: 2, kind: "another" }),
  c11: () => "this is no JSON",
  c12: (attacker) => respelled(contents.c7(attacker)),
  c13: ({ prepared }) => placeholderOf(prepared.ground, prepared.clients.S.members),
  // He can write down all of a placeholder, so this mark says truly which version it was made from.
  c14: (attacker) => marked(contents.c13(attacker), claim(attacker, 1)),
};

export const contentNames = [
  "c1",
  "c2",
  "c3",
  "c4",
  "c5a",
  "c5b",
  "c6",
  "c7",
  "c8",
  "c9",
  "c10",
  "c11",
  "c12",
  "c13",
  "c14",
] as const;
export type ContentName = (typeof contentNames)[number];

/** The two can differ only if a member besides the client's id says which client is changed. */
export function hasSubject({ clients }: Pick<Prepared, "clients">): boolean {
  return Object.keys(clients.S.members).length > 1;
}
