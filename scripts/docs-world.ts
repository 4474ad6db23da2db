/** A company's clients at the emulator, for pictures and transcripts: in virtual time and from a seed, so that every run gives the same. */
import { DAY_MS, HOUR_MS } from "../src/base/durations.ts";
import "../src/base/silence.ts";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readGlobalOptions } from "../src/cli/global-options.ts";
import { createLocalFunction } from "../src/cli/local.ts";
import { runProgram } from "../src/cli/program.ts";
import type { Runtime } from "../src/cli/runtime.ts";
import { signIn } from "../src/cli/sign-in/sign-in.ts";
import { withSecondPendingTaken } from "../src/clients/vault/rotation-metadata.ts";
import { writeOciConfig } from "../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../src/emulator/emulator.ts";

const START_MS = Date.parse("2026-11-23T08:00:00Z");
const DOMAIN = `idcs-${"0".repeat(32)}`;
export const DOCS_COMPARTMENT = "ocid1.compartment.oc1..example";
/** Here the secrets are real ones of clients of one identity domain, and all are due. */
export const DOCS_STORES = "ocid1.compartment.oc1..stores";
/** As the first rotation of a secret leaves it: the documents show one like any other. */
const ROTATED = withSecondPendingTaken({});
const STORES = ["store-berlin", "store-hamburg", "store-leipzig", "store-munich"];

interface Client {
  readonly name: string;
  readonly issuer: "oci-iam" | "keycloak" | "uaa" | "edfi-cms";
  /** Days before now. */
  readonly rotated: number;
  /** Days from now. */
  readonly next?: number;
  readonly expires?: number;
  readonly outcome?: string;
  readonly owner?: string;
  readonly contact?: string;
}

const CLIENTS: readonly Client[] = [
  {
    name: "webshop-checkout",
    issuer: "keycloak",
    rotated: 92,
    next: 2,
    expires: -2,
    owner: "Webshop",
    contact: "webshop@example.com",
  },
  {
    name: "warehouse-sync",
    issuer: "oci-iam",
    rotated: 31,
    next: -1,
    outcome: "LOCKED_OUT",
    owner: "Logistics",
    contact: "logistics@example.com",
  },
  {
    name: "payments-gateway",
    issuer: "keycloak",
    rotated: 24,
    next: 6,
    expires: 9,
    owner: "Payments",
    contact: "payments@example.com",
  },
  { name: "pos-north", issuer: "oci-iam", rotated: 18, next: 12, owner: "Stores", contact: "+49 30 555 0100" },
  { name: "pos-south", issuer: "oci-iam", rotated: 17, next: 13, owner: "Stores", contact: "+49 30 555 0100" },
  { name: "pos-west", issuer: "oci-iam", rotated: 16, next: 14, owner: "Stores", contact: "+49 30 555 0100" },
  {
    name: "school-roster",
    issuer: "edfi-cms",
    rotated: 9,
    next: 21,
    owner: "Education",
    contact: "education@example.com",
  },
  { name: "build-pipeline", issuer: "uaa", rotated: 4, next: 26, owner: "Platform", contact: "platform@example.com" },
  { name: "log-shipper", issuer: "uaa", rotated: 40, next: 50, owner: "Platform", contact: "platform@example.com" },
  {
    name: "reports-nightly",
    issuer: "oci-iam",
    rotated: 20,
    next: 70,
    outcome: "ISSUER_CONFIGURATION",
    owner: "Finance",
    contact: "finance@example.com",
  },
  { name: "loyalty-app", issuer: "keycloak", rotated: 10, next: 80, expires: 80 },
  { name: "legacy-import", issuer: "oci-iam", rotated: 400 },
];

function fill(emulator: Emulator): void {
  const { admin, entropy } = emulator;
  const functionId = admin.createFunction();
  const at = (days: number) => START_MS + days * DAY_MS;
  const timeText = (days: number) => `${new Date(at(days)).toISOString().slice(0, 19)}Z`;
  for (const client of CLIENTS) {
    const id = admin.createSecret({
      name: client.name,
      content: "{}",
      compartmentId: DOCS_COMPARTMENT,
      functionId,
      metadata: ROTATED,
    });
    const secret = admin.secret(id);
    secret.lastRotationAt = at(-client.rotated);
    secret.nextRotationAt = client.next === undefined ? null : at(client.next);
    secret.freeformTags = {
      "orot-issuer": client.issuer,
      "orot-client": client.issuer === "oci-iam" ? Buffer.from(entropy.bytes(16)).toString("hex") : client.name,
      "orot-outcome": `${client.outcome ?? "OK"} ${timeText(client.outcome === undefined ? -client.rotated : -1)} v4`,
      ...(client.expires === undefined ? {} : { "orot-expires-on": `${timeText(client.expires)} v4` }),
      ...(client.owner === undefined ? {} : { "orot-owner": client.owner }),
      ...(client.contact === undefined ? {} : { "orot-contact": client.contact }),
    };
  }
}

/** The last one's content lacks a member, as after a slip of the pen. */
function fillStores(emulator: Emulator): void {
  const { admin } = emulator;
  const domainUrl = "https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com";
  const functionId = admin.createFunction();
  for (const [index, name] of STORES.entries()) {
    const { appId, clientId, secret } = admin.createApp({ clientId: name });
    const isSlip = index === STORES.length - 1;
    const content = isSlip
      ? { domainUrl, clientId, appSecret: secret }
      : { domainUrl, appId, clientId, appSecret: secret };
    const text = JSON.stringify(content);
    const id = admin.createSecret({ name, content: text, compartmentId: DOCS_STORES, functionId, metadata: ROTATED });
    admin.secret(id).nextRotationAt = START_MS - DAY_MS;
  }
}

export interface DocsWorld {
  /**
   * Another client, whose rotation was killed right after the issuer had made a new client secret: CURRENT is dead, and
   * the new value is lost.
   * @returns the OCID of its secret
   */
  interrupted(): Promise<string>;
  /** Runs a command line at a terminal of that width without colours; answers what it wrote, and its exit code. */
  run(...args: readonly string[]): Promise<{ readonly output: string; readonly exitCode: number }>;
  dispose(): void;
}

export function createDocsWorld(): DocsWorld {
  const clock = createVirtualClock(START_MS);
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(7), latencyMs: 30, verifySignatures: true });
  fill(emulator);
  fillStores(emulator);
  const home = mkdtempSync(path.join(tmpdir(), "docs-world-"));
  const folder = path.join(home, ".oci");
  mkdirSync(folder);
  renameSync(writeOciConfig(folder, emulator.signatures), path.join(folder, "config"));
  const options = readGlobalOptions({});
  const unexpected = async () => Promise.reject(new Error("no transcript asks for it"));
  const runtime = (write: (text: string) => void): Runtime => ({
    clock,
    entropy: createSeededEntropy(8),
    transport: emulator.transport,
    // A dumb terminal, since a page cannot write over a line.
    environment: { NO_COLOR: "1", TERM: "dumb" },
    homeDirectory: home,
    writeOut: write,
    writeError: write,
    isTerminal: { stdin: false, stdout: true, stderr: true },
    columns: 180,
    ask: unexpected,
    readInput: async () => Promise.reject(new Error("nothing was to be read")),
    execute: unexpected,
    instancePrincipal: unexpected,
    functionBundle: "dist/function/func.js",
    signal: new AbortController().signal,
  });
  const interrupted = async () => {
    const { admin, faults } = emulator;
    const { appId, clientId, secret } = admin.createApp();
    const content = JSON.stringify({ iamDomainInstanceId: DOMAIN, appId, clientId, appSecret: secret });
    const secretId = admin.createSecret({
      name: "pos-east",
      content,
      compartmentId: DOCS_COMPARTMENT,
      metadata: ROTATED,
    });
    admin.secret(secretId).freeformTags = { "orot-owner": "Stores", "orot-contact": "+49 30 555 0100" };
    await clock.sleep(DAY_MS);
    faults.add({ call: "regenerate", kind: "killed-after" });
    const here = runtime(() => undefined);
    const rotate = createLocalFunction(here, await signIn(here, options, () => undefined));
    await Promise.race([rotate({ secretId }), clock.sleep(HOUR_MS / 4)]);
    return secretId;
  };
  return {
    interrupted,
    run: async (...args) => {
      let output = "";
      const exitCode = await runProgram(
        runtime((text) => {
          output += text;
        }),
        args,
      );
      return { output, exitCode };
    },
    dispose: () => rmSync(home, { recursive: true, force: true }),
  };
}
