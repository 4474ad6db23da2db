import { createPrivateKey, createPublicKey } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { decodeJwt } from "jose";
import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from "../../../support/modes.ts";

const cli = useCli();
const folderOf = (w: CliWorld) => path.join(w.home, ".oci", "db-token");
const modeOf = (file: string) => statSync(file).mode & 0o777;

/** Token and key as a driver reads them; from now on both are looked for in all that was printed. */
function stored(w: CliWorld, folder = folderOf(w)) {
  const token = readFileSync(path.join(folder, "token"), "utf8");
  const pem = readFileSync(path.join(folder, "oci_db_key.pem"), "utf8");
  w.canary.add(token);
  w.canary.add(pem.replace(/-----[^-]+-----|\s/g, ""));
  return { token, pem };
}

/** Whether the token is bound to the key. */
function belongTogether({ token, pem }: { token: string; pem: string }): boolean {
  const { n } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
  return JSON.parse(String(decodeJwt(token)["jwk"])).n === n;
}

describe("oci-rotate db-token", () => {
  test("writes a token and the key that it is bound to, for the owner's eyes alone, and shows neither", async () => {
    const w = await cli();
    const run = await w.run("db-token");
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const written = stored(w);
    expect(belongTogether(written)).toBe(true);
    expect(written.token).toBe(written.token.trim());
    const folder = folderOf(w);
    expect(modeOf(folder)).toBe(OWNER_ONLY_FOLDER);
    expect(readdirSync(folder).sort()).toEqual(["oci_db_key.pem", "token"]);
    for (const name of readdirSync(folder)) expect(modeOf(path.join(folder, name))).toBe(OWNER_ONLY);
    const until = new Date((decodeJwt(written.token).exp ?? 0) * 1000).toISOString();
    expect(run.stdout).toBe(`token        ${path.join(folder, "token")}
private key  ${path.join(folder, "oci_db_key.pem")}
scope        urn:oracle:db::id::*
lasts        59 minutes, until ${until}
`);
    expect(run.requests.map(({ call, status }) => [call, status])).toEqual([["database-token", 200]]);
  });

  test("takes the private key as node-oracledb does, without its first and last line", async () => {
    const w = await cli();
    await w.run("db-token");
    const body = stored(w).pem.replace(/-----[^-]+-----|\s/g, "");
    const key = createPrivateKey({ key: Buffer.from(body, "base64"), format: "der", type: "pkcs8" });
    expect(key.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  test("makes a new pair each time, and tells as JSON where it is and how long it lasts", async () => {
    const w = await cli();
    await w.run("db-token");
    const first = stored(w);
    await w.clock.sleep(600_000);
    const run = await w.run("db-token", "--json");
    const second = stored(w);
    expect(second.pem).not.toBe(first.pem);
    expect(belongTogether(second)).toBe(true);
    expect(run.json()).toEqual({
      tokenFile: path.join(folderOf(w), "token"),
      keyFile: path.join(folderOf(w), "oci_db_key.pem"),
      scope: "urn:oracle:db::id::*",
      expiresAt: new Date((decodeJwt(second.token).exp ?? 0) * 1000).toISOString(),
      minutesLeft: 59,
    });
  });

  test("asks for the scope and writes to the folder that it is told", async () => {
    const w = await cli();
    const folder = path.join(w.home, "elsewhere");
    const scope = "urn:oracle:db::id::ocid1.compartment.oc1..a::ocid1.autonomousdatabase.oc1.iad.b";
    await w.run("db-token", "--scope", scope, "--location", folder);
    expect(decodeJwt(stored(w, folder).token)["scope"]).toBe(scope);
  });

  test("replaces a link instead of writing through it", async () => {
    const w = await cli();
    mkdirSync(folderOf(w), { recursive: true, mode: 0o700 });
    const target = path.join(w.home, "read-by-all");
    writeFileSync(target, "untouched", { mode: 0o644 });
    symlinkSync(target, path.join(folderOf(w), "token"));
    await w.run("db-token");
    expect(readFileSync(target, "utf8")).toBe("untouched");
    expect(belongTogether(stored(w))).toBe(true);
  });

  /** An answer of OCI's; whatever else is sent arrives. */
  const answering = (w: CliWorld, status: number, body: string): Transport => {
    const answer = { status, headers: { "content-type": "application/json" }, body };
    return async (request) =>
      request.url.endsWith("/v1/actions/generateScopedAccessToken") ? answer : w.emulator.transport(request);
  };
  const NO_RIGHT = `GenerateScopedAccessToken was answered %; you may have no right to databases there.
next:  check --scope, and the policy line "Allow group <your group> to use database-connections in compartment id <compartment>".`;
  const LATER = "GenerateScopedAccessToken was answered %.\nnext:  try again later.";
  const UNREADABLE = `the answer to GenerateScopedAccessToken holds no readable token; nothing was written.
next:  try again later.`;
  const jwt = (claims: object) =>
    JSON.stringify({ token: `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.c2ln` });

  test.each([
    {
      status: 400,
      says: NO_RIGHT.replace(
        "you may have no right to databases there",
        "the scope may name something that does not exist",
      ),
    },
    {
      status: 401,
      exitCode: 3,
      says: `OCI refused the signature of GenerateScopedAccessToken with 401; OCI does not know the key, token or user, or this machine's clock is more than five minutes off.
next:  check the profile and the clock, or sign in again.`,
    },
    { status: 403, says: NO_RIGHT },
    { status: 404, says: NO_RIGHT },
    { status: 429, says: LATER },
    { status: 500, says: LATER },
    { status: 302, says: LATER },
    { status: 200, body: "{", says: UNREADABLE },
    { status: 200, body: '{"token":7}', says: UNREADABLE },
    { status: 200, body: '{"token":"a.b"}', says: UNREADABLE },
    { status: 200, body: '{"token":"a.b.c\\nd"}', says: UNREADABLE },
    { status: 200, body: jwt({}), says: UNREADABLE },
    { status: 200, body: jwt({ exp: "soon" }), says: UNREADABLE },
  ])("keeps the older pair after $status $body", async ({ status, body = "{}", exitCode = 1, says }) => {
    const w = await cli();
    await w.run("db-token");
    const before = stored(w);
    const run = await w.runWith({ transport: answering(w, status, body) }, "db-token");
    expect(run).toMatchObject({ exitCode, stdout: "", stderr: `error: ${says.replace("%", String(status))}\n` });
    expect(stored(w)).toEqual(before);
    expect(readdirSync(folderOf(w))).toHaveLength(2);
  });

  test("keeps the older pair where no answer arrives", async () => {
    const w = await cli();
    await w.run("db-token");
    const before = stored(w);
    w.emulator.faults.add({ call: "database-token", kind: "answer-lost", count: 1 });
    const run = await w.run("db-token");
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("no answer received");
    expect(stored(w)).toEqual(before);
  });

  test("of a token that has ended already it says that no minute is left", async () => {
    const w = await cli();
    const exp = Math.floor(w.clock.now() / 1000) - 90;
    const transport = answering(w, 200, jwt({ exp }));
    const run = await w.runWith({ transport }, "db-token", "--json");
    expect(run.json()).toMatchObject({ minutesLeft: 0, expiresAt: new Date(exp * 1000).toISOString() });
  });

  test("sends nothing for a scope that is none", async () => {
    const w = await cli();
    const run = await w.run("db-token", "--scope", "everything");
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.stderr).toContain("--scope takes urn:oracle:db::id::");
  });

  test("signs with a session too, and says what to run when it has ended", async () => {
    const w = await cli();
    w.writeSession(3_600_000);
    expect((await w.run("db-token")).exitCode).toBe(0);
    stored(w);
    await w.clock.sleep(3_700_000);
    const run = await w.run("db-token");
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toContain("oci session authenticate");
  });
});
