import type { OciSigner } from "../../src/clients/http/oci-http-client.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../src/clients/http/transport.ts";
import type { VaultAccess } from "../../src/clients/vault/oci-store.ts";
import { withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock, type VirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { SendMail } from "../../src/notify/mail.ts";
import { type Answer, createHandler, type Handler } from "../../src/rotation/handler.ts";
import { type ClientKind, ociIamClient, type WorldClient } from "./clients.ts";

/** The whole product in one process and in virtual time: the real handler and SDK clients against the emulator. */
export interface World {
  readonly clock: VirtualClock;
  readonly emulator: Emulator;
  readonly handler: Handler;
  readonly secretId: string;
  /** Whose client secret is rotated. */
  readonly client: WorldClient;
  /** The same, as an identity domain calls it. */
  readonly app: { readonly appId: string; readonly clientId: string; readonly secret: string };
  /** The configuration of the running function; a test may change it. */
  readonly environment: Record<string, string>;
  /** Every log line, parsed. */
  readonly log: readonly Record<string, unknown>[];
  /** Sends one event; the deadline is the platform's 300 seconds unless another is given. */
  call(event: unknown, seconds?: number): Promise<Answer>;
  /** The four steps of this world's secret. */
  steps(): Promise<Answer[]>;
  /** Names of the calls recorded since the last time this was asked. */
  calls(): string[];
}

/** The names of the four steps in the order in which Vault sends them. */
export const STEPS = [
  "VERIFY_CONNECTION",
  "CREATE_PENDING_VERSION",
  "UPDATE_TARGET_SYSTEM",
  "PROMOTE_PENDING_VERSION",
] as const;

/** The four steps as Vault runs them; ends with the first failure. */
export async function runSteps(call: (event: object) => Promise<Answer>, secretId: string): Promise<Answer[]> {
  const answers: Answer[] = [];
  let versionNo: number | null = null;
  for (const step of STEPS) {
    const answer = await call({ step, secretId, versionNo });
    answers.push(answer);
    if (answer.responseCode !== 200) return answers;
    versionNo = answer.versionNo;
  }
  return answers;
}

export interface WorldOptions {
  readonly switches?: EmulatorOptions["switches"];
  readonly environment?: Readonly<Record<string, string>>;
  /** At which issuer; default: an OCI IAM identity domain. */
  readonly client?: ClientKind;
  /** Changes the content before it is stored. */
  readonly content?: (sample: Record<string, unknown>) => unknown;
  /** The secret has never been rotated, so it is not known what Vault does with a second PENDING version. */
  readonly isFirst?: boolean;
  /** Marks requests as signed, if a test needs the identity domain to see that. */
  readonly signsRequests?: boolean;
  /** Really signs them, for an emulator that verifies signatures. */
  readonly signer?: (emulator: Emulator) => OciSigner;
  /** What stands between the function and the emulator; default: nothing. */
  readonly transport?: (emulator: Emulator, clock: VirtualClock) => Transport;
  /** Takes the mail; default: none can be sent. */
  readonly sendMail?: SendMail;
  /** Changes what a server answers; undefined: it stays as it is. */
  readonly bend?: (answer: HttpResponse, request: HttpRequest) => HttpResponse | undefined;
  /** How old the secret is when the test begins. */
  readonly ageSeconds?: number;
}

// OCI request signatures are proven by the contract tests; here nothing listens to them.
const noSigner: OciSigner = { signHttpRequest: () => Promise.resolve() };

/** How a function of a world gets at the emulator's OCI. */
export const accessOver = (transport: Transport, signer = noSigner): VaultAccess => ({
  transport,
  signer,
  vaultEndpoint: "https://vaults.emulated.example",
  secretsEndpoint: "https://secrets.vaults.emulated.example",
  notificationsEndpoint: "https://notification.emulated.example",
  monitoringEndpoint: "https://telemetry-ingestion.emulated.example",
});
const markingSigner: OciSigner = {
  signHttpRequest: (request) => {
    request.headers.set("authorization", 'Signature version="1"');
    return Promise.resolve();
  },
};

/**
 * Credentials may go to identity domains unless the settings say otherwise, and to other issuers only if the settings
 * name them.
 */
function originsOf({ content: { url } }: WorldClient): Readonly<Record<string, string>> {
  return typeof url === "string" ? { OROT_ISSUER_ORIGINS: new URL(url).origin } : {};
}

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const clock = createVirtualClock();
  const emulator = createEmulator({
    clock,
    entropy: createSeededEntropy(1),
    switches: options.switches ?? {},
    latencyMs: options.switches?.["latency-ms"] ?? 5,
  });
  const client = (options.client ?? ociIamClient)(emulator);
  const content = options.content?.(client.content) ?? client.content;
  const text = typeof content === "string" ? content : JSON.stringify(content);
  const metadata = options.isFirst ? {} : withSecondPendingTaken({});
  const secretId = emulator.admin.createSecret({ name: "app", content: text, metadata });
  const authority = client.authority && { name: "authority", content: JSON.stringify(client.authority(secretId)) };
  const environment: Record<string, string> = {
    ...originsOf(client),
    ...options.environment,
    ...(authority && { OROT_AUTHORITY_SECRET_IDS: emulator.admin.createSecret(authority) }),
  };
  await clock.sleep((options.ageSeconds ?? 86_400) * 1000);
  const log: Record<string, unknown>[] = [];
  const signer = options.signer?.(emulator) ?? (options.signsRequests ? markingSigner : noSigner);
  const between = options.transport?.(emulator, clock) ?? emulator.transport;
  const transport: Transport = async (request) => {
    const answer = await between(request);
    return options.bend?.(answer, request) ?? answer;
  };
  const handler = createHandler({
    clock,
    entropy: createSeededEntropy(2),
    transport,
    vaultAccess: () => accessOver(transport, signer),
    sendMail: options.sendMail ?? (() => Promise.resolve({ outcome: "not-sent", why: "UNREACHABLE" })),
    environment,
    write: (line) => {
      log.push(JSON.parse(line));
    },
  });
  let seen = 0;
  const call: World["call"] = (event, seconds = 300) => {
    const body =
      event instanceof Uint8Array ? event : Buffer.from(typeof event === "string" ? event : JSON.stringify(event));
    return handler(body, { callID: "01TESTCALL", deadline: new Date(clock.now() + seconds * 1000) });
  };
  return {
    clock,
    emulator,
    handler,
    secretId,
    client,
    environment,
    app: { appId: client.subjectId, clientId: client.clientId, secret: client.secret },
    log,
    call,
    steps: () => runSteps(call, secretId),
    calls() {
      const names = emulator.requests.slice(seen).map((request) => request.call);
      seen = emulator.requests.length;
      return names;
    },
  };
}
