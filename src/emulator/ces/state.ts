import type { Entropy } from "../../base/entropy.ts";
import { DEFAULT_DOMAIN } from "../identity/state.ts";

/** A wallet as the Credential Exchange Service keeps it. Instants are milliseconds since the epoch. */
export interface CesWallet {
  readonly walletName: string;
  walletPassword: string | null;
  comment: string | null;
  certificateStartDate: number;
  certificateEndDate: number;
  lastRotationDate: number;
  /** Passwords by the name of the database user. */
  schemas: Record<string, string>;
  /** Files by name, in base64. */
  files: Record<string, string>;
}

export interface CesEndpoint {
  readonly url: string;
  /** Consecutive callbacks that it did not take. */
  failures: number;
}

export interface CesState {
  /** Host of the identity domain whose tokens are accepted here. */
  domain: string;
  wallets: CesWallet[];
  endpoints: CesEndpoint[];
}

export function createCes(): CesState {
  return { domain: DEFAULT_DOMAIN, wallets: [], endpoints: [] };
}

/** The files of a wallet, as Oracle's documentation lists them. */
const walletFiles = [
  "README",
  "cwallet.sso",
  "ewallet.p12",
  "keystore.jks",
  "ojdbc.properties",
  "sqlnet.ora",
  "tnsnames.ora",
  "truststore.jks",
] as const;

const TEXT_FILES: Readonly<Record<string, string>> = {
  README: "Wallet of an emulated database.\n",
  "ojdbc.properties": "oracle.net.wallet_location=(SOURCE=(METHOD=FILE))\n",
  "sqlnet.ora": "SSL_SERVER_DN_MATCH=yes\n",
  "tnsnames.ora": "emulated_low = (description=(address=(protocol=tcps)(port=1522)(host=db.emulated.example)))\n",
};

const FILE_BYTES = 600;
const PASSWORD_BYTES = 18;

export function newPassword(entropy: Entropy): string {
  return Buffer.from(entropy.bytes(PASSWORD_BYTES)).toString("base64url");
}

/** Contents of the files. Binary ones are generated each time. */
export function newFiles(entropy: Entropy, names: readonly string[] = walletFiles): Record<string, string> {
  const content = (name: string) => Buffer.from(TEXT_FILES[name] ?? entropy.bytes(FILE_BYTES)).toString("base64");
  return Object.fromEntries(names.map((name) => [name, content(name)]));
}
