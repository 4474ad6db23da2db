import { RotationError } from "../../base/errors.ts";
import type { DefinedTags } from "../../base/place.ts";
import { Secret } from "../../base/secret.ts";
import { type Client, isSameClient } from "../../clients/issuers/client.ts";
import { contentOf } from "../../clients/issuers/content-of.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import { parseContent } from "../../clients/vault/content.ts";
import type { NewSecret } from "../../clients/vault/create-secret.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import type { Schedule } from "../../clients/vault/rotation-client.ts";
import type { Tags, Write } from "../../clients/vault/store.ts";
import { CliError } from "../cli-error.ts";
import { type Adoption, type KnownValue, NO_VALUE, skipped } from "./adoption.ts";

/** What to adopt, decided before the first write. */
export interface Task {
  readonly client: Client;
  readonly secretName: string;
  /** From the input; null: to be read back from the issuer. */
  readonly given: Secret | null;
  /**
   * Where no value is known, or it does not work: give the client a second one, have the issuer replace the one in use, or at a Keycloak give a
   * new one beside which the one that it refuses works again.
   */
  readonly newValue: "none" | "add" | "reset" | "revive";
  /** False: no login can prove a value. */
  readonly isEnabled: boolean;
  readonly tags: Tags;
  readonly definedTags: DefinedTags;
}

/** What adoption does with Vault and the issuer. */
export interface AdoptionParts {
  readonly place: Pick<NewSecret, "compartmentId" | "vaultId" | "keyId">;
  /** Null: the secret gets no rotation yet. */
  readonly schedule: Schedule | null;
  /** A value that no login can prove is stored all the same. */
  readonly mayBeUnproven: boolean;
  /** What the issuer shows of this client's value. */
  readValue(client: Client): Promise<KnownValue>;
  /** The secret of this name in the vault, whatever its state. */
  findByName(name: string): Promise<ListedSecret | null>;
  create(secret: NewSecret): Promise<Write>;
  /** A new CURRENT in place of this version, and nothing if another one is CURRENT by now. */
  replace(secretId: string, versionNo: number, text: Secret): Promise<Write>;
  /** Waits out CREATING and UPDATING, within a minute. Throws RotationError as SecretStore does. */
  waitUntilActive(secretId: string): Promise<void>;
  /** CURRENT. Throws RotationError as SecretStore does. */
  readText(secretId: string): Promise<Secret>;
  open(text: Secret): Credential;
  /** Has the function, or the same code here, finish what the secret's content says is unfinished. */
  heal(secretId: string): Promise<Healed>;
  /** Sets the rotation configuration, and waits until Vault shows it. */
  setSchedule(secretId: string, schedule: Schedule): Promise<void>;
  wait(ms: number): Promise<void>;
}

/** How a heal ended. `passes`: the same may go well a little later. */
export interface Healed {
  readonly isDone: boolean;
  readonly passes: boolean;
  readonly what: string;
  readonly next: string;
}

/** Asks for the first look at a new secret again; Vault's lists lag behind its writes. */
const LOOKS = 10;
const LOOK_MS = 1_000;
/** Another run may hold the claim that a killed one has left. */
const HEALS = 20;
const HEAL_MS = 15_000;
/** A placeholder is believed in this version alone. */
const FIRST = 1;

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
    "it may have expired, or the client may use another way to log in: give the value that works now, or see --add and --reset",
  );
}

/** A secret that holds the client, and CURRENT as Vault shows it. */
interface Own {
  readonly secretId: string;
  readonly text: Secret;
}

/** The secret of this name if it holds this client; a task that was interrupted goes on there. */
async function ownSecret(
  task: Task,
  { secretId, lifecycle }: ListedSecret,
  parts: AdoptionParts,
): Promise<Own | Adoption> {
  if (!["ACTIVE", "UPDATING", "CREATING"].includes(lifecycle)) {
    return skipped(
      `the name ${task.secretName} is taken by a secret that is not active`,
      "a name stays taken until its deletion is done: choose another template, or cancel the deletion",
    );
  }
  if (lifecycle !== "ACTIVE") await parts.waitUntilActive(secretId);
  try {
    const text = await parts.readText(secretId);
    if (isSameClient(clientIn(parseContent(text)), task.client, [])) return { secretId, text };
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code === "VAULT_UNAVAILABLE") throw thrown;
  }
  return skipped(
    `the name ${task.secretName} is taken by a secret with other content`,
    "choose another template for the names",
  );
}

/** A right that one creation lacks, all of them do. */
function refusal({ code, message: why, nextAction }: RotationError): Adoption {
  const isRefused = code === "VAULT_FORBIDDEN" || code === "SECRET_NOT_FOUND";
  const next = isRefused
    ? 'check the OCIDs of compartment, vault and key, and that you have "manage secrets", "use vaults", "use keys", and for defined tags "use tag-namespaces"'
    : nextAction;
  return { outcome: "failed", secretId: null, isProven: false, why, next, isRefused };
}

/** Creates the secret. A lost answer, or one of another run at the same time, is settled by looking for the name. */
async function createFor(task: Task, text: Secret, parts: AdoptionParts): Promise<Own | Adoption> {
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
    if (written.outcome === "refused") return refusal(written.error);
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

/** The text to begin with: with a value that a login has proven, else the placeholder, if a new value may be made. */
async function firstText(task: Task, parts: AdoptionParts): Promise<Secret | Adoption> {
  const value = task.given ?? (await parts.readValue(task.client));
  const mayBeNew = task.newValue !== "none" && task.isEnabled && task.given === null;
  if (!(value instanceof Secret)) {
    const isUnknown = value === "never-shown" || value === "not-shown";
    return mayBeNew && isUnknown ? contentOf(task.client, null) : skipped(...NO_VALUE[value]);
  }
  const text = contentOf(task.client, value);
  const problem = await problemOfLogin(text, task, parts);
  if (typeof problem === "string") return text;
  return mayBeNew ? contentOf(task.client, null) : problem;
}

/** A value from the input takes the place of a placeholder; without one the placeholder waits for its first value. */
async function fill(task: Task, secretId: string, parts: AdoptionParts): Promise<Adoption | Own> {
  if (task.given === null) {
    return {
      ...{ outcome: "unfinished", secretId, isProven: false, why: "its secret in Vault holds no value yet" },
      next: "run the command again with the same options, or give the value that works now in the input",
    };
  }
  const text = contentOf(task.client, task.given);
  const problem = await problemOfLogin(text, task, parts);
  if (typeof problem !== "string") return { ...problem, secretId };
  const written = await parts.replace(secretId, FIRST, text);
  // What a lost answer has left is read back like any other.
  if (written.outcome === "refused") throw written.error;
  await parts.waitUntilActive(secretId);
  return { secretId, text: await parts.readText(secretId) };
}

/** Proves what Vault holds, and sets the rotation. */
async function finish(task: Task, { secretId, text }: Own, isNew: boolean, parts: AdoptionParts): Promise<Adoption> {
  const proof = await problemOfLogin(text, task, parts);
  if (typeof proof !== "string") return { ...proof, secretId };
  if (parts.schedule !== null) await parts.setSchedule(secretId, parts.schedule);
  return { outcome: isNew ? "adopted" : "already", secretId, isProven: proof === "proven", why: null, next: null };
}

async function telling(secretId: string | null, run: () => Promise<Adoption>): Promise<Adoption> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof RotationError) {
      return { outcome: "failed", secretId, isProven: false, why: thrown.message, next: thrown.nextAction };
    }
    if (thrown instanceof CliError && thrown.code !== "INTERRUPTED") {
      return { outcome: "failed", secretId, isProven: false, why: thrown.message, next: thrown.problem.next };
    }
    throw thrown;
  }
}

/**
 * Brings one client under rotation: get its value, prove it by a login, create the secret, prove what was stored, set the rotation. It changes
 * nothing at the issuer. Where no value is known and a new one may be made, it makes the placeholder: `giveValue` goes on there. Each step
 * finds out what is done already, so a run that was stopped anywhere goes on.
 */
export function adopt(task: Task, parts: AdoptionParts): Promise<Adoption> {
  return telling(null, async () => {
    const known = await parts.findByName(task.secretName);
    let own = known === null ? null : await ownSecret(task, known, parts);
    let isNew = own === null;
    if (own === null) {
      const text = await firstText(task, parts);
      own = text instanceof Secret ? await createFor(task, text, parts) : text;
    }
    if ("text" in own && parseContent(own.text).kind === "placeholder") {
      own = await fill(task, own.secretId, parts);
      isNew = true;
    }
    return "text" in own ? finish(task, own, isNew, parts) : own;
  });
}

/**
 * Has the first value made for a client that a placeholder names: by a heal, which is the same recovery as after any lost value, under its
 * claim or lease and by the authority that is bound to the secret. It makes none if one works by now.
 */
export function giveValue(task: Task, secretId: string, parts: AdoptionParts): Promise<Adoption> {
  return telling(secretId, async () => {
    let healed = await parts.heal(secretId);
    for (let again = 1; again < HEALS && healed.passes; again++) {
      await parts.wait(HEAL_MS);
      healed = await parts.heal(secretId);
    }
    if (healed.isDone) return finish(task, { secretId, text: await parts.readText(secretId) }, true, parts);
    return { outcome: "unfinished", secretId, isProven: false, why: healed.what, next: healed.next };
  });
}
