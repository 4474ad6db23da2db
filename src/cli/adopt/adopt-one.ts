import { RotationError } from "../../base/errors.ts";
import type { DefinedTags } from "../../base/place.ts";
import { Secret } from "../../base/secret.ts";
import { type Client, isSameClient } from "../../clients/issuers/client.ts";
import { contentOf } from "../../clients/issuers/content-of.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import type { AdminReader } from "../../clients/issuers/inventory/listed-client.ts";
import { type NoValue, readValue } from "../../clients/issuers/inventory/read-value.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import { parseContent } from "../../clients/vault/content.ts";
import type { NewSecret } from "../../clients/vault/create-secret.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import type { Schedule } from "../../clients/vault/rotation-client.ts";
import type { Tags, Write } from "../../clients/vault/store.ts";
import { CliError } from "../cli-error.ts";

/** How a client came under rotation, or why not. */
export interface Adoption {
  readonly outcome: "adopted" | "already" | "skipped" | "failed";
  readonly secretId: string | null;
  /** A login with what was read back from Vault was accepted. */
  readonly isProven: boolean;
  /** Null: nothing is wrong. */
  readonly why: string | null;
  readonly next: string | null;
}

/** What to adopt, decided before the first write. */
export interface Task {
  readonly client: Client;
  readonly secretName: string;
  /** From the input; null: to be read back from the issuer. */
  readonly given: Secret | null;
  /** False: no login can prove a value. */
  readonly isEnabled: boolean;
  readonly tags: Tags;
  readonly definedTags: DefinedTags;
}

/** What adoption does with Vault and the issuer. */
export interface AdoptionParts {
  /** Null: nobody reads values back. */
  readonly reader: AdminReader | null;
  readonly place: Pick<NewSecret, "compartmentId" | "vaultId" | "keyId">;
  /** Null: the secret gets no rotation yet. */
  readonly schedule: Schedule | null;
  /** A value that no login can prove is stored all the same. */
  readonly mayBeUnproven: boolean;
  /** The secret of this name in the vault, whatever its state. */
  findByName(name: string): Promise<ListedSecret | null>;
  create(secret: NewSecret): Promise<Write>;
  /** Waits out CREATING and UPDATING, within a minute. Throws RotationError as SecretStore does. */
  waitUntilActive(secretId: string): Promise<void>;
  /** CURRENT. Throws RotationError as SecretStore does. */
  readText(secretId: string): Promise<Secret>;
  open(text: Secret): Credential;
  /** Sets the rotation configuration, and waits until Vault shows it. */
  setSchedule(secretId: string, schedule: Schedule): Promise<void>;
  wait(ms: number): Promise<void>;
}

const skipped = (why: string, next: string): Adoption => ({
  outcome: "skipped",
  secretId: null,
  isProven: false,
  why,
  next,
});

const NO_VALUE: Readonly<Record<NoValue, readonly [why: string, next: string]>> = {
  "never-shown": [
    "this issuer shows no client secret",
    "give the value that works now in the input, or set a new one at the issuer and give that",
  ],
  "not-shown": [
    "the issuer does not show this client's secret to the authority",
    "give the value that works now in the input, or give the authority the right to read it",
  ],
  reference: [
    "the client's secret is a reference to a store of the issuer's own",
    "rotate it there: setting a value here would replace the reference",
  ],
  gone: ["the client is not there any more", "read the list again"],
};

/** Asks for the first look at a new secret again; Vault's lists lag behind its writes. */
const LOOKS = 10;
const LOOK_MS = 1_000;

/** The value to store: as given, or as the issuer shows it. */
async function obtainValue({ client, given }: Task, { reader }: AdoptionParts): Promise<Secret | Adoption> {
  if (given !== null) return given;
  if (reader === null) return skipped(...NO_VALUE["never-shown"]);
  const read = await readValue(reader, client);
  return typeof read === "string" ? skipped(...NO_VALUE[read]) : read;
}

/** Null: a login proves the text, or nothing can and that is accepted. */
async function problemOfLogin(
  text: Secret,
  { isEnabled }: Task,
  parts: AdoptionParts,
): Promise<Adoption | "proven" | "unproven"> {
  const login = await parts.open(text).login(null);
  if (login.verdict === "accepted") return "proven";
  if (!isEnabled) {
    return parts.mayBeUnproven
      ? "unproven"
      : skipped(
          "the client is disabled, so no login can prove its secret",
          "enable it, or add --unproven to store the value all the same",
        );
  }
  if (login.verdict === "unknown") throw login.error;
  return skipped(
    "the issuer refuses the value",
    "it may have expired, or the client may use another way to log in: give the value that works now",
  );
}

/** The secret of this name if it holds this client; a task that was interrupted goes on there. */
async function ownSecret(task: Task, found: ListedSecret, parts: AdoptionParts): Promise<string | Adoption> {
  if (!["ACTIVE", "UPDATING", "CREATING"].includes(found.lifecycle)) {
    return skipped(
      `the name ${task.secretName} is taken by a secret that is not active`,
      "a name stays taken until its deletion is done: choose another template, or cancel the deletion",
    );
  }
  if (found.lifecycle !== "ACTIVE") await parts.waitUntilActive(found.secretId);
  try {
    const held = clientIn(parseContent(await parts.readText(found.secretId)));
    if (isSameClient(held, task.client, [])) return found.secretId;
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code === "VAULT_UNAVAILABLE") throw thrown;
  }
  return skipped(
    `the name ${task.secretName} is taken by a secret with other content`,
    "choose another template for the names",
  );
}

/** Creates the secret. A lost answer, or one of another run at the same time, is settled by looking for the name. */
async function createFor(task: Task, text: Secret, parts: AdoptionParts): Promise<string | Adoption> {
  const written = await parts.create({
    ...parts.place,
    name: task.secretName,
    description: `OAuth client ${task.client.clientId}`,
    base64: new Secret(Buffer.from(text.reveal(), "utf8").toString("base64")),
    tags: task.tags,
    definedTags: task.definedTags,
  });
  for (let look = 0; look < LOOKS; look++) {
    const found = await parts.findByName(task.secretName);
    if (found !== null) return ownSecret(task, found, parts);
    if (written.outcome === "refused") throw written.error;
    await parts.wait(LOOK_MS);
  }
  throw written.outcome === "done"
    ? new RotationError(
        "VAULT_UNAVAILABLE",
        "the new secret is not listed",
        "run the command again: it goes on where it stopped",
      )
    : written.error;
}

/**
 * Brings one client under rotation: get its value, prove it by a login, create the secret, prove what was stored, set the rotation. It changes
 * nothing at the issuer. Each step finds out what is done already, so a run that was stopped anywhere goes on.
 */
export async function adopt(task: Task, parts: AdoptionParts): Promise<Adoption> {
  try {
    const known = await parts.findByName(task.secretName);
    let secretId = known === null ? null : await ownSecret(task, known, parts);
    if (secretId !== null && typeof secretId !== "string") return secretId;
    const isNew = secretId === null;
    if (secretId === null) {
      const value = await obtainValue(task, parts);
      if (!(value instanceof Secret)) return value;
      const text = contentOf(task.client, value);
      const proof = await problemOfLogin(text, task, parts);
      if (typeof proof !== "string") return proof;
      secretId = await createFor(task, text, parts);
      if (typeof secretId !== "string") return secretId;
    }
    const proof = await problemOfLogin(await parts.readText(secretId), task, parts);
    if (typeof proof !== "string") return { ...proof, secretId };
    if (parts.schedule !== null) await parts.setSchedule(secretId, parts.schedule);
    return { outcome: isNew ? "adopted" : "already", secretId, isProven: proof === "proven", why: null, next: null };
  } catch (thrown) {
    if (thrown instanceof RotationError) {
      return { outcome: "failed", secretId: null, isProven: false, why: thrown.message, next: thrown.nextAction };
    }
    if (thrown instanceof CliError && thrown.code !== "INTERRUPTED") {
      return { outcome: "failed", secretId: null, isProven: false, why: thrown.message, next: thrown.problem.next };
    }
    throw thrown;
  }
}
