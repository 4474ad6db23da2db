import type { History } from "./history.ts";
import type { CallEnd } from "./world.ts";

/** Base64 without the characters that depend on what stands before and after: found in whatever longer text was encoded. */
function base64Cores(value: string): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
    const first = Math.ceil((shift * 8) / 6);
    return text.slice(first, Math.floor(((shift + bytes.length) * 8) / 6));
  });
}

/** Schedules of one seed share most of their values. */
const MAX_KEPT = 2_000;
const kept = new Map<string, readonly string[]>();

/** The forms in which a value could leave: clear, URL-encoded, JSON-escaped, and each of them in base64 and base64url at every alignment. */
export function formsOf(value: string): readonly string[] {
  const known = kept.get(value);
  if (known !== undefined) return known;
  const texts = new Set([
    value,
    encodeURIComponent(Buffer.from(value).toString("utf8")),
    JSON.stringify(value).slice(1, -1),
  ]);
  const forms = new Set(texts);
  for (const core of [...texts].flatMap(base64Cores)) {
    forms.add(core);
    forms.add(core.replaceAll("+", "-").replaceAll("/", "_"));
  }
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(value, [...forms]);
  return [...forms];
}

function textOf(end: CallEnd | null): string {
  if (end?.kind === "answered") return JSON.stringify(end.answer);
  if (end?.kind !== "threw") return "";
  const { thrown } = end;
  if (!(thrown instanceof Error)) return String(thrown);
  return `${thrown.name} ${thrown.message} ${thrown.stack ?? ""} ${JSON.stringify(thrown)} ${String(thrown.cause)}`;
}

/**
 * The log line of the product's last net, when it has masked a value. Each such line is a defect of the code before the
 * net.
 */
const CAUGHT_BY_THE_NET = /"event":"secret-masked"[^\n]*?"in":"([^"]{1,60})"/g;

function maskedIn(text: string): string[] {
  const masked = new Set([...text.matchAll(CAUGHT_BY_THE_NET)].map(([, place = ""]) => place));
  return [...masked].map((place) => `${place}, but for the last net`);
}

/**
 * Searches what left the function for secrets and tokens.
 * @param texts log lines, answers, thrown values as text
 * @returns where one was found, never which: `log`, `answer`, `notification`, `metric`; and where the product itself had to mask one
 */
export function leaksIn(texts: Readonly<Record<string, string>>, canaries: readonly string[]): string[] {
  const needles = canaries.flatMap(formsOf);
  const found = Object.entries(texts)
    .filter(([, text]) => needles.some((needle) => text.includes(needle)))
    .map(([where]) => where);
  return [...found, ...Object.values(texts).flatMap(maskedIn)];
}

/** All log lines, answers, thrown values, notifications and metrics of one schedule. */
export function leaksOf({ world }: History): string[] {
  const { metrics, received } = world.emulator.state;
  const { webhooks, topics } = received;
  const texts = {
    log: world.log.join("\n"),
    answer: world.calls.map(({ end }) => textOf(end)).join("\n"),
    notification: [...webhooks, ...topics].map(({ body, headers }) => `${body} ${JSON.stringify(headers)}`).join("\n"),
    metric: metrics.map(({ body }) => body).join("\n"),
  };
  return leaksIn(texts, world.canaries);
}
