import type { EmulatorState } from "../../src/emulator/core/state.ts";

/** Every client secret and token that the emulator has ever given out and still knows. */
export function secretsOf(state: Pick<EmulatorState, "vault" | "identity">): string[] {
  const domains = Object.values(state.identity.domains);
  const contents = Object.values(state.vault.secrets).flatMap(({ versions }) =>
    versions.map(({ content }) => Buffer.from(content, "base64").toString("utf8")),
  );
  return [
    ...domains.flatMap(({ apps }) => Object.values(apps).map(({ secret }) => secret)),
    ...domains.flatMap(({ tokens }) => Object.keys(tokens)),
    // A claim holds none.
    ...contents.flatMap((text) => (JSON.parse(text) as { appSecret?: string }).appSecret ?? []),
  ];
}

/** Base64 of a text that stands somewhere inside a longer one: what is the same at each of the three alignments. */
function base64Inside(value: string, encoding: "base64" | "base64url"): string[] {
  const bytes = Buffer.from(value);
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString(encoding)
      .replace(/=+$/, "");
    const whole = Math.floor(((shift + bytes.length) * 8) / 6);
    return encoded.slice(Math.ceil((shift * 8) / 6), whole);
  });
}

function formsOf(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  return [
    value,
    escaped,
    JSON.stringify(escaped).slice(1, -1),
    encodeURIComponent(value),
    new URLSearchParams({ value }).toString().slice("value=".length),
    ...base64Inside(value, "base64"),
    ...base64Inside(value, "base64url"),
  ];
}

/** How many of the secrets stand in a text: as they are, JSON-escaped, URL-encoded or in base64, alone or inside something longer. */
export function leaks(texts: readonly string[], secrets: readonly string[]): number {
  const all = texts.join("\n");
  return secrets.filter((secret) => formsOf(secret).some((form) => all.includes(form))).length;
}
