import { fileURLToPath } from "node:url";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { systemEntropy } from "../../src/base/entropy.ts";
import { Secret } from "../../src/base/secret.ts";
import { fakeResourcePrincipal } from "../../src/emulator/core/principal.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import type { InvokeFunction } from "../../src/emulator/functions/api.ts";
import { createFunctionHost, type FunctionHost } from "../../src/emulator/functions/host.ts";
import { createSampleSecret, issuerSettings } from "../../src/emulator/sample.ts";
import { startServer } from "../../src/emulator/server.ts";
import type { IssuerProfile } from "./profiles.ts";
import { type SeenStage, stageOf } from "./stage-log.ts";

/** What an action was answered, and the stages that it ran. */
export interface SeenAction {
  readonly responseCode: number;
  readonly returnMessage: string;
  readonly ms: number;
  readonly stages: readonly SeenStage[];
}

/** Emulator on loopback, and the built function as a child process on its unix socket. */
export interface Rig {
  readonly emulator: Emulator;
  readonly url: string;
  readonly secretId: string;
  /** The client's id at the issuer. */
  readonly clientId: string;
  readonly invoke: InvokeFunction;
  /** The stages that the function has logged since this was last asked. */
  takeStages(): readonly SeenStage[];
  send(action: "heal" | "retire"): Promise<SeenAction>;
  /** Sends any event. */
  ask(event: object): Promise<SeenAction>;
  /** Changes the function's configuration: as at OCI Functions, the next call finds a new process. */
  configure(change: Readonly<Record<string, string>>): Promise<void>;
  /** Puts the emulator's clock forward to this time; the function keeps its own. */
  putForward(to: number): void;
  /** A version's content; `current` if no number is given. */
  content(versionNo?: number): Secret;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly profile: IssuerProfile;
  readonly config: Readonly<Record<string, string>>;
  readonly lateMs: number;
  /** A line on the function's stderr. */
  problem(line: string): void;
}

const BUNDLE = fileURLToPath(new URL("../../dist/function/func.js", import.meta.url));
const ACTION_LIMIT_MS = 300_000;

function createDemoEmulator(lateMs: number): Pick<Rig, "emulator" | "putForward"> {
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };
  const emulator = createEmulator({
    clock,
    entropy: systemEntropy,
    switches: { "updating-polls": 1, "late-ms": lateMs },
    verifySignatures: true,
  });
  return {
    emulator,
    putForward: (to) => {
      ahead = Math.max(ahead, to - systemClock.now());
    },
  };
}

export async function openRig({ profile, config, lateMs, problem }: RigOptions): Promise<Rig> {
  const { emulator, putForward } = createDemoEmulator(lateMs);
  const { admin } = emulator;
  const server = await startServer(emulator);
  const client = profile.prepare(emulator, server.url);
  const { functionId, secretId } = createSampleSecret(emulator, client.content, server.url);
  const fn = emulator.state.functions.functions[functionId];
  if (fn === undefined) throw new Error("the emulator made no function");
  const authority =
    client.authority === null
      ? {}
      : {
          OROT_AUTHORITY_SECRET_IDS: admin.createSecret({
            name: "sample-authority",
            content: JSON.stringify(client.authority(secretId)),
          }),
        };
  let configuration: Readonly<Record<string, string>> = {
    OROT_VAULT_ENDPOINT: server.url,
    OROT_SECRETS_ENDPOINT: server.url,
    ...issuerSettings(server.url),
    ...authority,
    ...config,
  };
  const principal = fakeResourcePrincipal(emulator.signatures, systemClock.now());
  let stages: SeenStage[] = [];
  const takeStages = () => {
    const taken = stages;
    stages = [];
    return taken;
  };
  const startHost = (): FunctionHost =>
    createFunctionHost({
      bundle: BUNDLE,
      fn,
      config: configuration,
      principal,
      clock: systemClock,
      onLine: (stream, line) => {
        if (stream === "stderr") problem(line);
        const stage = stageOf(line);
        if (stage !== null) stages.push(stage);
      },
    });
  let host = startHost();
  const ask = async (event: object): Promise<SeenAction> => {
    takeStages();
    const startedAt = systemClock.monotonic();
    const text = JSON.stringify(event);
    const { body } = await invoke(functionId, text, { callId: systemEntropy.uuid(), timeoutMs: ACTION_LIMIT_MS });
    const answer: { responseCode?: number; returnMessage?: string } = body === "" ? {} : JSON.parse(body);
    return {
      responseCode: answer.responseCode ?? 0,
      returnMessage: answer.returnMessage ?? "no answer",
      ms: systemClock.monotonic() - startedAt,
      stages: takeStages(),
    };
  };
  emulator.onKill = () => host.kill();
  const invoke: InvokeFunction = (...parameters) => host.invoke(...parameters);
  return {
    emulator,
    url: server.url,
    secretId,
    clientId: client.id,
    invoke,
    takeStages,
    putForward,
    ask,
    send: (action) => ask({ action, secretId }),
    configure: async (change) => {
      await host.stop();
      configuration = { ...configuration, ...change };
      host = startHost();
    },
    content: (versionNo) => {
      const current = admin.versions(secretId).find(({ versionStages }) => versionStages.includes("CURRENT"));
      const text = admin.content(secretId, versionNo ?? current?.number ?? 0);
      if (text === undefined) throw new Error("the emulator holds no such version");
      return new Secret(text);
    },
    close: async () => {
      await host.stop();
      await server.close();
    },
  };
}
