import { createHash } from "node:crypto";
import type { Emulator } from "../../src/emulator/emulator.ts";

/** Remembers every client secret and token that an emulator makes, also those that it forgets again. */
export interface Canary {
  /** Text that a test has put into the emulator as a secret by itself. */
  add(secret: string): void;
  /**
   * Where `texts` contain one of them: what it is, its form, and the text. Never the secret itself.
   * @param known what every reader of the texts knows anyway
   */
  leaksIn(texts: readonly string[], known?: readonly string[]): string[];
}

/** Base64 of `text` at one of the three places where it can begin in a longer one, without the characters that its neighbours share. */
function base64At(text: string, offset: 0 | 1 | 2): string {
  const bytes = Buffer.from(text);
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  return encoded.slice(Math.ceil((offset * 8) / 6), last);
}

const urlSafe = (base64: string) => base64.replaceAll("+", "-").replaceAll("/", "_");
const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

/** The shapes in which a secret could stand in a log line or an answer. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const encoded = ([0, 1, 2] as const).map((offset) => base64At(secret, offset));
  const forms: [form: string, text: string][] = [
    ["in clear", secret],
    ["in JSON", inJson(secret)],
    ["in JSON within JSON", inJson(inJson(secret))],
    ["URL-encoded", encodeURIComponent(secret)],
    ["form-encoded", new URLSearchParams({ x: secret }).toString().slice(2)],
    ["in hexadecimal", Buffer.from(secret).toString("hex")],
    ["as SHA-256", createHash("sha256").update(secret).digest("hex")],
    ...encoded.map((text, offset): [string, string] => [`in base64 at ${offset}`, text]),
    ...encoded.map((text, offset): [string, string] => [`in base64url at ${offset}`, urlSafe(text)]),
  ];
  // Most secrets look the same in several forms; the first name serves.
  return new Map(forms.reverse().map(([form, text]) => [text, form]));
}

export function watchCanary(emulator: Emulator): Canary {
  const secrets = new Map<string, string>();
  const look = () => {
    for (const { apps, tokens } of Object.values(emulator.state.identity.domains)) {
      for (const { secret, accepted } of Object.values(apps)) {
        for (const value of [secret, ...accepted.map((entry) => entry.value)]) secrets.set(value, "a client secret");
      }
      for (const token of Object.keys(tokens)) secrets.set(token, "a token");
    }
    for (const { clients, tokens } of Object.values(emulator.state.uaa.zones)) {
      for (const { value } of Object.values(clients).flatMap((client) => client.secrets)) {
        if (value !== "") secrets.set(value, "a client secret");
      }
      for (const token of Object.keys(tokens)) secrets.set(token, "a token");
    }
    for (const { clients, tokens } of Object.values(emulator.state.keycloak.realms)) {
      for (const { secret } of Object.values(clients)) if (secret !== "") secrets.set(secret, "a client secret");
      for (const token of Object.keys(tokens)) secrets.set(token, "a token");
    }
    const { clients, tokens } = emulator.state.edfiCms;
    for (const { accepted } of Object.values(clients)) {
      for (const { value } of accepted) secrets.set(value, "a client secret");
    }
    for (const token of Object.keys(tokens)) secrets.set(token, "a token");
  };
  look();
  emulator.core.onChange(look);
  return {
    add: (secret) => {
      secrets.set(secret, "a client secret");
    },
    leaksIn(texts, known = []) {
      look();
      const joined = texts.join("\n");
      const found: string[] = [];
      for (const [secret, kind] of secrets) {
        if (known.includes(secret)) continue;
        for (const [form, name] of formsOf(secret)) {
          if (!joined.includes(form)) continue;
          const at = texts.findIndex((text) => text.includes(form));
          found.push(`${kind} ${name} in text ${at}`);
        }
      }
      return found;
    },
  };
}
