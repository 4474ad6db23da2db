import { createBudget } from "../../base/budget.ts";
import { RotationError } from "../../base/errors.ts";
import type { Secret } from "../../base/secret.ts";
import { parseSettings, type Settings } from "../../base/settings/settings.ts";
import { createDirectory } from "../../clients/vault/directory.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import type { VersionList } from "../../clients/vault/store.ts";
import { type ApplicationDescription, createFunctionClient, type FunctionDescription } from "../function.ts";
import type { Runtime } from "../runtime.ts";
import { localEnvironment } from "../settings.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import { attempt, known, type Read } from "./finding.ts";
import { readSecretFacts, type SecretFacts } from "./secret-facts.ts";

/** What the operator asked about. */
export interface Subject {
  readonly secretId: string | null;
  readonly functionId: string | null;
}

/** Everything that OCI's APIs report, read before anything is judged. Null: not asked for. */
export interface Facts {
  readonly secretId: string | null;
  readonly secret: Read<SecretFacts> | null;
  readonly versions: Read<VersionList> | null;
  readonly current: Read<Secret> | null;
  /** The one given, otherwise the one that the secret's rotation targets. */
  readonly functionId: string | null;
  readonly fn: Read<FunctionDescription> | null;
  readonly application: Read<ApplicationDescription> | null;
  /** Whose configuration `environment` is. */
  readonly settingsFrom: "function" | "environment";
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Read<Settings>;
  /** Whether the compartments of a heal of many can be listed. */
  readonly healed: readonly { readonly compartmentId: string; readonly read: Read<true> }[];
}

/** Limit for all reads together, retries included; far more than they need. */
const LIMIT_MS = 120_000;
const CALL_MS = 10_000;

export async function readFacts(runtime: Runtime, signedIn: SignedIn, subject: Subject): Promise<Facts> {
  const { clock, entropy } = runtime;
  const { access } = signedIn;
  const { secretId } = subject;
  const budget = createBudget(clock, null, { budgetMs: LIMIT_MS, marginMs: 0, callTimeoutMs: CALL_MS });
  const seams = { clock, entropy, budget };
  const functions = createFunctionClient(runtime.transport, clock, signedIn);

  const secret = secretId === null ? null : await attempt(() => readSecretFacts(access, secretId, seams));
  const store = secretId === null ? null : createOciStore(access, secretId, seams);
  const versions =
    store === null
      ? null
      : await attempt(async () => {
          const list = await store.listVersions();
          if (list !== null) return list;
          throw new RotationError("VAULT_UNAVAILABLE", "the secret is UPDATING, and its versions cannot be listed");
        });
  const current = store === null ? null : await attempt(() => store.readCurrentText());

  const functionId = subject.functionId ?? known(secret)?.rotation.functionId ?? null;
  const fn = functionId === null ? null : await attempt(() => functions.describe(functionId));
  const applicationId = known(fn)?.applicationId;
  const application =
    applicationId === undefined ? null : await attempt(() => functions.describeApplication(applicationId));
  const described = known(fn);
  const environment =
    described === null ? localEnvironment(runtime) : { ...known(application)?.config, ...described.config };
  const settings = await attempt(() => parseSettings(environment));
  const directory = createDirectory(access, seams);
  const healed: { compartmentId: string; read: Read<true> }[] = [];
  for (const compartmentId of known(settings)?.healCompartmentIds ?? []) {
    const first = async (): Promise<true> => {
      for await (const _ of directory.secrets({ compartmentId })) break;
      return true;
    };
    healed.push({ compartmentId, read: await attempt(first) });
  }
  return {
    secretId,
    secret,
    versions,
    current,
    functionId,
    fn,
    application,
    settingsFrom: described === null ? "environment" : "function",
    environment,
    settings,
    healed,
  };
}
