/**
 * Parts of libraries that no call of a function reaches. A row names the importing file and what it asks for, exactly: a row that no import
 * matches any more fails the build, so that an update of a library is looked at.
 */
export interface LeftOut {
  /** A file, below `node_modules`. */
  readonly importer: string;
  /** As the importer writes them. */
  readonly requests: readonly string[];
}

/** A change of one text in a library's file, which must hold it exactly once. */
export interface Mended {
  /** Below `node_modules`. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

/** The adapter is given with every request, and bodies are text: axios needs neither its own adapters nor forms. */
const axios: readonly LeftOut[] = [
  { importer: "axios/lib/adapters/adapters.js", requests: ["./http.js", "./xhr.js", "./fetch.js"] },
  {
    importer: "axios/lib/defaults/index.js",
    requests: ["../helpers/toFormData.js", "../helpers/toURLEncodedForm.js", "../helpers/formDataToJSON.js"],
  },
  { importer: "axios/lib/helpers/AxiosURLSearchParams.js", requests: ["./toFormData.js"] },
  { importer: "axios/lib/platform/node/index.js", requests: ["./classes/FormData.js"] },
];

/**
 * The principal is the function's own, every call has our `httpClient`, and bodies are text: oci-common needs no other way to sign in, no
 * circuit breaker, no pagination and no upload in chunks.
 */
const sdk: readonly LeftOut[] = [
  {
    importer: "oci-common/index.js",
    requests: [
      "./lib/auth/instance-principals-authentication-detail-provider",
      "./lib/auth/oke-workload-identity-authentication-details-provider",
      "./lib/auth/config-file-auth",
      "./lib/auth/session-auth-details-provider",
      "./lib/chunker",
      "./lib/paginators",
    ],
  },
  {
    importer: "oci-common/lib/auth/helpers/delegate-auth-provider.js",
    requests: ["../instance-principals-authentication-detail-provider"],
  },
  {
    importer: "oci-common/lib/auth/abstract-requesting-authentication-detail-provider.js",
    requests: ["./X509-federation-client"],
  },
  { importer: "oci-common/lib/helper.js", requests: ["./chunker"] },
  { importer: "oci-common/lib/circuit-breaker.js", requests: ["opossum"] },
  { importer: "oci-common/lib/http.js", requests: ["opossum"] },
];

/** OCI signs with RSA keys in PEM (PKCS 1 or 8), so neither other formats, other kinds of keys, certificates nor a check of signatures is reached. */
const signatures: readonly LeftOut[] = [
  { importer: "http-signature/lib/index.js", requests: ["./parser", "./verify"] },
  { importer: "sshpk/lib/key.js", requests: ["./formats/dnssec", "./formats/putty", "./ed-compat"] },
  {
    importer: "sshpk/lib/private-key.js",
    requests: ["./formats/dnssec", "./formats/putty", "./ed-compat", "tweetnacl"],
  },
  { importer: "sshpk/lib/formats/auto.js", requests: ["./dnssec", "./putty"] },
  { importer: "sshpk/lib/formats/ssh-private.js", requests: ["bcrypt-pbkdf"] },
  { importer: "sshpk/lib/index.js", requests: ["./certificate"] },
  { importer: "sshpk/lib/fingerprint.js", requests: ["./certificate"] },
  { importer: "sshpk/lib/dhe.js", requests: ["tweetnacl", "ecc-jsbn", "ecc-jsbn/lib/ec"] },
  { importer: "sshpk/lib/utils.js", requests: ["tweetnacl", "ecc-jsbn/lib/ec"] },
  { importer: "jsprim/lib/jsprim.js", requests: ["verror", "json-schema"] },
];

/** The principal's token is only decoded. */
const tokens: readonly LeftOut[] = [
  { importer: "jsonwebtoken/index.js", requests: ["./verify", "./sign"] },
  { importer: "jws/index.js", requests: ["./lib/sign-stream"] },
  { importer: "jws/lib/verify-stream.js", requests: ["jwa"] },
];

/** Our own wait for ACTIVE knows the deadline, so the SDK's waiter, and with it the client of work requests, is not reached. */
const services: readonly LeftOut[] = [
  { importer: "oci-vault/index.js", requests: ["./lib/vaults-waiter"] },
  { importer: "oci-vault/lib/client.js", requests: ["./vaults-waiter", "opossum"] },
  { importer: "oci-secrets/lib/client.js", requests: ["opossum"] },
];

const fetch = "module.exports = globalThis.fetch; module.exports.default = globalThis.fetch;";

/** Node has fetch, and our own HTTP client replaces even that one. A third of the bundle would be node-fetch's host names. */
export const nativeFetch = { "isomorphic-fetch": fetch, "node-fetch": fetch };

/**
 * `debug` prints requests of libraries, and their credentials, when a variable says so; and it brings whatever package for colours is installed.
 */
export const silentLibraries = { debug: "const none = () => undefined; module.exports = () => none;" };

/** Of both functions. */
export const leftOut: readonly LeftOut[] = [...axios, ...sdk, ...signatures, ...tokens, ...services];

/** Modules by name, and what stands for them. */
export const replaced: Readonly<Record<string, string>> = {
  "isomorphic-fetch": fetch,
  // Node's own promises.
  "es6-promise": "exports.polyfill = () => undefined;",
  // The SDK numbers requests by the time and some random bytes; random bytes alone are as unique.
  uuid: 'exports.v1 = require("node:crypto").randomUUID;',
  // Its core: the package's own entry also brings what axios does by itself.
  axios: `export { default as Axios } from "axios/unsafe/core/Axios.js";
    export { default as AxiosHeaders } from "axios/unsafe/core/AxiosHeaders.js";`,
};

export const changed: readonly Mended[] = [
  {
    file: "axios/lib/utils.js",
    // Only asking for it loads Node's fetch, and no body of ours is a form.
    text: "typeof G.FormData !== 'undefined' ? G.FormData : undefined",
    by: "undefined",
  },
];
