import { randomBytes } from "node:crypto";
import { readdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { cachedFolder, fetchArtifact, LIVE_CACHE, must, unpack } from "./maven.ts";
import { freePort, startServerProcess } from "./server-process.ts";

export const KEYCLOAK_VERSION = "26.7.0";

const DISTRIBUTION = {
  coordinates: `org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:tar.gz`,
  sha256: "f771df0aa1e4820f57d56f7d6d015beb6415487b43f8de7e5a6d48f8a7fe118a",
};
/** What is fixed when the server is built; the start takes them as they are. */
const BUILD = ["--db=dev-mem", "--features=client-secret-rotation"];
const BUILD_LIMIT_MS = 300_000;
const READY_LIMIT_MS = 300_000;

export interface KeycloakServer {
  /** Without a trailing slash. */
  readonly url: string;
  /** An administrator of the realm `master`. */
  readonly admin: { readonly name: string; readonly password: string };
  readonly readyMs: number;
  stop(): Promise<void>;
}

/**
 * Starts a real Keycloak with its database in memory on a free loopback port, with the feature client-secret-rotation. The first call fetches
 * it (176 MB) and builds it (half a minute); it takes 15 s to start and 470 MB of memory. Needs a JDK 17 and Maven. Throws an Error with the
 * end of the server's log where it does not start.
 */
export async function startKeycloak(): Promise<KeycloakServer> {
  const installed = install();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const admin = { name: "live", password: randomBytes(24).toString("base64url") };
  const server = await startServerProcess({
    name: `Keycloak ${KEYCLOAK_VERSION}`,
    command: path.join(installed, "bin", "kc.sh"),
    args: [
      "start",
      "--optimized",
      "--http-enabled=true",
      "--http-host=127.0.0.1",
      `--http-port=${port}`,
      "--hostname-strict=false",
      // No cluster: it would listen on addresses other than loopback.
      "--cache=local",
    ],
    cwd: installed,
    env: { KC_BOOTSTRAP_ADMIN_USERNAME: admin.name, KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password },
    logFile: path.join(LIVE_CACHE, "keycloak.log"),
    readyUrl: `${url}/realms/master`,
    readyLimitMs: READY_LIMIT_MS,
  });
  return { url, admin, readyMs: server.readyMs, stop: server.stop };
}

function install(): string {
  return cachedFolder(path.join(LIVE_CACHE, `keycloak-${KEYCLOAK_VERSION}-rotation`), (folder) => {
    const archive = fetchArtifact(DISTRIBUTION.coordinates, folder, DISTRIBUTION.sha256);
    unpack(archive, folder);
    rmSync(archive);
    const unpacked = path.join(folder, `keycloak-${KEYCLOAK_VERSION}`);
    for (const entry of readdirSync(unpacked)) renameSync(path.join(unpacked, entry), path.join(folder, entry));
    rmSync(unpacked, { recursive: true });
    must(path.join(folder, "bin", "kc.sh"), ["build", ...BUILD], folder, BUILD_LIMIT_MS);
  });
}
