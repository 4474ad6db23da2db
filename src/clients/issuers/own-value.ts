import { createHmac } from "node:crypto";
import type { Entropy } from "../../base/entropy.ts";
import { Secret } from "../../base/secret.ts";
import { type Client, clientText } from "./client.ts";

/** What makes a value of our own choosing known as one: who knows no value in CURRENT can make none. */
export interface Maker {
  readonly secretId: string;
  /** CURRENT's client. */
  readonly client: Client;
  /** CURRENT's client secret. */
  readonly clientSecret: Secret;
}

/** 27 bytes make 36 characters, 18 make 24; with the rest it is 64, all that bcrypt and every edition of UAA take for sure. */
const RANDOM_BYTES = 27;
const PROOF_BYTES = 18;
/** Whatever an issuer's policy asks for, one of each kind is there. */
const ONE_OF_EACH = "aZ9-";
const OWN_VALUE = /^([\w-]{36})([\w-]{24})aZ9-$/;

function proofOf(random: string, { secretId, client, clientSecret }: Maker): string {
  const text = ["oci-rotate/own-value/1", secretId, clientText(client), random].join("\n");
  const mac = createHmac("sha256", clientSecret.reveal()).update(text).digest();
  return mac.subarray(0, PROOF_BYTES).toString("base64url");
}

/** A new value: 36 random characters, a proof that its maker knew CURRENT's value, and one character of each kind. */
export function makeOwnValue(entropy: Entropy, maker: Maker): Secret {
  const random = Buffer.from(entropy.bytes(RANDOM_BYTES)).toString("base64url");
  return new Secret(`${random}${proofOf(random, maker)}${ONE_OF_EACH}`);
}

/**
 * Whether the maker of a value knew the earlier value. A writer of the secret who may not read it can store a value that he
 * knows, but not one that passes here. A plain comparison suffices: values cannot be tried faster than Vault takes versions.
 */
export function isOwnValue(value: Secret, maker: Maker): boolean {
  const [, random, proof] = OWN_VALUE.exec(value.reveal()) ?? [];
  return random !== undefined && proof === proofOf(random, maker);
}
