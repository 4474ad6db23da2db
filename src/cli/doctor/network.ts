import type { Clock } from "../../base/clock.ts";
import { UNTRUSTED_AUTHORITY } from "../../clients/http/no-answer.ts";
import { readProxyRules } from "../../clients/http/proxy.ts";
import type { Transport } from "../../clients/http/transport.ts";
import type { Facts } from "./facts.ts";
import { attempt, type Finding, known, ok, problem, type Read, warning } from "./finding.ts";

/** The response to a bare GET of a server's root, which needs no rights. Any status means that it was reached. */
export interface Contact {
  readonly name: string;
  readonly origin: string;
  readonly read: Read<{
    /** The server's clock minus ours, in ms, from the header Date (RFC 9110, whole seconds). Null: no such header. */
    readonly aheadMs: number | null;
    /** Uncertainty of `aheadMs`, in ms. */
    readonly withinMs: number;
  }>;
}

const LIMIT_MS = 10_000;
const HALF_A_SECOND_MS = 500;

/** @param authorities PEM, trusted in addition to the system's; null: none */
export async function contact(
  transport: Transport,
  clock: Clock,
  name: string,
  address: string,
  authorities: string | null,
): Promise<Contact> {
  const { origin } = new URL(address);
  const read = await attempt(async () => {
    const sentAt = clock.now();
    const { headers } = await transport({
      method: "GET",
      url: `${origin}/`,
      headers: { accept: "*/*", "user-agent": "oci-rotate" },
      deadline: clock.monotonic() + LIMIT_MS,
      ...(authorities === null ? {} : { authorities }),
    });
    const halfWayMs = (clock.now() - sentAt) / 2;
    const date = Date.parse(headers["date"] ?? "");
    const aheadMs = Number.isNaN(date) ? null : date + HALF_A_SECOND_MS - (sentAt + halfWayMs);
    return { aheadMs, withinMs: HALF_A_SECOND_MS + halfWayMs };
  });
  return { name, origin, read };
}

function reach({ name, origin, read }: Contact): Finding {
  if ("value" in read) return ok("network", `${name} answers at ${origin} from this machine`);
  const { code, what, next } = read.failure;
  // Of a certificate that is out of date or of another name, `what` says so.
  if (
    (code === "CERTIFICATE_UNTRUSTED" && !what.startsWith("the certificate of")) ||
    what.endsWith(UNTRUSTED_AUTHORITY)
  ) {
    const told = `${name} at ${origin} has a certificate of an authority that is not trusted`;
    const isOurs = name === "the issuer";
    return problem(
      "network",
      told,
      isOurs
        ? "store the authority's PEM as a Vault secret, and name its OCID in OROT_CA_BUNDLE"
        : "find out which server answers there instead of OCI",
    );
  }
  return problem("network", `${name} cannot be reached at ${origin}: ${what}`, next);
}

/** Which way the function's requests take, by its own configuration. Only a call of it can test its subnet. */
function waysOfFunction(facts: Facts, contacts: readonly Contact[]): Finding[] {
  let rules: ReturnType<typeof readProxyRules>;
  try {
    rules = readProxyRules(facts.environment);
  } catch {
    return [];
  }
  const proxied = contacts.filter(({ origin }) => rules(new URL(origin)) !== null).map(({ name }) => name);
  if (proxied.length === 0) return [];
  const rest = contacts.filter(({ name }) => !proxied.includes(name)).map(({ name }) => name);
  const direct = rest.length === 0 ? "nothing directly" : `${rest.join(" and ")} directly`;
  return [ok("network", `HTTPS_PROXY leads to ${proxied.join(" and ")}; ${direct}`)];
}

function caFindings({ settings, settingsFrom }: Facts): Finding[] {
  const bundle = known(settings)?.caBundle ?? null;
  if (bundle?.kind !== "file" || settingsFrom === "environment") return [];
  const what = `OROT_CA_BUNDLE names the file ${bundle.path} of the image, which cannot be read from here`;
  return [warning("network", what, "check by invoking the function with the action check, or name a Vault secret")];
}

export function checkNetwork(facts: Facts, contacts: readonly Contact[]): Finding[] {
  return [...contacts.map(reach), ...waysOfFunction(facts, contacts), ...caFindings(facts)];
}
