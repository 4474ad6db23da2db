import { type Clock, systemClock } from "../../src/base/clock.ts";
import { DAY_MS } from "../../src/base/durations.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { fakeResourcePrincipal } from "../../src/emulator/core/principal.ts";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator/emulator.ts";
import { startServer } from "../../src/emulator/server.ts";

/** A client secret whose base64, URL-encoded and JSON-escaped forms all differ from it. */
const FIRST_SECRET = 'idcscs-"first"\\%7E+/ü?&=';

/** The emulator's HTTP server, verifying signatures, with one application and its day-old secret. */
export interface Cloud {
  readonly emulator: Emulator;
  readonly url: string;
  readonly clientId: string;
  readonly secretId: string;
  /** Environment of a function that is to find this cloud: its endpoints, and a principal of its own. */
  environment(): Record<string, string>;
  /** Another day-old secret with an application of its own. `change` may alter or replace its content. */
  addSecret(change?: (credential: Record<string, string>) => unknown): { secretId: string; clientId: string };
  /** What CURRENT holds, and whether its client secret logs in. Numbers depend on how many claims a rotation writes. */
  current(secretId: string): { number: number; appSecret: string; login: "accepted" | "rejected" };
  /** Puts the cloud's clock a day ahead: what a rotation has left behind is old then. */
  nextDay(): void;
  /** Resolves when the next connection whose answer the emulator holds back has been closed by the client. */
  heldConnectionClosed(): Promise<void>;
  /** Names of the calls that arrived since this was last asked. */
  calls(): string[];
  close(): Promise<void>;
}

export async function openCloud(switches: NonNullable<EmulatorOptions["switches"]> = {}): Promise<Cloud> {
  let shiftMs = 0;
  const waiting: (() => void)[] = [];
  const clock: Clock = {
    ...systemClock,
    now: () => systemClock.now() + shiftMs,
    // The server holds an answer back in a sleep that the `close` event of its response aborts.
    sleep: (ms, signal) => {
      if (ms === emulator.switches["slow-ms"])
        signal?.addEventListener("abort", () => waiting.shift()?.(), { once: true });
      return systemClock.sleep(ms, signal);
    },
  };
  const emulator = createEmulator({ clock, entropy: systemEntropy, switches, verifySignatures: true });
  const server = await startServer(emulator);
  const functionId = emulator.admin.createFunction();
  const addSecret: Cloud["addSecret"] = (change = (credential) => credential) => {
    const now = shiftMs;
    shiftMs = now - DAY_MS;
    const { appId, clientId, secret } = emulator.admin.createApp({ secret: FIRST_SECRET });
    const changed = change({ domainUrl: server.url, appId, clientId, appSecret: secret });
    const content = typeof changed === "string" ? changed : JSON.stringify(changed, null, 2);
    const metadata = withSecondPendingTaken({});
    const options = { name: clientId, content, functionId, rotationIntervalDays: 30, metadata };
    const secretId = emulator.admin.createSecret(options);
    shiftMs = now;
    return { secretId, clientId };
  };
  const { secretId, clientId } = addSecret();
  let seen = 0;
  return {
    emulator,
    url: server.url,
    clientId,
    secretId,
    environment: () => ({
      ...fakeResourcePrincipal(emulator.signatures, clock.now()),
      OROT_VAULT_ENDPOINT: server.url,
      OROT_SECRETS_ENDPOINT: server.url,
      OROT_ISSUER_ORIGINS: server.url,
    }),
    addSecret,
    current: (id) => {
      const number = emulator.admin.versions(id).find(({ versionStages }) => versionStages.includes("CURRENT"))?.number;
      const content = JSON.parse(emulator.admin.content(id, number ?? 0) ?? "{}") as Record<string, string>;
      const { appSecret = "", clientId: client = "" } = content;
      return { number: number ?? 0, appSecret, login: emulator.admin.login(client, appSecret) };
    },
    nextDay: () => {
      shiftMs += DAY_MS;
    },
    heldConnectionClosed: () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
      }),
    calls: () => {
      const names = emulator.requests.slice(seen).map(({ call }) => call);
      seen = emulator.requests.length;
      return names;
    },
    close: () => server.close(),
  };
}
