import { type CliWorld, useCli } from "./cli.ts";
import { OTHER_COMPARTMENT } from "./fleet.ts";

export const KEYCLOAK = "https://sso.emulated.example";
export const UAA = "https://uaa.emulated.example/uaa";
export const CMS = "https://cms.emulated.example";
export const DOMAIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;
export const VAULT = "ocid1.vault.oc1.iad.emulatedvault";
export const KEY = "ocid1.key.oc1.iad.emulatedkey";
export const INTO = ["--compartment", OTHER_COMPARTMENT, "--vault-id", VAULT, "--key-id", KEY];

interface Made {
  readonly clientId: string;
  readonly secret: string;
}

/** Registers what the tests of a file need; makes worlds with an issuer, an authority there, and a vault to adopt into. */
export function useAdoption() {
  const cli = useCli();
  return async (issuer: object, made: (w: CliWorld) => Made, environment: Record<string, string> = {}) => {
    const w = await cli({
      environment: { OROT_ISSUER_ORIGINS: [KEYCLOAK, UAA, CMS, DOMAIN].join(","), ...environment },
    });
    w.emulator.admin.createVault({ vaultId: VAULT, keyId: KEY });
    w.emulator.admin.createSecret({ name: "no-client", content: "{}", compartmentId: OTHER_COMPARTMENT });
    const { clientId, secret } = made(w);
    w.canary.add(secret);
    const text = { kind: "client-secret", clientId, clientSecret: secret, mayRotate: [], ...issuer };
    const authority = w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify(text) });
    const adopt = (...words: readonly string[]) => w.run("adopt", "--authority", authority, ...INTO, ...words);
    const adoptFrom = (input: string, ...words: readonly string[]) =>
      w.runWith({ input }, "adopt", "--authority", authority, ...INTO, "--stdin", ...words);
    return { w, authority, adopt, adoptFrom };
  };
}

/** The secrets that an adoption has made. */
export const madeIn = (w: CliWorld) =>
  Object.values(w.emulator.state.vault.secrets).filter(({ name }) => name.startsWith("oauth-"));

export interface Report {
  readonly clients: {
    readonly clientId: string;
    readonly outcome: string;
    readonly why: string | null;
    readonly next: string | null;
    readonly secretId: string | null;
    readonly newValue: string | null;
  }[];
}

/** Each client of the report with what came of it, sorted. */
export const outcomes = (json: Record<string, unknown>) =>
  (json as unknown as Report).clients.map(({ clientId, outcome }) => `${clientId} ${outcome}`).toSorted();
