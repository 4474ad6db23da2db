import { expect, vi } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { type Answer, createHandler } from "../../src/rotation/handler.ts";
import { runSteps } from "../support/world.ts";
import { expectWellFormed } from "../support/worlds.ts";

/** The product in real time: the real handler, OCI Vault emulated in this process, the issuer a real server on the network. */
export interface LiveWorld {
  readonly emulator: Emulator;
  readonly secretId: string;
  /** Every line that the product wrote. */
  readonly lines: readonly string[];
  /** Sends one event, and holds the answer to what holds for all answers. */
  call(event: object, seconds?: number): Promise<Answer>;
  /** The four steps as Vault runs them; ends with the first failure. */
  steps(): Promise<Answer[]>;
  /** Sends heal until no other run's writer may still be at work on what it finds. */
  heal(): Promise<Answer>;
  /** The content of the version that is CURRENT. */
  current(): Record<string, unknown>;
  /** The client secret of each version, the oldest first. */
  values(): readonly string[];
}

export interface LiveWorldOptions {
  /** Settings beside those that shorten waits. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Content of a second authority's secret, which the settings then name, bound to this secret and client. */
  readonly authority?: (secretId: string, clientId: string) => object;
}

/** Waits of the product that are meant for a cloud, cut down to what a server on this machine needs. */
const QUICK = {
  OROT_LANDING_BOUND_SECONDS: "1",
  OROT_CLAIM_TTL_SECONDS: "7",
  OROT_ACTIVE_WAIT_SECONDS: "3",
  OROT_CALL_TIMEOUT_SECONDS: "10",
};

/** Longer than a PENDING version belongs to the call that wrote it. */
const HEALS = 30;
const ROTATED_MEMBERS = ["clientSecret", "appSecret"];

/** Where the server is to which the product may send the credential. */
function originOf(content: object): string {
  const { url, domainUrl } = content as { readonly url?: string; readonly domainUrl?: string };
  return new URL(url ?? domainUrl ?? "").origin;
}

const clientIdOf = (content: object) => String((content as { readonly clientId?: string }).clientId);

/** @param content of the secret that is rotated */
export function createLiveWorld(content: object, { environment = {}, authority }: LiveWorldOptions = {}): LiveWorld {
  // What the OCI SDK prints with console.warn the function keeps off its log (src/base/silence.ts); so do the tests.
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const emulator = createEmulator({ clock: systemClock, entropy: systemEntropy });
  const secretId = emulator.admin.createSecret({
    name: "live",
    content: JSON.stringify(content),
    metadata: withSecondPendingTaken({}),
  });
  const authorities =
    authority === undefined
      ? {}
      : {
          OROT_AUTHORITY_SECRET_IDS: emulator.admin.createSecret({
            name: "authority",
            content: JSON.stringify(authority(secretId, clientIdOf(content))),
          }),
        };
  const lines: string[] = [];
  const handler = createHandler({
    clock: systemClock,
    entropy: systemEntropy,
    transport: createNetworkTransport(systemClock),
    vaultAccess: () => ({
      transport: emulator.transport,
      signer: { signHttpRequest: () => Promise.resolve() },
      vaultEndpoint: "https://vaults.emulated.example",
      secretsEndpoint: "https://secrets.vaults.emulated.example",
    }),
    environment: { OROT_ISSUER_ORIGINS: originOf(content), ...QUICK, ...authorities, ...environment },
    write: (line) => {
      lines.push(line);
    },
  });
  const contentOf = (versionNo: number) => JSON.parse(emulator.admin.content(secretId, versionNo) ?? "{}");
  const values = () =>
    emulator.admin.versions(secretId).map(({ number }) => {
      const stored = contentOf(number);
      return String(ROTATED_MEMBERS.map((member) => stored[member]).find((value) => value !== undefined));
    });
  const call: LiveWorld["call"] = async (event, seconds = 60) => {
    const deadline = new Date(systemClock.now() + seconds * 1000);
    const answer = await handler(Buffer.from(JSON.stringify(event)), { callID: "01LIVECALL", deadline });
    expectWellFormed(answer);
    const said = [...lines, JSON.stringify(answer)].join("\n");
    const told = values().filter((value) => said.includes(value));
    expect(told.length, "client secrets in answers or log lines").toBe(0);
    return answer;
  };
  return {
    emulator,
    secretId,
    lines,
    call,
    steps: () => runSteps(call, secretId),
    heal: async () => {
      for (let sent = 1; ; sent += 1) {
        const answer = await call({ secretId, action: "heal" });
        if (!answer.returnMessage.startsWith("CLAIM_LIVE") || sent === HEALS) return answer;
        await systemClock.sleep(1_000);
      }
    },
    values,
    current: () => {
      const version = emulator.admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
      expect(version).toBeDefined();
      return contentOf(version?.number ?? 0);
    },
  };
}
