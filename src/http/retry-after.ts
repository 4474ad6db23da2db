/** The longest pause a server may ask of us, in milliseconds; a larger wish counts as this much. */
const MAX_PAUSE_MS = 86_400_000;

/**
 * The header Retry-After as milliseconds from `now` (RFC 9110, section 10.2.3: seconds or an HTTP date). Null where it is absent or
 * unreadable; never negative.
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const wished = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wished) ? null : Math.min(Math.max(0, wished), MAX_PAUSE_MS);
}
