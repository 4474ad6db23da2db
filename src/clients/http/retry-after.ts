/** The longest pause a server may ask of us, in milliseconds; a larger wish counts as this much. */
const MAX_PAUSE_MS = 86_400_000;

/** The two date formats that carry their zone. Readers disagree on the third, asctime's, so it is not accepted. */
const HTTP_DATE = /^[A-Z][a-z]{2,8}, .{10,24} GMT$/;

/**
 * The header Retry-After as milliseconds from `now` (RFC 9110, section 10.2.3: seconds or an HTTP date). Null if it is absent or
 * unreadable; never negative.
 */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  const isSeconds = /^\d{1,10}$/.test(text);
  if (!isSeconds && !HTTP_DATE.test(text)) return null;
  const wished = isSeconds ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isNaN(wished) ? null : Math.min(Math.max(0, wished), MAX_PAUSE_MS);
}
