const LOOPBACK = /^(127\.0\.0\.1|\[::1\]|localhost)$/;

/** `https:`, or `http:` on loopback. User info, path, query and fragment have no place in an origin. */
export function isSafeOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const bare =
    url.username === "" && url.password === "" && url.search === "" && url.hash === "" && url.pathname === "/";
  return bare && (url.protocol === "https:" || (url.protocol === "http:" && LOOPBACK.test(url.hostname)));
}
