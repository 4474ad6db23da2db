import { isObject } from "../../../src/emulator/core/wire.ts";

/** What a consumer reads of one member: its kind, its name, and the versions that make up its content. */
export interface SeenMember {
  readonly kind: string;
  readonly name: string;
  readonly parts: readonly { readonly secretName: string; readonly secretId: string; readonly versionNo: number }[];
}

export interface SeenWallet {
  readonly walletName: string;
  readonly lastRotationDate: number | null;
  readonly members: readonly SeenMember[];
}

const kinds = ["schema", "wallet-password", "file"];

function unreadable(what: string): never {
  throw new Error(`the manifest cannot be read: ${what}`);
}

function textIn(object: Readonly<Record<string, unknown>>, name: string): string {
  const value = object[name];
  return typeof value === "string" && value !== "" ? value : unreadable(`${name} is no text`);
}

function listIn(object: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>>[] {
  const value = object[name];
  return Array.isArray(value) && value.every(isObject) ? value : unreadable(`${name} is no list of objects`);
}

function instantIn(object: Readonly<Record<string, unknown>>, name: string): number | null {
  const value = object[name];
  return value === null || typeof value === "number" ? value : unreadable(`${name} is no instant`);
}

function memberIn(object: Readonly<Record<string, unknown>>): SeenMember {
  const kind = textIn(object, "kind");
  if (!kinds.includes(kind)) unreadable(`${kind} is no kind of a member`);
  const parts = listIn(object, "parts").map((part) => {
    const versionNo = Number(part["versionNo"]);
    if (!Number.isInteger(versionNo) || versionNo < 1) unreadable("versionNo is no number of a version");
    return { secretName: textIn(part, "secretName"), secretId: textIn(part, "secretId"), versionNo };
  });
  return { kind, name: textIn(object, "name"), parts };
}

/** Reads a manifest as docs/mirror.md promises it to consumers. It shares no code with the mirror. Throws an Error that says what is wrong. */
export function readManifest(text: string): readonly SeenWallet[] {
  const object: unknown = JSON.parse(text);
  if (!isObject(object) || object["format"] !== 1) return unreadable("its format is not 1");
  return listIn(object, "wallets").map((wallet) => {
    instantIn(wallet, "certificateStartDate");
    instantIn(wallet, "certificateEndDate");
    return {
      walletName: textIn(wallet, "walletName"),
      lastRotationDate: instantIn(wallet, "lastRotationDate"),
      members: listIn(wallet, "members").map(memberIn),
    };
  });
}
