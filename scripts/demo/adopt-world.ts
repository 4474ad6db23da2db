import "../../src/base/silence.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runProgram } from "../../src/cli/program.ts";
import { writeOciConfig } from "../../src/emulator/core/principal.ts";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator } from "../../src/emulator/emulator.ts";
import { createHandler } from "../../src/rotation/handler.ts";
import { quietRuntime } from "../quiet-runtime.ts";

export const COMPARTMENT = "ocid1.compartment.oc1..fleet";
export const HOOK = "https://hooks.emulated.example/receivers/billing";
const VAULT = "ocid1.vault.oc1.iad.fleetvault";
const KEY = "ocid1.key.oc1.iad.fleetkey";
const KEYCLOAK = "https://sso.emulated.example";
const UAA = "https://uaa.emulated.example/uaa";
const CMS = "https://cms.emulated.example";
const WEBHOOK_KEY = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const KEY_BITS = 2048;
/** A client of the UAA whose value nobody knows any more. */
export const HOLDER = "billing-01";
/** At each issuer, its administrator's client included. */
const CLIENTS = 30;

/** One issuer, as the administrator knows it. */
export interface DemoIssuer {
  readonly name: "keycloak" | "uaa" | "edfi-cms";
  /** OCID of the secret with its administrator's credential. */
  readonly authority: string;
  /** Standard input of adopt; null: all that the issuer lists. */
  readonly input: string | null;
  readonly adoptWords: readonly string[];
  /** What each client used before anybody adopted it, by client id. */
  readonly values: ReadonlyMap<string, string>;
  /** Asks the issuer itself; this is no request. */
  accepts(clientId: string, value: string): boolean;
}

const inputOf = (values: readonly (readonly [string, string | null])[]) =>
  JSON.stringify(values.map(([clientId, secret]) => ({ clientId, secret })));

/** Three issuers of thirty clients each, none of them in Vault, and the deployed function. Time is virtual. */
export function createAdoptWorld() {
  const clock = createVirtualClock();
  const emulator = createEmulator({ clock, entropy: createSeededEntropy(1) });
  const { admin } = emulator;
  admin.createVault({ vaultId: VAULT, keyId: KEY });
  admin.createSecret({ name: "something-else", content: "{}", compartmentId: COMPARTMENT });
  const authorityOf = (name: string, content: object) =>
    admin.createSecret({
      name: `${name}-administrator`,
      content: JSON.stringify({ kind: "client-secret", ...content, mayRotate: [{ tag: "rotation.client" }] }),
    });
  const numbered = (count: number, name: string) =>
    Array.from({ length: count }, (_, at) => `${name}-${String(at + 1).padStart(2, "0")}`);

  const keycloak = (): DemoIssuer => {
    admin.createRealm({ name: "shop" });
    const make = (clientId: string, more: object = {}) =>
      admin.createKeycloakClient({ realm: "shop", clientId, ...more }).secret;
    const warden = make("warden", { roles: ["manage-clients"] });
    const values = new Map(numbered(CLIENTS - 4, "shop").map((id) => [id, make(id)]));
    make("web-page", { publicClient: true });
    make("key-holder", { authenticator: "client-jwt" });
    make("retired-app", { enabled: false });
    const content = { issuer: "keycloak", url: KEYCLOAK, realm: "shop", clientId: "warden", clientSecret: warden };
    return {
      ...{ name: "keycloak", authority: authorityOf("keycloak", content), input: null, adoptWords: [], values },
      accepts: (id, value) => admin.keycloakLogin("shop", id, value) === "accepted",
    };
  };
  const uaa = (): DemoIssuer => {
    const warden = admin.createUaaClient({ clientId: "admin", authorities: ["clients.admin", "clients.read"] });
    const make = (clientId: string) => admin.createUaaClient({ clientId, authorities: [], tokenSeconds: 600 }).secret;
    const values = new Map(numbered(CLIENTS - 1, "billing").map((id) => [id, make(id)]));
    const content = { issuer: "uaa", url: UAA, clientId: warden.clientId, clientSecret: warden.secret };
    return {
      ...{ name: "uaa", authority: authorityOf("uaa", content), adoptWords: ["--stdin", "--add"], values },
      input: inputOf([...values].map(([id, value]) => [id, id === HOLDER ? null : value])),
      accepts: (id, value) => admin.uaaLogin(id, value) === "accepted",
    };
  };
  const cms = (): DemoIssuer => {
    const office = admin.createApiClient({ role: "cms-client" });
    const made = Array.from({ length: CLIENTS - 1 }, () => admin.createApiClient());
    const values = new Map(made.map(({ key, secret }) => [key, secret]));
    const content = { issuer: "edfi-cms", url: CMS, clientId: office.key, clientSecret: office.secret };
    return {
      ...{ name: "edfi-cms", authority: authorityOf("edfi-cms", content), adoptWords: ["--stdin"], values },
      input: inputOf([...values]),
      accepts: (id, value) => admin.edfiLogin(id, value) === "accepted",
    };
  };
  const issuers: readonly DemoIssuer[] = [keycloak(), uaa(), cms()];

  const functionId = admin.createFunction();
  // Of the function, and of the operator, whose commands plan by them.
  const settings = {
    ...{ OROT_RETIRE_AFTER: "acknowledged", OROT_GRACE_HOURS: "1", OROT_LONGEST_GRACE_HOURS: "100" },
    OROT_ISSUER_ORIGINS: `${KEYCLOAK},${UAA},${CMS}`,
    OROT_AUTHORITY_SECRET_IDS: issuers.map(({ authority }) => authority).join(","),
  };
  const keys = admin.createSecret({ name: "webhook-keys", content: JSON.stringify({ keys: [WEBHOOK_KEY] }) });
  const access = {
    transport: emulator.transport,
    signer: { signHttpRequest: () => Promise.resolve() },
    vaultEndpoint: "https://vaults.emulated.example",
    secretsEndpoint: "https://secrets.vaults.emulated.example",
  };
  const handler = createHandler({
    ...{ clock, entropy: createSeededEntropy(2), transport: emulator.transport, write: () => undefined },
    vaultAccess: () => access,
    environment: {
      ...settings,
      ...{ OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, FN_FN_ID: functionId, OROT_NOTIFY_HOSTS: "hooks.emulated.example" },
      OROT_WEBHOOK_KEY_SECRET_ID: keys,
    },
  });
  emulator.invoke = async (_functionId, event, { callId, timeoutMs }) => {
    const deadline = new Date(clock.now() + timeoutMs);
    return { status: 200, body: JSON.stringify(await handler(Buffer.from(event), { callID: callId, deadline })) };
  };

  const home = mkdtempSync(path.join(tmpdir(), "demo-adopt-"));
  const place = ["--region", "us-ashburn-1", "--config-file", writeOciConfig(home, emulator.signatures, KEY_BITS)];
  return {
    ...{ clock, emulator, issuers, functionId, home },
    into: ["--compartment", COMPARTMENT, "--vault-id", VAULT, "--key-id", KEY],
    /** OCIDs as a shell would name them, so that commands can be read. */
    shown: (words: readonly string[]) => {
      const names: Readonly<Record<string, string>> = {
        ...Object.fromEntries(
          issuers.map(({ name, authority }) => [authority, `$${name.replace("-", "_").toUpperCase()}`]),
        ),
        ...{ [COMPARTMENT]: "$COMPARTMENT", [VAULT]: "$VAULT", [KEY]: "$KEY", [functionId]: "$FUNCTION" },
      };
      return words.map((word) => names[word] ?? word.replace(`${home}/`, "")).join(" ");
    },
    /** The command line itself, in this process and in the world's time. */
    run: async (words: readonly string[], input: string | null = null) => {
      let [stdout, stderr] = ["", ""];
      const runtime = quietRuntime(clock, emulator, home, {
        ...{ input, environment: settings },
        print: (text) => {
          stdout += text;
        },
        printError: (text) => {
          stderr += text;
        },
      });
      return { exitCode: await runProgram(runtime, [...words, ...place]), stdout, stderr };
    },
    /** The version that is CURRENT, its client secret, and the secret's OCID; null: Vault has no such secret. */
    held: (clientId: string) => {
      const secret = Object.values(emulator.state.vault.secrets).find(({ name }) => name === `oauth-${clientId}`);
      const current = secret?.versions.find(({ stage }) => stage === "CURRENT");
      if (secret === undefined || current === undefined) return null;
      const content = JSON.parse(Buffer.from(current.content, "base64").toString());
      return { secretId: secret.id, versionNo: current.number, value: String(content.clientSecret) };
    },
    close: () => rmSync(home, { recursive: true, force: true }),
  };
}
export type AdoptWorld = ReturnType<typeof createAdoptWorld>;
