import type { CallName } from "../../../src/emulator/core/call-names.ts";
import type { RecordedRequest } from "../../../src/emulator/core/record.ts";
import type { Emulator } from "../../../src/emulator/emulator.ts";
import type { Combination, Flow } from "../types.ts";

/** A client at an emulated issuer, as a schedule begins with it. */
export interface ProvenClient {
  readonly clientId: string;
  /** The secret's content in Vault. */
  readonly content: object;
  /** The content of a second authority's own secret, bound to the secret of this OCID; null: the combination has none. */
  readonly authority: ((secretId: string) => object) | null;
  /** Settings of the function that this kind of issuer needs. */
  readonly environment: Readonly<Record<string, string>>;
}

/** One kind of issuer as the checker sees it: from outside, past every fault, all nodes being up to date. */
export interface ProvenIssuer {
  /** The calls by which the values that the issuer accepts may change. */
  readonly changing: readonly CallName[];
  /** The member of the content that holds the client secret. */
  readonly rotatedMember: string;
  /** Makes the client, and if the combination says so another one that may rotate it. */
  prepare(emulator: Emulator, combination: Combination): ProvenClient;
  accepts(emulator: Emulator, clientId: string, value: string): boolean;
  readonly valueBy: "issuer" | "caller";
  /** The old value works on after an ordinary rotation, for the time that the issuer gives it. */
  readonly hasGrace: boolean;
  /** In such runs the issuer never needs to refuse CURRENT. */
  keepsCurrent(flow: Flow): boolean;
  /** Moves on whenever the accepted values change. */
  generation(emulator: Emulator, clientId: string): number;
  /** Id and secret that a token request presented; null: it is none. */
  loginOf(record: RecordedRequest): { readonly id: string; readonly secret: string } | null;
  /** Whether a way exists to replace a lost value, or none can be lost because it is stored first. */
  hasWayBack(combination: Combination): boolean;
}
