import type { Credential, Reader, SecretVersion, VersionStage } from "../../../src/consumer/index.ts";
import { createVirtualClock, type VirtualClock } from "../../../src/emulator/core/virtual-clock.ts";

/** A content in Oracle's format. */
export function content(appSecret: string, more: object = {}): string {
  return JSON.stringify({ iamDomainInstanceId: "idcs-1", appId: "a", clientId: "client", appSecret, ...more });
}

/** A claim on a secret; a real one holds CURRENT's client secret, another one shows whether anybody uses it. */
export function claim(appSecret: string): string {
  return content(appSecret, {
    _rotation: { v: 1, kind: "claim", callId: "call", ttlSeconds: 90, base: 1, takeovers: 0, token: "canary-token" },
  });
}

/** Vault as the reader sees it. */
export interface FakeVault {
  readonly clock: VirtualClock;
  current: SecretVersion | null;
  pending: SecretVersion | null;
  /** Thrown by every read while it is set. */
  failure: unknown;
  /** Half of it passes before the version is looked up, half after. */
  latencyMs: number;
  readonly reads: VersionStage[];
  /** How many reads of one version stage ran at once, at most. */
  readonly mostAtOnce: number;
  readonly reader: Reader;
}

export function createFakeVault(): FakeVault {
  const clock = createVirtualClock();
  const running = { CURRENT: 0, PENDING: 0 };
  const vault = {
    clock,
    current: { content: content("s0"), versionNo: 1 } as SecretVersion | null,
    pending: null as SecretVersion | null,
    failure: undefined as unknown,
    latencyMs: 20,
    reads: [] as VersionStage[],
    mostAtOnce: 0,
    reader: async (versionStage: VersionStage) => {
      vault.reads.push(versionStage);
      running[versionStage] += 1;
      vault.mostAtOnce = Math.max(vault.mostAtOnce, running[versionStage]);
      const { latencyMs } = vault;
      await clock.sleep(latencyMs / 2);
      const { current, pending, failure } = vault;
      await clock.sleep(latencyMs / 2);
      running[versionStage] -= 1;
      if (failure !== undefined) throw failure;
      return versionStage === "CURRENT" ? current : pending;
    },
  };
  return vault;
}

/** As oauth4webapi's `ResponseBodyError`. */
export class InvalidClient extends Error {
  readonly error = "invalid_client";
  readonly status = 401;
}

/** An issuer that keeps one client secret. */
export interface FakeIssuer {
  accepted: string;
  readonly tried: string[];
  readonly request: (credential: Credential) => Promise<string>;
}

export function createFakeIssuer(clock: VirtualClock): FakeIssuer {
  const issuer = {
    accepted: "s0",
    tried: [] as string[],
    request: async ({ clientSecret }: Credential) => {
      issuer.tried.push(clientSecret);
      await clock.sleep(10);
      if (clientSecret !== issuer.accepted) throw new InvalidClient("refused");
      await clock.sleep(10);
      return `token of ${clientSecret}`;
    },
  };
  return issuer;
}
