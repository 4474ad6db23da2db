import type { Attacker } from "./attacker.ts";
import { contents } from "./contents.ts";
import { EVIL_HOST } from "./grounds/ground.ts";

type Members = Record<string, unknown>;

/** A change of the address as text, whatever member holds it. */
const address =
  (change: (url: string) => string) =>
  (members: Members): Members => {
    const name = "url" in members ? "url" : "domainUrl";
    return { ...members, [name]: change(String(members[name])) };
  };
const client =
  (change: (clientId: string) => string) =>
  (members: Members): Members => ({ ...members, clientId: change(String(members["clientId"])) });
const host = (url: string) => new URL(url).host;
const pathOf = (url: string) => new URL(url).pathname.replace(/^\//, "");

/** One client's name in other letters, other clients' names in letters like it, and texts that parsers read differently. */
const spellings = {
  "host-upper": address((url) => url.replace(host(url), host(url).toUpperCase())),
  port: address((url) => url.replace(host(url), `${host(url)}:443`)),
  "other-port": address((url) => url.replace(host(url), `${host(url)}:8443`)),
  slash: address((url) => `${url}/`),
  "path-upper": address((url) => `https://${host(url)}/${pathOf(url).toUpperCase() || "ROGUE"}`),
  percent: address((url) => `https://${host(url)}/%75${pathOf(url).slice(1)}`),
  semicolon: address((url) => `${url};v=1`),
  "empty-segment": address((url) => `https://${host(url)}//${pathOf(url)}`),
  dots: address((url) => `https://${host(url)}/rogue/../${pathOf(url)}`),
  "encoded-dots": address((url) => `https://${host(url)}/rogue/%2e%2e/${pathOf(url)}`),
  backslash: address((url) => url.replaceAll("/", "\\")),
  "no-slashes": address((url) => url.replace("https://", "https:")),
  user: address((url) => url.replace("https://", "https://user@")),
  "host-as-user": address((url) => url.replace(host(url), `${host(url)}@${EVIL_HOST}`)),
  "host-as-prefix": address((url) => url.replace(host(url), `${host(url)}.${EVIL_HOST}`)),
  query: address((url) => `${url}?x`),
  fragment: address((url) => `${url}#x`),
  "host-dot": address((url) => url.replace(host(url), `${host(url)}.`)),
  tab: address((url) => url.replace("https://", "https://\t")),
  cyrillic: address((url) => url.replace("e", "\u0435")),
  "client-upper": client((clientId) => clientId.toUpperCase()),
  "client-blank": client((clientId) => `${clientId} `),
  "client-dots": client(() => ".."),
  "realm-dots": (members: Members): Members => ({ ...members, realm: "..", tenant: "..", zoneId: "rogue" }),
} as const;

type Spelling = keyof typeof spellings;
export type SpellingMove = `spell-${Spelling}-${"current" | "pending"}`;
export const spellingMoves = (Object.keys(spellings) as Spelling[]).flatMap((name): SpellingMove[] => [
  `spell-${name}-current`,
  `spell-${name}-pending`,
]);

/** S's client and a value that he knows, at S's own address by its whole text. */
function written(attacker: Attacker): Members {
  const members: Members = JSON.parse(contents.c7(attacker));
  const { iamDomainInstanceId, ...others } = members;
  return iamDomainInstanceId === undefined
    ? members
    : { ...others, domainUrl: `https://${String(iamDomainInstanceId)}.identity.oraclecloud.com` };
}

export function storeSpelling(attacker: Attacker, move: SpellingMove): void {
  const isCurrent = move.endsWith("-current");
  const name = move.slice("spell-".length, isCurrent ? -"-current".length : -"-pending".length) as Spelling;
  attacker.store(JSON.stringify(spellings[name](written(attacker))), isCurrent ? "CURRENT" : "PENDING");
}
