/** `oci-rotate clients` and `oci-rotate adopt` at an identity domain with a Free domain's limits: the commands themselves, in virtual time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runProgram } from "../../../src/cli/program.ts";
import { writeOciConfig } from "../../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../../src/emulator/emulator.ts";
import { quietRuntime } from "../../quiet-runtime.ts";
import { domainLoad } from "./domain-load.ts";

export interface ClientsFigures {
  readonly listed: number;
  /** Virtual time of the command, most of it at the domain. */
  readonly seconds: number;
}

export interface AdoptFigures {
  readonly clients: number;
  readonly adopted: number;
  /** A login accepted what was read back from Vault. */
  readonly proven: number;
  /** The authority may speak for them by a tag, and a function rotates them. */
  readonly bound: number;
  /** The value that worked before works no more, or Vault holds another. */
  readonly lost: number;
  /** Virtual time, divided by what the busier kind of request needs at the domain's own limit. */
  readonly ratio: number;
  readonly share429: number;
}

const LISTED = 5_000;
const ADOPTED = 1_000;
/** Nothing here is judged by how long a signature takes, and thousands are made. */
const KEY_BITS = 1024;
const LATENCY_MS = 30;
const DOMAIN = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
const COMPARTMENT = "ocid1.compartment.oc1..bench";
const VAULT = { vaultId: "ocid1.vault.oc1.iad.benchvault", keyId: "ocid1.key.oc1.iad.benchkey" };
const TAG = { namespace: "rotation", key: "client" };

interface AdoptedLine {
  readonly secretId: string | null;
  readonly outcome: string;
  readonly isProven: boolean;
}

export async function adoptFigures(
  listed = LISTED,
  wanted = ADOPTED,
): Promise<{ readonly clients: ClientsFigures; readonly adopt: AdoptFigures }> {
  const clock = createVirtualClock();
  const switches = { "domain-limits": "free" } as const;
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(1), switches, latencyMs: LATENCY_MS });
  const { admin } = emulator;
  admin.createVault(VAULT);
  const warden = admin.createApp({ admin: true });
  const apps = Array.from({ length: listed - 1 }, () => admin.createApp());
  const content = { issuer: "oci-iam", url: DOMAIN, clientId: warden.clientId, clientSecret: warden.secret };
  const authority = admin.createSecret({
    name: "authority",
    content: JSON.stringify({ kind: "client-secret", ...content, mayRotate: [{ tag: `${TAG.namespace}.${TAG.key}` }] }),
  });
  admin.createSecret({ name: "no-client", content: "{}", compartmentId: COMPARTMENT });
  const home = mkdtempSync(path.join(tmpdir(), "bench-adopt-"));
  try {
    const place = ["--region", "us-ashburn-1", "--config-file", writeOciConfig(home, emulator.signatures, KEY_BITS)];
    const run = async (words: readonly string[], input: string | null = null) => {
      const from = emulator.requests.length;
      const started = clock.monotonic();
      let printed = "";
      const print = (text: string) => {
        printed += text;
      };
      const runtime = quietRuntime(clock, emulator, home, { input, print });
      const exitCode = await runProgram(runtime, [...words, "--compartment", COMPARTMENT, "--json", ...place]);
      if (exitCode !== 0) throw new Error(`${words[0]} ended with ${exitCode}`);
      const ms = clock.monotonic() - started;
      return { data: JSON.parse(printed), ms, requests: emulator.requests.slice(from) };
    };
    const clients = await run(["clients", "--authority", authority]);
    const wantedApps = apps.slice(0, wanted);
    const input = JSON.stringify(wantedApps.map(({ clientId }) => ({ clientId })));
    const into = ["--vault-id", VAULT.vaultId, "--key-id", VAULT.keyId, "--function", admin.createFunction(), "--yes"];
    const adopt = await run(["adopt", "--authority", authority, "--stdin", ...into], input);
    const lines: readonly AdoptedLine[] = adopt.data.clients;
    const { share429, ratio } = domainLoad(adopt.requests, adopt.ms);
    const isBound = ({ secretId }: AdoptedLine) => {
      if (secretId === null) return false;
      const { definedTags, rotationConfig } = admin.secret(secretId);
      return rotationConfig !== null && JSON.stringify(definedTags).includes(`"${TAG.key}":`);
    };
    const isLost = ({ clientId, secret }: (typeof apps)[number], at: number) => {
      const id = lines[at]?.secretId ?? null;
      const stored: { appSecret?: string } = id === null ? {} : JSON.parse(admin.content(id, 1) ?? "{}");
      return admin.login(clientId, secret) !== "accepted" || (id !== null && stored.appSecret !== secret);
    };
    return {
      clients: { listed: clients.data.clients.length, seconds: Number((clients.ms / 1000).toFixed(1)) },
      adopt: {
        clients: wanted,
        adopted: lines.filter(({ outcome }) => outcome === "adopted").length,
        proven: lines.filter(({ isProven }) => isProven).length,
        bound: lines.filter(isBound).length,
        lost: wantedApps.filter(isLost).length,
        ratio,
        share429,
      },
    };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
