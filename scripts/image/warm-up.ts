/**
 * Runs once in the finished image, with the image's own Node: starts the function, sends it two events, and has Node write what it has compiled.
 * Nothing leaves the machine: Vault is a server of this process, which knows no secret.
 */
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { watch } from "node:fs/promises";
import { createServer, type IncomingMessage, request } from "node:http";
import { createRequire, flushCompileCache } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fakeResourcePrincipal } from "./principal.ts";

/** The image's. */
const FOLDER = process.cwd();
const START_LIMIT_MS = 60_000;
const SECRET = "ocid1.vaultsecret.oc1..warmup";

async function send(socketPath: string, body: string): Promise<string> {
  const headers = { "fn-call-id": "warm-up", "content-length": Buffer.byteLength(body) };
  const sent = request({ socketPath, path: "/call", method: "POST", headers }).end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return Buffer.concat(await answer.toArray()).toString("utf8");
}

async function warmUp(): Promise<void> {
  const vault = createServer((_request, response) => {
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"code":"NotAuthorizedOrNotFound","message":"none"}');
  });
  await once(vault.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(vault.address() as AddressInfo).port}`;
  const folder = mkdtempSync(path.join(tmpdir(), "warm-up-"));
  const socket = path.join(folder, "fn.sock");
  Object.assign(process.env, fakeResourcePrincipal(), {
    FN_FORMAT: "http-stream",
    FN_LISTENER: `unix:${socket}`,
    OROT_VAULT_ENDPOINT: url,
    OROT_SECRETS_ENDPOINT: url,
  });
  createRequire(path.join(FOLDER, "warm-up.js"))("./func.js");
  const changes = watch(folder, { signal: AbortSignal.timeout(START_LIMIT_MS) })[Symbol.asyncIterator]();
  while (!existsSync(socket)) await changes.next();
  // A refused event, and one that reaches Vault: the SDK signs, asks and reads.
  for (const event of ["", JSON.stringify({ secretId: SECRET, step: "VERIFY_CONNECTION" })]) {
    const answer: { responseCode?: unknown } = JSON.parse(await send(socket, event));
    if (answer.responseCode === 500) throw new Error("the function failed");
  }
  flushCompileCache();
  rmSync(folder, { recursive: true, force: true });
  if (readdirSync(path.join(FOLDER, "compile-cache")).length === 0) throw new Error("Node wrote no compiled code");
}

// The function's server would keep the process alive.
warmUp().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
