import { type JsonObject, parseObject } from "../../../src/emulator/core/wire.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import type { StoredSecret, StoredVersion } from "../../../src/emulator/vault/state.ts";
import { askVault } from "./ask-vault.ts";
import type { Prepared } from "./prepare.ts";

/** The caller that the emulator records for the attacker's requests to Vault. Faults never strike it. */
export const ATTACKER = "attacker";

type Stage = "CURRENT" | "PENDING";

/**
 * An attacker who may write S and see it (UpdateSecret, GetSecret, the list of its versions), but not read its
 * contents. O is the attacker's own client. The attacker may not use the tag namespace, and acts only by Vault's API.
 */
export interface Attacker {
  readonly prepared: Prepared;
  readonly now: () => number;
  /** What his own client logs in with now. */
  ownValue(): string;
  /** Values that he has written, has made, or gives out. */
  readonly known: ReadonlySet<string>;
  /** Numbers of the versions of S that he wrote. */
  readonly written: ReadonlySet<number>;
  /** And of those that he made CURRENT. */
  readonly promoted: ReadonlySet<number>;
  /** Versions of S as its list shows them, contents aside. */
  versions(): readonly Pick<StoredVersion, "number" | "name" | "stage" | "deletionAt">[];
  metadata(): JsonObject;
  tags(): JsonObject;
  /** A version of S. Whether Vault took it: a name may be taken. */
  store(text: string, stage: Stage, name?: string): boolean;
  promote(number: number): void;
  setMetadata(metadata: JsonObject): void;
  setTags(tags: JsonObject): void;
  /** O's content, as CURRENT. */
  storeOwn(text: string): void;
  moveOwn(compartmentId: string): void;
}

/** Every text in a JSON value that is long enough to be a value. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const LEAST_LENGTH = 12;

/** @param given what his own servers give out */
export function createAttacker(prepared: Prepared, emulator: Emulator, given: readonly string[]): Attacker {
  const { secretIds } = prepared;
  const known = new Set(given);
  const written = new Set<number>();
  const promoted = new Set<number>();
  const secret = (): StoredSecret => emulator.admin.secret(secretIds.S);
  const ask = (method: "PUT" | "POST", secretId: string, body: object, action = "") => {
    return askVault(emulator, ATTACKER, { method, path: `/20180608/secrets/${secretId}${action}`, body }).status < 300;
  };
  const learn = (text: string) => {
    const rotated = parseObject(text)?.[prepared.ground.rotatedMember];
    if (typeof rotated === "string") known.add(rotated);
    const mark = parseObject(text)?.["_rotation"];
    for (const value of textsIn(mark)) if (value.length >= LEAST_LENGTH) known.add(value);
  };
  const encoded = (text: string) => ({ contentType: "BASE64", content: Buffer.from(text).toString("base64") });
  const ownValue = () => {
    const values = prepared.ground.accepted(emulator, prepared.clients.O.clientId);
    for (const value of values) known.add(value);
    return values.at(-1) ?? "";
  };
  ownValue();
  return {
    prepared,
    now: () => emulator.clock.now(),
    ownValue,
    known,
    written,
    versions: () => secret().versions.filter(({ deleted }) => !deleted),
    metadata: () => secret().metadata,
    tags: () => secret().freeformTags,
    store: (text, stage, name) => {
      learn(text);
      const secretContent = { ...encoded(text), stage, ...(name === undefined ? {} : { name }) };
      const before = secret().versions.length;
      const isTaken = ask("PUT", secretIds.S, { secretContent });
      if (isTaken) written.add(before + 1);
      return isTaken;
    },
    promoted,
    promote: (number) => {
      if (ask("PUT", secretIds.S, { currentVersionNumber: number })) promoted.add(number);
    },
    setMetadata: (metadata) => ask("PUT", secretIds.S, { metadata }),
    setTags: (freeformTags) => ask("PUT", secretIds.S, { freeformTags }),
    storeOwn: (text) => {
      learn(text);
      ask("PUT", secretIds.O, { secretContent: { ...encoded(text), stage: "CURRENT" } });
    },
    moveOwn: (compartmentId) => ask("POST", secretIds.O, { compartmentId }, "/actions/changeCompartment"),
  };
}
