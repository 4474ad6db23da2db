import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../run.ts";
import { cachedFolder, fetchArtifact, fetchDependencies, LIVE_CACHE, must, unpack } from "./maven.ts";
import { freePort, type ServerProcess, startServerProcess } from "./server-process.ts";

/** The newest UAA that Maven Central has. */
export const UAA_VERSION = "4.30.0";

const WAR = {
  coordinates: `org.cloudfoundry.identity:cloudfoundry-identity-uaa:${UAA_VERSION}:war`,
  sha256: "0ce1e6384b18fdff1e2d7b42f43d51727d14e76ac493b5558ecff98205b95e9f",
};
/** The war's own Groovy does not start on Java 17. */
const OLD_GROOVY = "groovy-2.5.2.jar";
const GROOVY = {
  coordinates: "org.codehaus.groovy:groovy:2.5.23",
  sha256: "fe3238310d2334b37ed8e6ed219f8a33429eae6548085e822e4d1aad3a471579",
};
/** Not `admin`: the war makes one of that name itself and keeps its own secret for it. */
const ADMIN = "live-admin";
const PROJECT = path.join(ROOT, "scripts", "live", "uaa");
const OPENED = [
  "java.base/java.lang",
  "java.base/java.util",
  "java.base/java.lang.reflect",
  "java.base/java.text",
  "java.desktop/java.awt.font",
];
const READY_LIMIT_MS = 240_000;
const KEY_LIMIT_MS = 60_000;

export interface UaaServer {
  /** With the path `/uaa`, without a trailing slash. */
  readonly url: string;
  /** May make clients and check tokens (`uaa.admin`, `uaa.resource`, `clients.read`, `clients.write`, `clients.secret`). */
  readonly adminClientId: string;
  readonly adminClientSecret: string;
  readonly readyMs: number;
  stop(): Promise<void>;
}

/**
 * Starts a real UAA with a database in memory on a free loopback port. The first call fetches it (65 MB); it takes about 25 s to start and
 * 600 MB of memory. Needs a JDK 17, Maven and OpenSSL. Throws an Error with the end of the server's log where it does not start.
 */
export async function startUaa(): Promise<UaaServer> {
  const installed = install();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const adminClientSecret = randomBytes(24).toString("base64url");
  const folder = mkdtempSync(path.join(LIVE_CACHE, "uaa-run-"));
  const cleanUp = () => rmSync(folder, { recursive: true, force: true });
  let server: ServerProcess;
  try {
    const config = configuration(origin, adminClientSecret, makeKeyPair(folder));
    // YAML takes JSON, so nothing needs to be quoted by hand.
    writeFileSync(path.join(folder, "uaa.yml"), JSON.stringify(config), { mode: 0o600 });
    server = await startServerProcess({
      name: `UAA ${UAA_VERSION}`,
      command: "java",
      args: [
        ...OPENED.flatMap((opened) => ["--add-opens", `${opened}=ALL-UNNAMED`]),
        "-Xmx768m",
        // Compiled less well and started sooner: the server lives for a few hundred requests.
        "-XX:TieredStopAtLevel=1",
        "-classpath",
        path.join(installed, "lib", "*"),
        path.join(PROJECT, "UaaServer.java"),
        path.join(installed, "webapp"),
        folder,
        String(port),
      ],
      cwd: folder,
      env: { UAA_CONFIG_PATH: folder },
      logFile: path.join(LIVE_CACHE, "uaa.log"),
      readyUrl: `${origin}/uaa/info`,
      readyLimitMs: READY_LIMIT_MS,
    });
  } catch (error) {
    cleanUp();
    throw error;
  }
  const stop = async () => {
    await server.stop();
    cleanUp();
  };
  return { url: `${origin}/uaa`, adminClientId: ADMIN, adminClientSecret, readyMs: server.readyMs, stop };
}

function install(): string {
  return cachedFolder(path.join(LIVE_CACHE, `uaa-${UAA_VERSION}`), (folder) => {
    const webapp = path.join(folder, "webapp");
    const libraries = path.join(webapp, "WEB-INF", "lib");
    mkdirSync(webapp);
    const war = fetchArtifact(WAR.coordinates, folder, WAR.sha256);
    unpack(war, webapp);
    rmSync(war);
    rmSync(path.join(libraries, OLD_GROOVY));
    fetchArtifact(GROOVY.coordinates, libraries, GROOVY.sha256);
    fetchDependencies(PROJECT, path.join(folder, "lib"));
  });
}

interface KeyPair {
  readonly key: string;
  readonly certificate: string;
}

/** UAA does not start without its own SAML key, although nothing here uses SAML. */
function makeKeyPair(folder: string): KeyPair {
  const files = ["-keyout", "saml.key", "-out", "saml.crt"];
  const subject = ["-subj", "/CN=uaa.live.test", "-days", "2"];
  must("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...files, ...subject], folder, KEY_LIMIT_MS);
  const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
  // It reads only PKCS #1.
  const key = createPrivateKey(read("saml.key")).export({ type: "pkcs1", format: "pem" });
  return { key: String(key), certificate: read("saml.crt") };
}

function configuration(origin: string, adminSecret: string, { key, certificate }: KeyPair): object {
  return {
    spring_profiles: "default,hsqldb",
    issuer: { uri: `${origin}/uaa` },
    encryption: {
      active_key_label: "live",
      encryption_keys: [{ label: "live", passphrase: randomBytes(24).toString("base64url") }],
    },
    jwt: { token: { "signing-key": randomBytes(24).toString("base64url") } },
    LOGIN_SECRET: randomBytes(24).toString("base64url"),
    login: { serviceProviderKey: key, serviceProviderKeyPassword: "", serviceProviderCertificate: certificate },
    oauth: {
      clients: {
        [ADMIN]: {
          "authorized-grant-types": "client_credentials",
          authorities: "uaa.admin,uaa.resource,clients.read,clients.write,clients.secret",
          secret: adminSecret,
        },
      },
    },
  };
}
