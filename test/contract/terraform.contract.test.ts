import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import { openEmulator } from "./emulated-vault.ts";
import { goClient } from "./go-client.ts";

type Json = Readonly<Record<string, unknown>>;

const SECRETS = "/20180608/secrets";
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** What a configuration says of a secret, under the names of the API. */
interface Configuration {
  readonly compartmentId: string;
  readonly description: string;
  readonly content: string;
  readonly more?: Json;
}

/** The attributes that every update of the provider sends whole, as it read them last, beside what has changed. */
const SENT_WHOLE = ["definedTags", "freeformTags", "metadata", "rotationConfig", "replicationConfig"];
/** What the provider asks of a secret's state again after each request. */
const PASSING = ["CREATING", "UPDATING", "SCHEDULING_DELETION", "DELETING"];

/** The requests of Terraform's provider for one `oci_vault_secret`: create, refresh, update, destroy. */
function terraform(send: ReturnType<typeof goClient>, place: Json) {
  let state: Json = {};
  let applied: Configuration | undefined;

  const settled = async (): Promise<Json> => {
    for (let asked = 0; asked < 20; asked += 1) {
      const read = await send("GET", `${SECRETS}/${String(state["id"])}`);
      expect(read.status).toBe(200);
      state = read.json;
      if (!PASSING.includes(String(state["lifecycleState"]))) return state;
    }
    throw new Error("the secret stays in a state that passes");
  };
  /** A PUT, repeated while the secret is busy, as the provider's retries do. */
  const put = async (body: Json) => {
    for (let asked = 0; asked < 20; asked += 1) {
      const answer = await send("PUT", `${SECRETS}/${String(state["id"])}`, body);
      if (answer.json["code"] !== "IncorrectState") return answer;
    }
    throw new Error("the secret stays busy");
  };
  const content = (configuration: Configuration) => ({ contentType: "BASE64", content: base64(configuration.content) });

  return {
    create: async (configuration: Configuration, retryToken: string = randomUUID()) => {
      const { compartmentId, description, more } = configuration;
      const rest = { description, ...more, secretContent: content(configuration), enableAutoGeneration: false };
      const body = { ...place, compartmentId, ...rest };
      const answer = await send("POST", SECRETS, body, { "opc-retry-token": retryToken });
      expect(answer).toMatchObject({ status: 200, json: { lifecycleState: "CREATING" } });
      state = answer.json;
      applied = configuration;
      return settled();
    },
    /** The attributes in which a refresh differs from the configuration; a plan shows them. */
    plan: async () => {
      await settled();
      const { description, compartmentId, more } = applied ?? {};
      return Object.entries({ ...place, description, compartmentId, ...more })
        .filter(([name, value]) => !isDeepStrictEqual(state[name], value))
        .map(([name]) => name);
    },
    update: async (configuration: Configuration) => {
      if (configuration.compartmentId !== applied?.compartmentId) {
        const { compartmentId } = configuration;
        const path = `${SECRETS}/${String(state["id"])}/actions/changeCompartment`;
        expect((await send("POST", path, { compartmentId }, { "opc-retry-token": randomUUID() })).status).toBe(200);
      }
      const whole = { ...Object.fromEntries(SENT_WHOLE.map((name) => [name, state[name]])), ...configuration.more };
      const isNew = configuration.content !== applied?.content;
      const { description } = configuration;
      const answer = await put({ description, ...whole, ...(isNew ? { secretContent: content(configuration) } : {}) });
      if (answer.status === 200) applied = configuration;
      await settled();
      return answer;
    },
    destroy: async (body: Json = {}) => {
      const answer = await send("POST", `${SECRETS}/${String(state["id"])}/actions/scheduleDeletion`, body);
      expect(answer.status).toBe(200);
      return settled();
    },
  };
}

describe("Terraform's provider", () => {
  const opened: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((made) => made.stop()));
  });
  const open = async (switches: NonNullable<EmulatorOptions["switches"]> = {}) => {
    const made = await openEmulator({ "updating-polls": 2, ...switches });
    opened.push(made);
    const { compartmentId, vaultId, keyId } = made.emulator.admin.secret(made.secretId);
    const send = goClient(made.server.url, made.keyId, made.privateKey);
    const resource = terraform(send, { vaultId, keyId, secretName: "of-terraform" });
    const rotationConfig = {
      isScheduledRotationEnabled: true,
      rotationInterval: "P30D",
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId: made.functionId },
    };
    const more = {
      rotationConfig,
      freeformTags: { team: "payments" },
      definedTags: { operations: { costCenter: "42" } },
      metadata: { owner: "payments" },
      secretRules: [
        { ruleType: "SECRET_EXPIRY_RULE", secretVersionExpiryInterval: "P60D" },
        { ruleType: "SECRET_REUSE_RULE", isEnforcedOnDeletedSecretVersions: false },
      ],
    };
    const wanted = { compartmentId, description: "made by a plan", content: "first", more };
    const { secretRules: _, ...updated } = more;
    /** As an update sends it: rules only where they change. */
    const unchanged = { ...wanted, more: updated };
    return { ...made, resource, wanted, unchanged, vaultId, keyId };
  };

  it("plans nothing after it has created a secret with rotation, rules and tags", async () => {
    const { resource, wanted } = await open();
    expect(await resource.create(wanted)).toMatchObject({ lifecycleState: "ACTIVE", rotationStatus: "SCHEDULED" });
    expect(await resource.plan()).toEqual([]);
  });

  it("creates one secret where the first answer was lost", async () => {
    const { resource, wanted, emulator } = await open();
    emulator.faults.add({ call: "create-secret", kind: "answer-lost" });
    const retryToken = randomUUID();
    await expect(resource.create(wanted, retryToken)).rejects.not.toHaveProperty("status");
    await resource.create(wanted, retryToken);
    const named = Object.values(emulator.state.vault.secrets).filter(({ name }) => name === "of-terraform");
    expect(named).toHaveLength(1);
  });

  it("changes the description beside everything that it read, and plans nothing then", async () => {
    const { resource, wanted, unchanged } = await open();
    await resource.create(wanted);
    expect((await resource.update({ ...unchanged, description: "another" })).status).toBe(200);
    expect(await resource.plan()).toEqual([]);
  });

  it("changes the content beside unchanged metadata, and plans nothing then", async () => {
    const { resource, wanted, unchanged, emulator } = await open();
    const { id } = await resource.create(wanted);
    expect((await resource.update({ ...unchanged, content: "second" })).status).toBe(200);
    expect(emulator.admin.versions(String(id)).map(({ versionStages }) => versionStages)).toEqual([
      ["PREVIOUS"],
      ["CURRENT", "LATEST"],
    ]);
    expect(await resource.plan()).toEqual([]);
  });

  it("may not change content and replication in one update, as in OCI", async () => {
    const { resource, wanted, unchanged, vaultId, keyId } = await open();
    const replicationConfig = {
      replicationTargets: [{ targetKeyId: keyId, targetRegion: "us-phoenix-1", targetVaultId: vaultId }],
      isWriteForwardEnabled: false,
    };
    await resource.create({ ...wanted, more: { ...wanted.more, replicationConfig } });
    expect(await resource.plan()).toEqual([]);
    expect((await resource.update({ ...unchanged, content: "second" })).status).toBe(400);
    expect((await resource.update({ ...unchanged, description: "another" })).status).toBe(200);
  });

  it("moves a secret to another compartment and plans nothing then", async () => {
    const { resource, wanted, unchanged, emulator } = await open();
    await resource.create(wanted);
    const compartmentId = emulator.admin.createCompartment();
    expect((await resource.update({ ...unchanged, compartmentId })).status).toBe(200);
    expect(await resource.plan()).toEqual([]);
  });

  it.each([
    ["without a time", () => ({})],
    [
      "at a time without milliseconds",
      () => ({ timeOfDeletion: new Date(Date.now() + 2 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z") }),
    ],
  ])("destroys %s: the secret awaits its deletion, although it is scheduled to rotate", async (_how, body) => {
    const { resource, wanted } = await open();
    await resource.create(wanted);
    expect(await resource.destroy(body())).toMatchObject({ lifecycleState: "PENDING_DELETION" });
  });
});
