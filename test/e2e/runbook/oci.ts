import { readGlobalOptions } from "../../../src/cli/global-options.ts";
import { signIn } from "../../../src/cli/sign-in/sign-in.ts";
import { createOciRequester } from "../../../src/clients/http/oci-request.ts";
import type { CliWorld } from "../../support/cli.ts";
import type { ShellReply } from "./shell.ts";

type Options = Readonly<Record<string, string>>;

interface Operation {
  readonly method: "GET" | "POST" | "PUT";
  readonly service: "vault" | "secrets";
  readonly path: (options: Options) => string;
  /** Options that become members of the body. */
  readonly body?: readonly string[];
  /** Options of the path or query. */
  readonly asked: readonly string[];
}

const secret = (more = "") => `/20180608/secrets/{secret-id}${more}`;
const at =
  (pattern: string): Operation["path"] =>
  (options) =>
    pattern.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => encodeURIComponent(options[name] ?? ""));

/**
 * The few operations of OCI's command line that the runbook uses, as requests to the emulator. `npm run live:oci` has the official one
 * judge the same lines.
 */
const operations: Readonly<Record<string, Operation>> = {
  "secrets secret-bundle get": {
    ...{ method: "GET", service: "secrets", asked: ["secret-id", "stage", "secret-version-number"] },
    path: (options) =>
      options["stage"] === undefined
        ? at("/20190301/secretbundles/{secret-id}?versionNumber={secret-version-number}")(options)
        : at("/20190301/secretbundles/{secret-id}?stage={stage}")(options),
  },
  "vault secret get": { method: "GET", service: "vault", path: at(secret()), asked: ["secret-id"] },
  "vault secret-version list": {
    ...{ method: "GET", service: "vault", path: at(secret("/versions")), asked: ["secret-id"] },
  },
  "vault secret-version schedule-deletion": {
    ...{ method: "POST", service: "vault", asked: ["secret-id", "secret-version-number"] },
    path: at(secret("/version/{secret-version-number}/actions/scheduleDeletion")),
    body: ["time-of-deletion"],
  },
  "vault secret update": {
    ...{ method: "PUT", service: "vault", path: at(secret()), asked: ["secret-id"] },
    body: ["current-version-number"],
  },
  "vault secret update-base64": {
    ...{ method: "PUT", service: "vault", path: at(secret()), asked: ["secret-id"] },
    body: ["secret-content-content", "secret-content-stage"],
  },
  "vault secret create-base64": {
    ...{ method: "POST", service: "vault", path: () => "/20180608/secrets", asked: [] },
    body: ["compartment-id", "vault-id", "key-id", "secret-name", "secret-content-content"],
  },
};

const camel = (name: string) => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function bodyOf(names: readonly string[], options: Options): string {
  const body: Record<string, unknown> = {};
  const content: Record<string, string> = {};
  for (const name of names) {
    const value = options[name];
    if (value === undefined) continue;
    if (name.startsWith("secret-content-")) content[name.slice("secret-content-".length)] = value;
    else body[camel(name)] = name.endsWith("-number") ? Number(value) : value;
  }
  if (Object.keys(content).length > 0) body["secretContent"] = { contentType: "BASE64", ...content };
  return JSON.stringify(body);
}

/** Names as the command line prints them. */
function printed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(printed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [kebab(name), printed(inner)]));
}

/** What a path of names selects, such as `data."secret-bundle-content".content`: all of JMESPath that the runbook uses. */
function selected(value: unknown, query: string): unknown {
  return query
    .split(".")
    .map((name) => name.replaceAll('"', ""))
    .reduce<unknown>((found, name) => {
      if (typeof found !== "object" || found === null || !Object.hasOwn(found, name))
        throw new Error(`the answer has no ${name}`);
      return (found as Record<string, unknown>)[name];
    }, value);
}

function readOptions(words: readonly string[], known: readonly string[]): Options {
  const options: Record<string, string> = {};
  for (let index = 0; index < words.length; index += 1) {
    const name = (words[index] ?? "").replace(/^--/, "");
    if (["force", "raw-output", "all"].includes(name)) continue;
    const value = words[index + 1];
    if (!known.includes(name) || value === undefined) throw new Error(`oci takes no ${words[index]} here`);
    options[name] = value;
    index += 1;
  }
  return options;
}

/** Runs one `oci` command line, as the operator of this world. */
export async function runOci(w: CliWorld, words: readonly string[]): Promise<ShellReply> {
  const first = words.findIndex((word) => word.startsWith("--"));
  const name = words.slice(0, first).join(" ");
  const operation = operations[name];
  if (operation === undefined) throw new Error(`the runbook's oci has no ${name}`);
  const { method, service, asked, body = [] } = operation;
  const options = readOptions(words.slice(first), [...asked, ...body, "query"]);
  const runtime = w.runtime({}, { stdout: "", stderr: "" });
  const { signer, endpoint } = await signIn(runtime, readGlobalOptions({}), () => undefined);
  const { status, body: text } = await createOciRequester(
    runtime.transport,
    signer,
  )({
    method,
    url: `${endpoint(service)}${operation.path(options)}`,
    ...(method === "GET" ? {} : { body: bodyOf(body, options) }),
    deadline: w.clock.monotonic() + 10_000,
  });
  if (status >= 300) return { exitCode: 1, stdout: "" };
  const answer = { data: text === "" ? null : printed(JSON.parse(text)) };
  const shown = options["query"] === undefined ? answer : selected(answer, options["query"]);
  return { exitCode: 0, stdout: `${typeof shown === "string" ? shown : JSON.stringify(shown, null, 2)}\n` };
}
