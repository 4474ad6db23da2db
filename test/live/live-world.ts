import { expect } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { systemEntropy } from "../../src/entropy.ts";
import { type Answer, createHandler } from "../../src/handler.ts";
import { createNetworkTransport } from "../../src/http/network.ts";
import { expectWellFormed, STEPS } from "../support/worlds.ts";

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
  /** The content of the version that is CURRENT. */
  current(): Record<string, unknown>;
}

/** Waits of the product that are meant for a cloud, cut down to what a server on this machine needs. */
const QUICK = {
  OROT_LANDING_BOUND_SECONDS: "2",
  OROT_CLAIM_TTL_SECONDS: "10",
  OROT_ACTIVE_WAIT_SECONDS: "4",
  OROT_CALL_TIMEOUT_SECONDS: "10",
};

/**
 * @param content of the secret that is rotated
 * @param environment settings beside those that shorten waits
 */
export function createLiveWorld(content: object, environment: Readonly<Record<string, string>> = {}): LiveWorld {
  const emulator = createEmulator({ clock: systemClock, entropy: systemEntropy });
  const secretId = emulator.admin.createSecret({ name: "live", content: JSON.stringify(content) });
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
    environment: { ...QUICK, ...environment },
    write: (line) => {
      lines.push(line);
    },
  });
  const call: LiveWorld["call"] = async (event, seconds = 60) => {
    const deadline = new Date(systemClock.now() + seconds * 1000);
    const answer = await handler(Buffer.from(JSON.stringify(event)), { callID: "01LIVECALL", deadline });
    expectWellFormed(answer);
    return answer;
  };
  return {
    emulator,
    secretId,
    lines,
    call,
    steps: async () => {
      const answers: Answer[] = [];
      let versionNo: number | null = null;
      for (const step of STEPS) {
        const answer: Answer = await call({ step, secretId, versionNo });
        answers.push(answer);
        if (answer.responseCode !== 200) return answers;
        versionNo = answer.versionNo;
      }
      return answers;
    },
    current: () => {
      const version = emulator.admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
      expect(version).toBeDefined();
      return JSON.parse(emulator.admin.content(secretId, version?.number ?? 0) ?? "{}");
    },
  };
}
