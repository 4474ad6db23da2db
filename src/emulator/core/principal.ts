import { createHash, createPublicKey, createSign, generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { COMPARTMENT, TENANCY } from "./places.ts";
import type { SignatureVerifier } from "./signature.ts";

const REGION = "us-ashburn-1";
const USER = "ocid1.user.oc1..emulateduser";
const LIFE_SECONDS = 365 * 86_400;
/** Of the key with which the token is signed, which is the session's own: nobody checks it. */
const KEY_ID = "emulator";

/**
 * A resource principal of version 2.2 for a function under the emulator: the variables that the platform would set. Its key is generated
 * here. Only the emulator knows it, and it opens nothing else.
 */
export function fakeResourcePrincipal(signatures: SignatureVerifier, now: number): Record<string, string> {
  const { publicKey, privateKey } = makeKeyPair();
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(now / 1000) + LIFE_SECONDS;
  // OCI SDK for Java 2.x takes only a signed token that names the key of its session.
  const jwk = JSON.stringify({ ...createPublicKey(publicKey).export({ format: "jwk" }), kid: KEY_ID, use: "sig" });
  const claims = { exp, jwk, res_tenant: TENANCY, res_compartment: COMPARTMENT };
  const signed = `${part({ alg: "RS256", typ: "JWT", kid: KEY_ID })}.${part(claims)}`;
  const token = `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
  signatures.registerKey(`ST$${token}`, publicKey);
  return {
    OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
    OCI_RESOURCE_PRINCIPAL_RPST: token,
    OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: privateKey,
    OCI_RESOURCE_PRINCIPAL_REGION: REGION,
  };
}

/**
 * Writes a configuration file and key with which the official `oci` command line signs for the emulator, or reuses existing ones, and
 * registers the key. Returns the path of the file.
 * @param bits of a key generated here; a shorter one signs faster
 */
export function writeOciConfig(parent: string, signatures: SignatureVerifier, bits?: number): string {
  const folder = resolve(parent);
  mkdirSync(folder, { recursive: true });
  const keyFile = join(folder, "oci-api-key.pem");
  const publicFile = join(folder, "oci-api-key.public.pem");
  const configFile = join(folder, "oci-config");
  if (!existsSync(keyFile) || !existsSync(publicFile)) {
    const made = makeKeyPair(bits);
    // The label keeps the command line from warning about a key without one.
    writeFileSync(keyFile, `${made.privateKey}OCI_API_KEY\n`, { mode: 0o600 });
    writeFileSync(publicFile, made.publicKey);
  }
  const publicKey = readFileSync(publicFile, "utf8");
  const fingerprint = fingerprintOf(publicKey);
  const lines = ["[DEFAULT]", `user=${USER}`, `fingerprint=${fingerprint}`, `tenancy=${TENANCY}`, `region=${REGION}`];
  writeFileSync(configFile, `${[...lines, `key_file=${keyFile}`].join("\n")}\n`, { mode: 0o600 });
  chmodSync(configFile, 0o600);
  signatures.registerKey(`${TENANCY}/${USER}/${fingerprint}`, publicKey);
  return configFile;
}

/** OCI's fingerprint of an API key: MD5 of the public key in DER. An identifier, not a safeguard. */
export function fingerprintOf(publicKeyPem: string): string {
  const der = Buffer.from(publicKeyPem.replace(/-----[A-Z ]+-----|\s/g, ""), "base64");
  return (createHash("md5").update(der).digest("hex").match(/../g) ?? []).join(":");
}

const KEY_BITS = 2048;

export function makeKeyPair(bits = KEY_BITS): { publicKey: string; privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: bits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}
