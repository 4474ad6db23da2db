import { expect } from "vitest";
import { systemClock } from "../../src/base/clock.ts";
import { runProgram } from "../../src/cli/program.ts";
import { createNetworkTransport } from "../../src/clients/http/network.ts";
import { INTO, madeIn } from "../support/adoption.ts";
import type { CliWorld } from "../support/cli.ts";
import { OTHER_COMPARTMENT } from "../support/fleet.ts";

/** How far Vault's own clock goes with each request to it, so that what is UPDATING ends. */
const VAULT_MS = 500;
const VAULT_LIMIT_MS = 10_000;

interface Listed {
  readonly clientId: string;
  readonly kind: string | null;
  readonly isEnabled: boolean | null;
  readonly isBuiltIn: boolean;
}
interface Line {
  readonly clientId: string;
  readonly outcome: string;
  readonly isProven: boolean;
  readonly secretId: string | null;
  readonly why: string | null;
}

/** The commands in real time: Vault emulated, the issuer the real one at `url`, asked by the authority with this content. */
export function openAdoption(w: CliWorld, url: string, authority: object) {
  w.emulator.admin.createVault({ vaultId: INTO[3] ?? "", keyId: INTO[5] ?? "" });
  w.emulator.admin.createSecret({ name: "no-client", content: "{}", compartmentId: OTHER_COMPARTMENT });
  const content = { kind: "client-secret", url, mayRotate: [{ tag: "rotation.client" }], ...authority };
  const authorityId = w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(content) });
  const network = createNetworkTransport(systemClock);
  const environment = {
    OROT_AUTHORITY_SECRET_IDS: authorityId,
    ...{ OROT_ISSUER_ORIGINS: new URL(url).origin, OROT_LANDING_BOUND_SECONDS: "1", OROT_CLAIM_TTL_SECONDS: "7" },
    ...{ OROT_ACTIVE_WAIT_SECONDS: "3", OROT_CALL_TIMEOUT_SECONDS: "10" },
  };
  const run = async (words: readonly string[], input?: string) => {
    const written = { stdout: "", stderr: "" };
    const given = input === undefined ? { environment } : { environment, input };
    const runtime = {
      ...w.runtime(given, written),
      clock: systemClock,
      transport: async (request: Parameters<typeof network>[0]) => {
        if (request.url.startsWith(new URL(url).origin)) return network(request);
        await w.clock.sleep(VAULT_MS);
        return w.emulator.transport({ ...request, deadline: w.clock.monotonic() + VAULT_LIMIT_MS });
      },
    };
    const exitCode = await runProgram(runtime, [...words, "--json"]);
    expect(written.stderr).toBe("");
    return { exitCode, json: JSON.parse(written.stdout) };
  };
  const by = ["--authority", authorityId];
  return {
    clients: async (...words: readonly string[]): Promise<readonly Listed[]> =>
      (await run(["clients", ...by, "--compartment", OTHER_COMPARTMENT, ...words])).json.clients,
    adopt: async (words: readonly string[], input?: string) => {
      const { exitCode, json } = await run(["adopt", ...by, ...INTO, "--via", "local", "--yes", ...words], input);
      return { exitCode, lines: json.clients as readonly Line[] };
    },
    retireUnknown: async (secretId: string) =>
      (await run(["retire", secretId, "--unknown", "--via", "local", "--yes"])).exitCode,
    /** What CURRENT holds, by client id. */
    held: () =>
      new Map(
        madeIn(w).map(({ versions }) => {
          const current = versions.find(({ stage }) => stage === "CURRENT");
          const { clientId, clientSecret } = JSON.parse(Buffer.from(current?.content ?? "", "base64").toString());
          return [String(clientId), String(clientSecret)] as const;
        }),
      ),
  };
}

/** How many lines have each outcome. */
export const tally = (lines: readonly Line[]) => {
  const counts: Record<string, number> = {};
  for (const { outcome } of lines) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
