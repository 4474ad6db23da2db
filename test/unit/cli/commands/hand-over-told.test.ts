import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { calculateJwkThumbprint, compactDecrypt, exportJWK } from "jose";
import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { claimWith, contentWith, keepUpdating, writeVersion } from "../../../support/outside-changes.ts";

const cli = useCli();
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwk = await exportJWK(publicKey);
const thumbprint = await calculateJwkThumbprint(jwk);
const ENDS = "2026-12-20T10:00:00Z";

/** A holder's key in a file, and the command that encrypts for it. */
async function holder(options: Parameters<typeof cli>[0] = {}) {
  const w = await cli(options);
  const to = path.join(w.home, "holder.jwk");
  writeFileSync(to, JSON.stringify(jwk));
  const handOver = (...words: readonly string[]) => w.run("hand-over", w.secretId, "--to", to, ...words);
  return { w, handOver };
}

const inside = async (message: string) => {
  const { plaintext } = await compactDecrypt(message, privateKey);
  return JSON.parse(new TextDecoder().decode(plaintext)) as Record<string, unknown>;
};

const covering = ({ app }: CliWorld, versionNo: number, end: string) =>
  `This message holds a new client secret for the OAuth client ${app.clientId} at https://idcs-${"0".repeat(32)}.identity.oraclecloud.com, version ${versionNo}.
Only the holder of the private key with the thumbprint ${thumbprint} can open it (JWE, ECDH-ES+A256KW, A256GCM).
${end}

It does not prove who sent it: anyone who has your public key can make such a message. Ask the sender in another way whether it is theirs.

How to open it: docs/hand-over.md, or with step: step crypto jwe decrypt --key private.jwk < message.jwe
`;
const NO_DATE = "No date is known on which the secret ends.";

describe("oci-rotate hand-over", () => {
  test("prints the message alone on stdout, and what to send with it on stderr", async () => {
    const { w, handOver } = await holder();
    const run = await handOver();
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(run.stderr).toBe(`warning: send this with the message:\n\n${covering(w, 1, NO_DATE)}\n`);
    expect(await inside(run.stdout)).toMatchObject({ secret_expires_on: null, version: 1 });
  });

  test("tells a script all of it, and notes on the secret for whom and when", async () => {
    const { w, handOver } = await holder();
    const run = await handOver("--json");
    const { message, ...told } = run.json();
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(told).toEqual({
      ...{ secretId: w.secretId, versionNo: 1, clientId: w.app.clientId, file: null, isNoted: true },
      ...{ recipient: { thumbprint, alg: "ECDH-ES+A256KW" }, coveringText: covering(w, 1, NO_DATE) },
    });
    expect(await inside(String(message))).toHaveProperty("client_secret");
    const noted = JSON.parse(String(w.emulator.admin.secret(w.secretId).metadata["orot"]));
    expect(noted).toMatchObject({ handedOver: { version: 1, to: thumbprint } });
  });

  test("--out names the file, for whom it is, and what to send with it", async () => {
    const { w, handOver } = await holder();
    const file = path.join(w.home, "message.jwe");
    const run = await handOver("--out", file);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    expect(run.stdout).toBe(`message  ${file}\nfor      ${thumbprint}\n\n${covering(w, 1, NO_DATE)}`);
    const asJson = await handOver("--out", file, "--json");
    expect(asJson.json()).toMatchObject({ message: null, file });
    expect(await inside(readFileSync(file, "utf8"))).toHaveProperty("client_secret");
  });

  test.each([
    { of: "the version", noted: `${ENDS} v1`, end: ENDS },
    { of: "another version", noted: `${ENDS} v2`, end: null },
  ])("takes an end that is noted for $of as $end", async ({ noted, end }) => {
    const { w, handOver } = await holder();
    w.emulator.admin.secret(w.secretId).freeformTags = { "orot-expires-on": noted };
    const { message, coveringText } = (await handOver("--json")).json();
    expect(await inside(String(message))).toMatchObject({ secret_expires_on: end });
    expect(coveringText).toBe(
      covering(w, 1, end === null ? NO_DATE : `The secret ends on ${end}, as far as is known.`),
    );
  });

  test("--stage PENDING hands over the value that is not in use yet, and says so where there is none", async () => {
    const { w, handOver } = await holder();
    const none = await handOver("--stage", "PENDING");
    expect(none).toMatchObject({ exitCode: 1, stdout: "" });
    expect(none.stderr).toBe("error: the secret has no PENDING version.\nnext:  leave out --stage for CURRENT.\n");
    await writeVersion(w, contentWith(w, "not-yet"));
    const run = await handOver("--stage", "PENDING", "--json");
    expect(run.json()).toMatchObject({ versionNo: 2 });
    expect(await inside(String(run.json()["message"]))).toMatchObject({ client_secret: "not-yet", version: 2 });
  });

  test("hands over no claim of another run, which is no credential for an application", async () => {
    const { w, handOver } = await holder();
    await writeVersion(w, claimWith(w));
    const run = await handOver("--stage", "PENDING");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe("error: the PENDING version holds no credential.\nnext:  run oci-rotate status.\n");
    expectOnlyReads(run);
  });

  test.each([
    { what: "refuses the note", call: "update-metadata", kind: "unauthorized" },
    { what: "is not asked, since the secret cannot be read again", call: "get-secret", kind: "unauthorized" },
  ] as const)("warns where Vault $what, and hands over all the same", async ({ call, kind }) => {
    const { w, handOver } = await holder();
    // The first look at the secret is for its tags.
    w.emulator.faults.add({ call, kind, occurrence: call === "get-secret" ? 2 : 1, count: 9 });
    const run = await handOver("--json");
    expect(run.exitCode).toBe(0);
    expect(run.json()).toMatchObject({ isNoted: false });
    expect(run.stderr).toBe(
      'warning: for whom and when was not noted on the secret; next: nothing, or grant yourself "use secrets" there\n',
    );
  });

  test("notes nothing while Vault writes the secret, since that would be refused", async () => {
    const { w } = await holder();
    const transport: Transport = async (request) => {
      const response = await w.emulator.transport(request);
      return { ...response, body: response.body.replace('"lifecycleState":"ACTIVE"', '"lifecycleState":"UPDATING"') };
    };
    const to = path.join(w.home, "holder.jwk");
    const run = await w.runWith({ transport }, "hand-over", w.secretId, "--to", to, "--json");
    expect(run.json()).toMatchObject({ isNoted: false });
    expectOnlyReads(run);
  });

  test.each([
    { ms: 10_000, exitCode: 0 },
    { ms: 25_000, exitCode: 1 },
  ])("waits while Vault writes the secret for $ms ms, twenty looks at most", async ({ ms, exitCode }) => {
    const { w, handOver } = await holder();
    keepUpdating(w, { ms });
    const run = await handOver("--json");
    expect(run.exitCode).toBe(exitCode);
    if (exitCode === 0) return;
    expect(run.json()).toMatchObject({
      error: { code: "NOTHING_FOUND", what: "the secret is being written", next: "run the command again in a minute" },
    });
    expect(run.requests.filter(({ call }) => call === "list-versions")).toHaveLength(20);
  });

  test.each([
    { name: "missing", bytes: null, exitCode: 1, says: "cannot be read" },
    { name: "large", bytes: 100_001, exitCode: 2, says: "is too large for a key" },
  ])("refuses a $name file before anything is read from Vault", async ({ name, bytes, exitCode, says }) => {
    const w = await cli();
    const file = path.join(w.home, name);
    if (bytes !== null) writeFileSync(file, "x".repeat(bytes));
    const run = await w.run("hand-over", w.secretId, "--to", file);
    expect(run).toMatchObject({ exitCode, stdout: "", requests: [] });
    expect(run.stderr).toBe(`error: ${file} ${says}.\nnext:  name the file with the holder's public key.\n`);
  });

  test("takes a file that is as large as it may be", async () => {
    const w = await cli();
    const file = path.join(w.home, "padded.jwk");
    writeFileSync(file, JSON.stringify(jwk).padEnd(100_000, " "));
    expect((await w.run("hand-over", w.secretId, "--to", file)).exitCode).toBe(0);
  });
});
