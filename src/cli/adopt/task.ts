import type { DefinedTags } from "../../base/place.ts";
import type { Secret } from "../../base/secret.ts";
import type { Client } from "../../clients/issuers/client.ts";
import type { Credential } from "../../clients/issuers/issuer.ts";
import type { NewSecret } from "../../clients/vault/create-secret.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import type { Schedule } from "../../clients/vault/rotation-client.ts";
import type { Tags, Write } from "../../clients/vault/store.ts";
import type { KnownValue } from "./adoption.ts";
import type { SecretPlace } from "./places.ts";

/** What to adopt, decided before the first write. */
export interface Task {
  readonly client: Client;
  readonly secretName: string;
  readonly place: SecretPlace;
  /** An earlier run has created the secret. */
  readonly isCreated: boolean;
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
  /** Null: the secret gets no rotation yet. */
  readonly schedule: Schedule | null;
}

/** What adoption does with Vault and the issuer. */
export interface AdoptionParts {
  /** A value that no login can prove is stored all the same. */
  readonly mayBeUnproven: boolean;
  /** What the issuer shows of this client's value. */
  readValue(client: Client): Promise<KnownValue>;
  /** The secret of this name in the place, whatever its state. */
  findByName(name: string, place: SecretPlace): Promise<ListedSecret | null>;
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
