import type { Switches } from "./switches.ts";
import { type EmulatedResponse, json, ociError } from "./wire.ts";

/** A page of a list with the token of the next, or the refusal of a wrong limit or page token. */
export function page<T>(
  items: readonly T[],
  query: Readonly<Record<string, string>>,
  switches: Switches,
  model: (item: T) => unknown,
): EmulatedResponse {
  const { page: token, limit } = query;
  const from = token === undefined ? 0 : Number(/^p(\d{1,6})$/.exec(token)?.[1] ?? Number.NaN);
  const asked = limit === undefined ? switches["page-size"] : Number(limit);
  if (Number.isNaN(from) || !Number.isInteger(asked) || asked < 1) {
    return ociError(400, "InvalidParameter", "limit or page is invalid.");
  }
  const to = from + Math.min(asked, switches["page-size"]);
  return json(200, items.slice(from, to).map(model), to < items.length ? { "opc-next-page": `p${to}` } : {});
}
