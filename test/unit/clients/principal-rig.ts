import { generateKeyPairSync } from "node:crypto";
import { vi } from "vitest";

const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
/** With which signatures of the principal are verified. */
export const { publicKey } = keys;
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
/** A session token that lasts until the year 2100. */
export const token = `${part({ alg: "none", typ: "JWT" })}.${part({ exp: 4_102_444_800, res_tenant: "t", res_compartment: "c" })}.canary`;

/** For the rest of this test. */
export function setPrincipal(region: string): void {
  vi.stubEnv("OCI_RESOURCE_PRINCIPAL_VERSION", "2.2");
  vi.stubEnv("OCI_RESOURCE_PRINCIPAL_RPST", token);
  vi.stubEnv("OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM", keys.privateKey);
  vi.stubEnv("OCI_RESOURCE_PRINCIPAL_REGION", region);
}
