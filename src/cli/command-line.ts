import type { AuthKind, GlobalOptions } from "./global-options.ts";

/** Quotes a word for a POSIX shell. */
export const quoted = (text: string): string =>
  /^[\w./:@~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** Quotes a word of a command to paste: on Windows for PowerShell, elsewhere for a POSIX shell. */
export function word(text: string, platform: NodeJS.Platform = process.platform): string {
  if (platform !== "win32") return quoted(text);
  return /^[\w./\\:~-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** What decides where a command goes, and as whom. `--json`, `--yes` and `--debug` are for one command. */
const signing = [
  ["--profile", "profile"],
  ["--config-file", "configFile"],
  ["--region", "region"],
  ["--endpoint", "endpoint"],
  ["--auth", "auth"],
] as const;

export type Given = Pick<GlobalOptions, (typeof signing)[number][1] | "defaulted" | "program">;

/** The program as it was started, with the sign-in options that were given. They may stand before a command's own words. */
function startOf(given: Omit<Given, "auth"> & { readonly auth: string | null }): string {
  const options = signing.flatMap(([flag, name]) => {
    const value = given[name];
    return value === null || given.defaulted.includes(name) ? [] : [flag, value];
  });
  return [given.program, ...options.map((option) => word(option))].join(" ");
}

/** One of our commands, ready to run, with the same sign-in options as the command that prints it. */
export const commandLine = (given: Given, words: readonly string[]): string =>
  [startOf(given), ...words.map((text) => word(text))].join(" ");

/** Every command that a text may tell an operator to run. */
export const COMMANDS = [
  ...["adopt", "check", "clients", "completion", "db-token", "doctor", "emulator", "hand-over", "heal", "keycloak"],
  ...["notify", "probe", "retire", "rollback", "rotate", "scan", "schedule", "session", "status"],
] as const;
/** The start of a command in a text. One that asks for help goes nowhere. */
const OURS = new RegExp(
  `(?<!npx |[\\w./:-])oci-rotate (?=(?:${COMMANDS.join("|")})(?![\\w-]))(?![a-z -]+ --help)`,
  "g",
);
/** The same of OCI's own command line, by the services that our texts name. */
const OF_OCI = /(?<![\w./:-])oci (?=(?:fn|secrets|vault) [a-z])/g;
const OCI_AUTH: Readonly<Record<AuthKind, string>> = {
  session: "security_token",
  "api-key": "api_key",
  "resource-principal": "resource_principal",
  "instance-principal": "instance_principal",
};

/** A text of ours whose commands go where this one went, and as the same operator. */
export function pasteable(given: Given, text: string): string {
  const ofOci = { ...given, program: "oci", auth: given.auth === null ? null : OCI_AUTH[given.auth] };
  return text.replaceAll(OURS, () => `${startOf(given)} `).replaceAll(OF_OCI, () => `${startOf(ofOci)} `);
}

/** Members of a command's data that tell an operator what to do. */
const TELLING: ReadonlySet<string> = new Set(["next", "mend", "means", "line"]);

/** The same for what those members of a command's data hold. */
export function pasteableData(given: Given, data: unknown, key = ""): unknown {
  if (typeof data === "string") return TELLING.has(key) ? pasteable(given, data) : data;
  if (Array.isArray(data)) return data.map((item) => pasteableData(given, item, key));
  if (typeof data !== "object" || data === null) return data;
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [name, pasteableData(given, value, name)]));
}
