import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DefaultRequestSigner } from "oci-common";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { ExitCode } from "../../src/cli/exit-codes.ts";
import { CLEAR_LINE, REDRAW } from "../../src/cli/output/terminal.ts";
import { runProgram } from "../../src/cli/program.ts";
import type { Runtime } from "../../src/cli/runtime.ts";
import { fingerprintOf, writeOciConfig } from "../../src/emulator/core/principal.ts";
import type { RecordedRequest } from "../../src/emulator/core/record.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import type { Emulator } from "../../src/emulator/emulator.ts";
import { hiddenIn } from "./hidden-characters.ts";
import type { WorldOptions } from "./world.ts";
import { type TestWorld, useWorlds } from "./worlds.ts";

/** What a command left behind. */
export interface CliRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command sent, as the emulator saw it. */
  readonly requests: readonly RecordedRequest[];
  /** stdout as JSON; the test fails if it is not. */
  json(): Record<string, unknown>;
}

interface Written {
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** A user at a terminal, who answers questions with these in order. Absent: there is no terminal. */
  readonly answers?: readonly string[];
  /** Standard input. */
  readonly input?: string;
  readonly execute?: Runtime["execute"];
  readonly instancePrincipal?: Runtime["instancePrincipal"];
  readonly signal?: AbortSignal;
  readonly transport?: Runtime["transport"];
  /** Of the terminal. */
  readonly columns?: number;
}

/** A world with an operator: a home directory with an API key that the emulator knows, and the command. */
export interface CliWorld extends TestWorld {
  readonly home: string;
  /** What a command is given here; what it writes is added to `written`. */
  runtime(given: CliOptions, written: Written): Runtime;
  /** Runs `oci-rotate` with these words, in this process and in the world's time. */
  run(...args: readonly string[]): Promise<CliRun>;
  runWith(options: CliOptions, ...args: readonly string[]): Promise<CliRun>;
  /** A profile with a session: key, token file and lines of the config. `lifeMs` from the world's now; negative: it has ended. */
  writeSession(lifeMs: number, options?: { profile?: string; token?: string }): { token: string; tokenFile: string };
  /** A deployed function, which is the handler of this world; the id to invoke it by. */
  deploy(): string;
}

/** Signing with a key as long as OCI's took a third of the time of these tests. */
const TEST_KEY_BITS = 512;
/** The key with which the deployed function signs. */
const FUNCTION_KEY_ID = "ST$function";
/** Line ends, and what the command itself draws with. */
const OWN = new RegExp(
  `\r?\n|${[REDRAW, CLEAR_LINE].map((text) => text.replaceAll("[", "\\[")).join("|")}|\u001b\\[\\d{1,2}m`,
  "g",
);
const withoutOwn = (text: string) => text.replaceAll(OWN, "");
const readText = (file: string) => readFileSync(file, "utf8");
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token as OCI issues it, with the members that are read. */
export function sessionToken(expiresAt: number, claims: object = {}): string {
  const body = {
    exp: Math.floor(expiresAt / 1000),
    sub: "ocid1.user.oc1..session",
    tenant: "ocid1.tenancy.oc1..emulated",
  };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part({ ...body, ...claims })}.c2lnbmF0dXJl`;
}

/** Reads, and logins at an issuer: all that `check`, `scan`, `status`, `doctor` and `--dry-run` may send (invariant I10). */
export function expectOnlyReads(run: CliRun): void {
  const others = run.requests.filter(({ method, call }) => method !== "GET" && !call.startsWith("token-"));
  expect(others.map(({ method, call, target }) => `${method} ${call} ${target}`)).toEqual([]);
}

/**
 * For the tests of one file. After each test everything that was printed is searched for client secrets, tokens and key material.
 *
 * ```ts
 * const cli = useCli();
 * test("...", async () => {
 *   const w = await cli();
 *   const run = await w.run("check", w.secretId);
 *   expect(run.exitCode).toBe(0);
 * });
 * ```
 */
export function useCli(): (options?: WorldOptions) => Promise<CliWorld> {
  const worlds = useWorlds();
  const printed: { readonly world: TestWorld; readonly texts: Written[] }[] = [];
  const homes: string[] = [];
  let keys = "";
  beforeAll(() => {
    // A key takes a moment to make; all homes of a file have the same.
    keys = mkdtempSync(path.join(tmpdir(), "cli-keys-"));
    writeOciConfig(
      keys,
      { registerKey: () => undefined, problem: () => undefined, problemBefore: () => undefined },
      TEST_KEY_BITS,
    );
  });
  afterAll(() => rmSync(keys, { recursive: true, force: true }));
  afterEach(() => {
    for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
    const worldsOfTest = printed.splice(0);
    const shown = worldsOfTest.flatMap(({ texts }) => texts.flatMap(({ stdout, stderr }) => [stdout, stderr]));
    const leaks = worldsOfTest.flatMap(({ world, texts: written }) => {
      const texts = written.flatMap(({ stdout, stderr }) => [stdout, stderr]);
      const keyMaterial = texts.filter((text) => text.includes("PRIVATE KEY")).map(() => "key material");
      return [...world.canary.leaksIn(texts), ...keyMaterial];
    });
    expect(leaks, "secrets on stdout or stderr").toEqual([]);
    const seen = shown.map((text) => hiddenIn(withoutOwn(text)));
    expect(
      seen.filter((what) => what !== null),
      "hidden characters on stdout or stderr",
    ).toEqual([]);
  });

  return async (options = {}) => {
    const signer = (emulator: Emulator) => {
      emulator.signatures.registerKey(FUNCTION_KEY_ID, readText(path.join(keys, "oci-api-key.public.pem")));
      const privateKey = readText(path.join(keys, "oci-api-key.pem"));
      return new DefaultRequestSigner({
        getKeyId: async () => FUNCTION_KEY_ID,
        getPrivateKey: () => privateKey,
        getPassphrase: () => null,
      });
    };
    const switches = { "verify-signatures": "on" as const, ...options.switches };
    const world = await worlds({ signer, ...options, switches });
    const { emulator, clock } = world;
    // An operator's machine needs the same setting as the function.
    const { OROT_ISSUER_ORIGINS } = world.environment;
    const origins = OROT_ISSUER_ORIGINS === undefined ? {} : { OROT_ISSUER_ORIGINS };
    const home = mkdtempSync(path.join(tmpdir(), "cli-home-"));
    homes.push(home);
    const folder = path.join(home, ".oci");
    cpSync(keys, folder, { recursive: true });
    cpSync(writeOciConfig(folder, emulator.signatures), path.join(folder, "config"));
    const texts: Written[] = [];
    printed.push({ world, texts });

    const runtime: CliWorld["runtime"] = (given, written) => {
      const answers = [...(given.answers ?? [])];
      const isTerminal = given.answers !== undefined;
      texts.push(written);
      return {
        clock,
        entropy: createSeededEntropy(3),
        transport: given.transport ?? emulator.transport,
        environment: { ...origins, ...given.environment },
        homeDirectory: home,
        writeOut: (text) => {
          written.stdout += text;
        },
        writeError: (text) => {
          written.stderr += text;
        },
        isTerminal: { stdin: isTerminal, stdout: isTerminal, stderr: isTerminal },
        columns: given.columns ?? null,
        ask: async (question) => {
          written.stderr += question;
          const answer = answers.shift();
          if (answer === undefined) throw new Error(`unexpected question: ${question}`);
          return answer;
        },
        readInput: async () => given.input ?? Promise.reject(new Error("nothing was to be read")),
        execute: given.execute ?? (async (command) => Promise.reject(new Error(`unexpected command: ${command}`))),
        instancePrincipal: given.instancePrincipal ?? (async () => Promise.reject(new Error("no metadata service"))),
        functionBundle: "dist/function/func.js",
        signal: given.signal ?? new AbortController().signal,
      };
    };
    const runWith: CliWorld["runWith"] = async (given, ...args) => {
      const from = emulator.requests.length;
      const written = { stdout: "", stderr: "" };
      const exitCode = await runProgram(runtime(given, written), args);
      return {
        exitCode,
        ...written,
        requests: emulator.requests.slice(from),
        json: () => JSON.parse(written.stdout) as Record<string, unknown>,
      };
    };

    return {
      ...world,
      home,
      runtime,
      runWith,
      run: (...args) => runWith({}, ...args),
      writeSession: (lifeMs, { profile = "DEFAULT", token = sessionToken(clock.now() + lifeMs) } = {}) => {
        const sessions = path.join(folder, "sessions", profile);
        mkdirSync(sessions, { recursive: true });
        const tokenFile = path.join(sessions, "token");
        writeFileSync(tokenFile, token, { mode: 0o600 });
        world.canary.add(token);
        const publicKey = path.join(folder, "oci-api-key.public.pem");
        emulator.signatures.registerKey(`ST$${token.trim()}`, readText(publicKey));
        const lines = [
          `[${profile}]`,
          `fingerprint=${fingerprintOf(readText(publicKey))}`,
          `key_file=${path.join(folder, "oci-api-key.pem")}`,
          "tenancy=ocid1.tenancy.oc1..emulated",
          "region=us-ashburn-1",
          `security_token_file=${tokenFile}`,
        ];
        writeFileSync(path.join(folder, "config"), `${lines.join("\n")}\n`);
        return { token, tokenFile };
      },
      deploy: () => {
        emulator.invoke = async (_functionId, event, { callId, timeoutMs }) => {
          const context = { callID: callId, deadline: new Date(clock.now() + timeoutMs) };
          return { status: 200, body: JSON.stringify(await world.handler(Buffer.from(event), context)) };
        };
        return emulator.admin.createFunction();
      },
    };
  };
}
