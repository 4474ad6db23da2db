import type { OciSigner } from "../../../src/clients/http/oci-http-client.ts";
import type { Transport } from "../../../src/clients/http/transport.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import type { Switches } from "../../../src/emulator/core/switches.ts";
import { createVirtualClock, type VirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../../src/emulator/emulator.ts";
import { createMirrorHandler, type MirrorAnswer } from "../../../src/mirror/handler.ts";
import { watchCredentials } from "../credentials.ts";
import { watchedEntropy } from "../setup.ts";
import { createWatch, type Reading, type Watch } from "./watch.ts";

/** How a call ended; null: it was killed and gave no answer. */
export type MirrorEnd = MirrorAnswer | null;

export interface MirrorProcess {
  /** @param event a text is sent as it is; `isHttp`: as an API gateway passes it on */
  call(event: object | string, options?: { readonly isHttp?: boolean; readonly seconds?: number }): Promise<MirrorEnd>;
}

/** The mirror's function, Vault, an identity domain and the Credential Exchange, in virtual time. */
export interface MirrorWorld {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  /** The secret with the OAuth client that fetches, and that client. */
  readonly clientSecretId: string;
  readonly app: { readonly appId: string; readonly clientId: string; readonly secret: string };
  readonly watch: Watch;
  readonly log: readonly string[];
  /** Secrets, tokens and passwords of this run. */
  readonly canaries: readonly string[];
  /** @param beforeSend heard before the process sends its request of this number, from 0; a promise freezes the process until then */
  startProcess(beforeSend?: (number: number) => Promise<void> | undefined): MirrorProcess;
}

export interface MirrorWorldOptions {
  readonly seed?: number;
  readonly switches?: Partial<Switches>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly users?: readonly string[];
  /** Of the wallet; default: those of Oracle's documentation. */
  readonly files?: readonly string[];
  readonly reading?: Reading;
}

const MIRROR_TENANT = "abc123";
export const MIRROR_CALLBACK = "https://gateway.emulated.example/ces";
const PLATFORM_SECONDS = 300;
const COMPARTMENT = "ocid1.compartment.oc1..mirror";
const VAULT = "ocid1.vault.oc1..mirror";
const KEY = "ocid1.key.oc1..mirror";

// OCI request signatures are proven by the contract tests; here nothing listens to them.
const noSigner: OciSigner = { signHttpRequest: () => Promise.resolve() };

export function createMirrorWorld(options: MirrorWorldOptions = {}): MirrorWorld {
  const seed = options.seed ?? 1;
  const clock = createVirtualClock();
  const canaries: string[] = [];
  const emulator = createEmulator({
    clock,
    entropy: watchedEntropy(createSeededEntropy(seed), canaries),
    switches: { "latency-ms": 20, ...options.switches },
  });
  const { admin } = emulator;
  admin.createCompartment(COMPARTMENT);
  admin.createVault({ vaultId: VAULT, keyId: KEY });
  const app = admin.createApp();
  const content = {
    iamDomainInstanceId: `idcs-${"0".repeat(32)}`,
    appId: app.appId,
    clientId: app.clientId,
    appSecret: app.secret,
  };
  const clientSecretId = admin.createSecret({ name: "ces-client", content: JSON.stringify(content) });
  admin.createWallet({
    users: options.users ?? ["RDS_APP", "RDS_BATCH"],
    ...(options.files === undefined ? {} : { files: options.files }),
  });
  watchCredentials(emulator, canaries);
  const watch = createWatch(emulator, MIRROR_TENANT, options.reading);
  const environment = {
    OROT_MIRROR_CES_URL: "https://home.retail.emulated.example/rgbu-common-abc123-prd",
    OROT_MIRROR_TENANT_ID: MIRROR_TENANT,
    OROT_MIRROR_CALLBACK_URL: MIRROR_CALLBACK,
    OROT_MIRROR_CLIENT_SECRET_ID: clientSecretId,
    OROT_MIRROR_VAULT_ID: VAULT,
    OROT_MIRROR_KEY_ID: KEY,
    OROT_MIRROR_COMPARTMENT_ID: COMPARTMENT,
    ...options.environment,
  };
  const log: string[] = [];
  let processes = 0;
  const killers = new Map<string, () => void>();
  emulator.onKill = (name) => killers.get(name)?.();

  const startProcess: MirrorWorld["startProcess"] = (beforeSend = () => undefined) => {
    processes += 1;
    const caller = emulator.startCaller(`m${processes}`);
    let sent = 0;
    const transport: Transport = async (request) => {
      const askedAt = clock.monotonic();
      sent += 1;
      await beforeSend(sent - 1);
      // A frozen process checks no time-out: what it was about to send leaves as it thaws.
      return caller.transport({ ...request, deadline: request.deadline + (clock.monotonic() - askedAt) });
    };
    const access = {
      transport,
      signer: noSigner,
      vaultEndpoint: "https://vaults.emulated.example",
      secretsEndpoint: "https://secrets.vaults.emulated.example",
    };
    const handler = createMirrorHandler({
      clock,
      entropy: createSeededEntropy(seed + processes),
      transport,
      vaultAccess: () => access,
      environment,
      write: (line) => {
        log.push(line);
      },
    });
    return {
      async call(event, { isHttp = false, seconds = PLATFORM_SECONDS } = {}) {
        const body = Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
        const headers: Record<string, string[]> = isHttp
          ? { "Fn-Http-Method": ["POST"], "Fn-Intent": ["httprequest"] }
          : {};
        const timer = clock.abortAfter(seconds * 1000);
        const killed = new Promise<null>((resolve) => {
          killers.set(caller.name, () => resolve(null));
          timer.signal.addEventListener("abort", () => resolve(null), { once: true });
        });
        const deadline = new Date(clock.now() + seconds * 1000);
        const end = await Promise.race([handler(body, { callID: caller.name, deadline, headers }), killed]);
        timer.cancel();
        return end;
      },
    };
  };
  return { clock, emulator, clientSecretId, app, watch, log, canaries, startProcess };
}
