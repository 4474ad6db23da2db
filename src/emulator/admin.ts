import { type CesAdmin, createCesAdmin } from "./ces/admin.ts";
import type { AdminParts } from "./core/admin-parts.ts";
import { addCompartment, addVault, COMPARTMENT, KEY, VAULT } from "./core/places.ts";
import type { MetricData } from "./core/stored-metrics.ts";
import { type JsonObject, own } from "./core/wire.ts";
import { createEdfiCmsAdmin, type EdfiCmsAdmin } from "./edfi-cms/admin.ts";
import type { FunctionConfig, StoredFunction } from "./functions/state.ts";
import { accepts, appOfClient, createDomain, DEFAULT_DOMAIN, domainOf, type StoredApp } from "./identity/state.ts";
import { createKeycloakAdmin, type KeycloakAdmin } from "./keycloak/admin.ts";
import { createUaaAdmin, type UaaAdmin } from "./uaa/admin.ts";
import { bareSecret } from "./vault/create.ts";
import { settle } from "./vault/lifecycle.ts";
import { rotationStatus } from "./vault/models.ts";
import { applyRotationConfig, beginRotation } from "./vault/rotation.ts";
import { addVersion } from "./vault/stages.ts";
import { type StoredSecret, shownStages, type VersionStage } from "./vault/state.ts";

export interface NewSecret {
  readonly name: string;
  /** The content as text; Vault keeps it in base64. */
  readonly content: string;
  /** The function that Vault's rotation calls. Without it the secret has no rotation configuration. */
  readonly functionId?: string;
  /** Switches scheduled rotation on. */
  readonly rotationIntervalDays?: number;
  readonly versionName?: string;
  readonly compartmentId?: string;
  readonly vaultId?: string;
  readonly isReplica?: boolean;
  readonly rules?: readonly JsonObject[];
  readonly metadata?: JsonObject;
  /** By namespace, then by key. */
  readonly definedTags?: JsonObject;
}

export interface NewApp {
  readonly clientId?: string;
  readonly secret?: string;
  /** Host of its identity domain, without port. Default: the domain that serves every other host. */
  readonly domain?: string;
  /** May regenerate and read every App. */
  readonly admin?: boolean;
  /** Public keys in PEM by key id, for client assertions. */
  readonly certificates?: Readonly<Record<string, string>>;
}

/** What a test or the demo sees of a version. Its content is available only through `content`. */
export interface SeenVersion {
  readonly number: number;
  readonly versionStages: readonly VersionStage[];
  readonly name: string | null;
  readonly createdAt: number;
  readonly deletionAt: number | null;
}

export interface Admin extends KeycloakAdmin, UaaAdmin, EdfiCmsAdmin, CesAdmin {
  createSecret(secret: NewSecret): string;
  createApp(app?: NewApp): { readonly appId: string; readonly clientId: string; readonly secret: string };
  /** Its application is made too, unless it exists; `applicationConfig` becomes that one's configuration. */
  createFunction(options?: Partial<Omit<StoredFunction, "id">> & { applicationConfig?: FunctionConfig }): string;
  /** Each of these returns its id, which may be given. Resources that are made directly bring the compartment and vault that they name. */
  createCompartment(id?: string): string;
  createVault(ids?: { vaultId?: string; keyId?: string }): { readonly vaultId: string; readonly keyId: string };
  createTopic(topic?: { id?: string; name?: string; compartmentId?: string }): string;
  versions(secretId: string): readonly SeenVersion[];
  /** What was posted to Monitoring, the oldest first. */
  metrics(): readonly MetricData[];
  /** Content of a version as text. It is a secret: never print it. */
  content(secretId: string, number: number): string | undefined;
  /** The stored secret itself; changing it changes the emulator. Throws for an unknown id. */
  secret(secretId: string): StoredSecret;
  rotationStatus(secretId: string): ReturnType<typeof rotationStatus>;
  /** Whether the issuer, with all nodes up to date, accepts the value now. Not a request: it leaves no record. */
  login(clientId: string, value: string, host?: string): "accepted" | "rejected";
  /** The stored App; changing it changes the emulator. */
  app(clientId: string, host?: string): StoredApp;
  /** Accepts a rotation as RotateSecret does, even while another one runs. Returns the id of its work request. */
  rotate(secretId: string): string;
}

/** Creates and reads emulated resources directly, without faults and signatures. */
export function createAdmin(parts: AdminParts): Admin {
  const { state, core, clock, entropy, switches } = parts;
  const hex = () => Buffer.from(entropy.bytes(16)).toString("hex");
  const secret = (id: string) => {
    core.advance();
    const found = own(state.vault.secrets, id);
    if (found === undefined) throw new Error(`the emulator has no secret ${id}`);
    settle(found, clock.now(), switches);
    return found;
  };
  const app = (clientId: string, host: string = DEFAULT_DOMAIN) => {
    core.advance();
    const found = appOfClient(domainOf(state.identity, host), clientId);
    if (found === undefined) throw new Error(`the emulator has no application ${clientId}`);
    return found;
  };
  return {
    ...createKeycloakAdmin(parts),
    ...createUaaAdmin(parts),
    ...createEdfiCmsAdmin(parts),
    ...createCesAdmin(parts),
    secret,
    app,
    createSecret: (options) => {
      const made = newSecret(`ocid1.vaultsecret.oc1.iad.${hex()}`, options, clock.now());
      state.vault.secrets[made.id] = made;
      addCompartment(state.places, made.compartmentId);
      addVault(state.places, made.vaultId, made.keyId);
      core.changed();
      return made.id;
    },
    createApp: (options = {}) => {
      const value = options.secret ?? `idcscs-${entropy.uuid()}`;
      const made = newApp(hex(), options.clientId ?? hex(), value, options, clock.now());
      const host = options.domain?.toLowerCase() ?? DEFAULT_DOMAIN;
      const domain = own(state.identity.domains, host) ?? createDomain();
      state.identity.domains[host] = domain;
      domain.apps[made.id] = made;
      core.changed();
      return { appId: made.id, clientId: made.clientId, secret: value };
    },
    createFunction: (options = {}) => {
      const id = `ocid1.fnfunc.oc1.iad.${hex()}`;
      const { applicationConfig, ...given } = options;
      const fn: StoredFunction = {
        displayName: "oci-rotate",
        applicationId: "ocid1.fnapp.oc1.iad.emulatedapp",
        compartmentId: COMPARTMENT,
        memoryInMBs: 256,
        timeoutInSeconds: 300,
        createdAt: clock.now(),
        ...given,
        id,
      };
      state.functions.functions[id] = fn;
      const { applicationId, compartmentId } = fn;
      const application = state.functions.applications[applicationId] ?? {
        id: applicationId,
        displayName: "rotation",
        compartmentId,
        createdAt: clock.now(),
      };
      if (applicationConfig !== undefined) application.config = applicationConfig;
      state.functions.applications[applicationId] = application;
      addCompartment(state.places, compartmentId);
      core.changed();
      return id;
    },
    createCompartment: (id = `ocid1.compartment.oc1..${hex()}`) => {
      addCompartment(state.places, id);
      return id;
    },
    createVault: ({ vaultId = `ocid1.vault.oc1.iad.${hex()}`, keyId = `ocid1.key.oc1.iad.${hex()}` } = {}) => {
      addVault(state.places, vaultId, keyId);
      return { vaultId, keyId };
    },
    createTopic: ({ id = `ocid1.onstopic.oc1.iad.${hex()}`, name = "rotations", compartmentId = COMPARTMENT } = {}) => {
      const made = { description: null, createdAt: clock.now(), freeformTags: {}, definedTags: {} };
      state.topics[id] = { id, name, compartmentId, ...made };
      addCompartment(state.places, compartmentId);
      core.changed();
      return id;
    },
    metrics: () => state.metrics.flatMap(({ taken }) => taken),
    versions: (id) => {
      const found = secret(id);
      return found.versions
        .filter((version) => !version.deleted)
        .map(({ number, stage, name, createdAt, deletionAt }) => ({
          number,
          versionStages: shownStages(found, number, stage),
          name,
          createdAt,
          deletionAt,
        }));
    },
    content: (id, number) => {
      const version = secret(id).versions[number - 1];
      return version === undefined ? undefined : Buffer.from(version.content, "base64").toString("utf8");
    },
    rotationStatus: (id) => rotationStatus(secret(id)),
    login: (clientId, value, host) => (accepts(app(clientId, host), value, clock.now()) ? "accepted" : "rejected"),
    rotate: (id) => {
      const workRequestId = beginRotation(secret(id), state.workRequests, clock.now(), switches);
      core.changed();
      return workRequestId;
    },
  };
}

function newSecret(id: string, options: NewSecret, now: number): StoredSecret {
  const named = {
    id,
    name: options.name,
    compartmentId: options.compartmentId ?? COMPARTMENT,
    vaultId: options.vaultId ?? VAULT,
    keyId: KEY,
  };
  const made: StoredSecret = {
    ...bareSecret(named, now),
    isReplica: options.isReplica ?? false,
    metadata: options.metadata ?? {},
    definedTags: options.definedTags ?? {},
    rules: [...(options.rules ?? [])],
  };
  const content = Buffer.from(options.content).toString("base64");
  addVersion(made, { name: options.versionName ?? null, content, stage: "CURRENT", now, keepPending: false });
  if (options.functionId !== undefined) {
    const days = options.rotationIntervalDays;
    const config = {
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId: options.functionId },
      isScheduledRotationEnabled: days !== undefined,
      ...(days === undefined ? {} : { rotationInterval: `P${days}D` }),
    };
    applyRotationConfig(made, config, now);
  }
  return made;
}

function newApp(id: string, clientId: string, secret: string, options: NewApp, now: number): StoredApp {
  return {
    id,
    clientId,
    secret,
    serial: 1,
    accepted: [{ value: secret, acceptedFrom: now, acceptedUntil: null, refusalsLeft: 0 }],
    active: true,
    clientCredentials: true,
    admin: options.admin ?? false,
    mints: 0,
    firstLogin: null,
    regeneratorId: "",
    certificates: { ...options.certificates },
  };
}
