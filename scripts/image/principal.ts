import { generateKeyPairSync } from "node:crypto";

const TOKEN_LIFE_SECONDS = 3600;

/** What OCI Functions gives a function as its identity, with a key that no service knows. */
export function fakeResourcePrincipal(): Record<string, string> {
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    exp: Math.floor(Date.now() / 1000) + TOKEN_LIFE_SECONDS,
    res_tenant: "ocid1.tenancy.oc1..bench",
    res_compartment: "ocid1.compartment.oc1..bench",
  };
  return {
    OCI_RESOURCE_PRINCIPAL_VERSION: "2.2",
    OCI_RESOURCE_PRINCIPAL_RPST: `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.c2ln`,
    OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM: privateKey,
    OCI_RESOURCE_PRINCIPAL_REGION: "us-ashburn-1",
  };
}
