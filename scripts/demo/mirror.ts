import { fileURLToPath } from "node:url";
import { systemClock } from "../../src/base/clock.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import type { CesCallback } from "../../src/emulator/ces/admin.ts";
import { fakeResourcePrincipal } from "../../src/emulator/core/principal.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { createFunctionHost } from "../../src/emulator/functions/host.ts";
import { issuerSettings, sampleApplication } from "../../src/emulator/sample.ts";
import { startServer } from "../../src/emulator/server.ts";
import { createWatch } from "../../test/prove/mirror/watch.ts";
import { openGateway } from "./gateway.ts";

const BUNDLE = fileURLToPath(new URL("../../dist/mirror/func.js", import.meta.url));
const TENANT = "demo";
const LIMIT_MS = 300_000;
/** Short, so that the demo takes no minute. */
const SECONDS_BETWEEN_FETCHES = 3;

/** For the eye and, with --json, for scripts. Holds no secret. */
export interface MirrorDemo {
  readonly ok: boolean;
  readonly mirror: {
    /** Secrets that the mirror made. */
    readonly secrets: number;
    readonly manifestVersion: number;
    /** How many sets the Credential Exchange has had, and which of them Vault has, counted from 1. */
    readonly setsServed: number;
    readonly setInForce: number;
    /** Of the callbacks of one rotation: how the mirror answered. */
    readonly callbacks: readonly number[];
    readonly fetches: number;
    readonly tokenRequests: number;
    readonly problems: readonly string[];
  };
}

function mirrored({ state }: Emulator) {
  return Object.values(state.vault.secrets).filter(({ name }) => name.startsWith(`ces.${TENANT}.`));
}

function table(emulator: Emulator): string[] {
  return mirrored(emulator).map(({ name, versions }) => `  ${name.padEnd(50)}version ${versions.length}`);
}

function configuration(emulator: Emulator, url: string, callbackUrl: string): Record<string, string> {
  const content = JSON.stringify(sampleApplication(emulator, url));
  return {
    OROT_VAULT_ENDPOINT: url,
    OROT_SECRETS_ENDPOINT: url,
    ...issuerSettings(url),
    OROT_MIRROR_CES_URL: `${url}/rgbu-common-${TENANT}-prd`,
    OROT_MIRROR_TENANT_ID: TENANT,
    OROT_MIRROR_CALLBACK_URL: `${callbackUrl},mailto:operator@emulated.example`,
    OROT_MIRROR_CLIENT_SECRET_ID: emulator.admin.createSecret({ name: "retail-home-client", content }),
    OROT_MIRROR_VAULT_ID: "ocid1.vault.oc1.iad.emulatedvault",
    OROT_MIRROR_KEY_ID: "ocid1.key.oc1.iad.emulatedkey",
    OROT_MIRROR_COMPARTMENT_ID: "ocid1.compartment.oc1..emulatedcompartment",
    OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES: String(SECONDS_BETWEEN_FETCHES),
  };
}

/** Sends what the Credential Exchange owes its endpoints. */
async function callBack(emulator: Emulator, callbacks: readonly CesCallback[]): Promise<number[]> {
  const transport = createNetworkTransport(systemClock);
  const statuses: number[] = [];
  for (const { url, body } of callbacks) {
    const deadline = systemClock.monotonic() + LIMIT_MS;
    const { status } = await transport({
      method: "POST",
      url,
      headers: { "content-type": "application/json" },
      body,
      deadline,
    });
    emulator.admin.callbackEnded(url, status === 200);
    statuses.push(status);
  }
  return statuses;
}

/** A change at the Credential Exchange, on its way into Vault. */
export async function mirrorDemo(tell: (text: string) => void): Promise<MirrorDemo> {
  const emulator = createEmulator({
    clock: systemClock,
    entropy: systemEntropy,
    switches: { "updating-polls": 1, "ces-callback-body": "unquoted" },
    verifySignatures: true,
  });
  const { admin } = emulator;
  const server = await startServer(emulator);
  admin.createWallet({ walletName: "Wallet_DEMO", users: ["RDS_APP", "RDS_BATCH"] });
  const watch = createWatch(emulator, TENANT);
  const functionId = admin.createFunction({ displayName: "oci-rotate-mirror" });
  const fn = emulator.state.functions.functions[functionId];
  if (fn === undefined) throw new Error("the emulator made no function");
  // The gateway's address is part of the function's configuration, and the function stands behind the gateway.
  let host: ReturnType<typeof createFunctionHost> | null = null;
  const gateway = await openGateway(functionId, (...parameters) =>
    host === null ? Promise.resolve({ status: 503, body: "" }) : host.invoke(...parameters),
  );
  host = createFunctionHost({
    bundle: BUNDLE,
    fn,
    config: configuration(emulator, server.url, gateway.url),
    principal: fakeResourcePrincipal(emulator.signatures, systemClock.now()),
    clock: systemClock,
    onLine: (stream, line) => {
      if (stream === "stderr") tell(`function: ${line}`);
    },
  });
  try {
    tell("Passwords and wallet of a Retail database, mirrored into OCI Vault.\n");
    tell(`  emulator     ${server.url}: OCI Vault, an identity domain, the Credential Exchange`);
    tell(`  gateway      ${gateway.url}: where the Credential Exchange calls back`);
    tell("  function     dist/mirror/func.js, started as OCI Functions starts it\n");
    const call = { callId: systemEntropy.uuid(), timeoutMs: LIMIT_MS };
    const first = await host.invoke(functionId, JSON.stringify({ action: "mirror" }), call);
    tell(`The schedule calls the mirror: ${first.body}\n`);
    tell(`${table(emulator).join("\n")}\n`);
    tell(`Registered at the Credential Exchange: ${admin.cesEndpoints().join(", ")}\n`);
    const owed = admin.rotateWallets("all");
    watch.served();
    tell(
      `Oracle changes every password and every binary file, and calls back with the body it documents: ${owed[0]?.body ?? ""}`,
    );
    const callbacks = await callBack(emulator, owed);
    tell(`The mirror answered ${callbacks.join(", ")}, and said only that the callback was received.\n`);
    tell(`${table(emulator).join("\n")}\n`);
    const count = (name: string) => emulator.requests.filter((request) => request.call === name).length;
    const manifest = mirrored(emulator).find(({ name }) => name.endsWith(".manifest"));
    const mirror = {
      secrets: mirrored(emulator).length,
      manifestVersion: manifest?.versions.length ?? 0,
      setsServed: watch.newest + 1,
      setInForce: watch.inForce + 1,
      callbacks,
      fetches: count("fetch-credentials"),
      tokenRequests: count("token-current") + count("token-pending"),
      problems: watch.problems,
    };
    const ok = mirror.setInForce === mirror.setsServed && mirror.problems.length === 0 && callbacks.length > 0;
    tell(
      ok
        ? `Version ${mirror.manifestVersion} of the manifest names the new set: at no request in between could a reader see a part of it.`
        : "It did not end well.",
    );
    return { ok, mirror };
  } finally {
    await host.stop();
    await gateway.close();
    await server.close();
  }
}
