import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuthority } from "../support/certificates.ts";
import { type ConnectProxy, startConnectProxy } from "../support/connect-proxy.ts";
import { startTlsFront, type TlsFront } from "../support/tls-front.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const ISSUER = "issuer.example.org";
const VAULT = "vaults.example.org";
/** Seconds, less than the margin for the answer: every read is asked once, and nothing is waited for. */
const NO_SECOND_TRY = 4;
const PASSWORD = "canary/+9c1f~4711";

describe("the built function in a private network", () => {
  const authority = createAuthority();
  let image: Image;
  let folder: string;
  let bundle: string;
  let cloud: Cloud;
  let proxy: ConnectProxy;
  let onLoopback: TlsFront;
  let issuer: TlsFront;
  let vault: TlsFront;
  const file = (name: string, text: string) => {
    const target = path.join(folder, name);
    writeFileSync(target, text, { mode: 0o644 });
    return target;
  };

  beforeAll(() => {
    image = openImage();
    folder = mkdtempSync(path.join(tmpdir(), "bundle-"));
    chmodSync(folder, 0o755);
    bundle = file("bundle.pem", `# the company's own\n${authority.pem}`);
  });
  beforeEach(async () => {
    // What is shown is the way to the servers; nobody need wait here for a secret to be ACTIVE.
    cloud = await openCloud({ "updating-polls": 0 });
    proxy = await startConnectProxy();
    const backend = Number(new URL(cloud.url).port);
    onLoopback = await startTlsFront(authority.issue("127.0.0.1"), backend);
    issuer = await startTlsFront(authority.issue(ISSUER), backend);
    vault = await startTlsFront(authority.issue(VAULT), backend);
  });
  afterEach(async () => {
    for (const open of [onLoopback, issuer, vault, proxy, cloud]) await open.close();
  });
  afterAll(async () => {
    await image.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A day-old secret whose issuer is at this address. */
  const secretOf = (domainUrl: string) => cloud.addSecret((credential) => ({ ...credential, domainUrl })).secretId;
  const call = async (event: object, environment: Record<string, string>, seconds = 300) => {
    const origins = [cloud.url, url("127.0.0.1", onLoopback), url(ISSUER, issuer)].join(",");
    const given = { ...cloud.environment(), OROT_ISSUER_ORIGINS: origins, ...environment };
    const fn = await startFunction(image, given);
    cloud.calls();
    const { status, json } = await fn.call(event, { seconds });
    const { stdout, stderr } = await fn.stop();
    expect(status).toBe(200);
    expect(stderr).toEqual([]);
    expect(`${stdout.join("\n")}${JSON.stringify(json)}`).not.toMatch(/canary|9c1f|BEGIN CERTIFICATE/);
    return { ...json, message: String(json["returnMessage"]), calls: cloud.calls() };
  };
  const rotate = (secretId: string, environment: Record<string, string>) => call({ secretId }, environment);
  const code = ({ message }: { message: string }) => message.split(":")[0];
  /** The emulated Vault keeps any text; here it stands beside the secrets of applications. */
  const bundleSecret = (text: string) => cloud.addSecret(() => text).secretId;
  const url = (host: string, { port }: TlsFront) => `https://${host}:${port}`;

  it("refuses an issuer whose authority nobody named, and says which setting names it", async () => {
    const answer = await rotate(secretOf(url("127.0.0.1", onLoopback)), {});
    expect(answer).toMatchObject({ responseCode: 400 });
    expect(answer.message).toMatch(/^CERTIFICATE_UNTRUSTED: .*OROT_CA_BUNDLE\.$/);
    expect(answer.calls).not.toContain("regenerate");
  });

  it("rotates at an issuer whose authority is in a file of the image", async () => {
    const answer = await rotate(secretOf(url("127.0.0.1", onLoopback)), { OROT_CA_BUNDLE: bundle });
    expect([answer.message, code(answer)]).toEqual([answer.message, "OK"]);
    expect(answer.calls).toContain("regenerate");
  });

  it("rotates at an issuer whose authority is in a Vault secret, which it reads once", async () => {
    const inVault = bundleSecret(authority.pem);
    const secretId = secretOf(url("127.0.0.1", onLoopback));
    const before = cloud.emulator.requests.length;
    const answer = await rotate(secretId, { OROT_CA_BUNDLE: inVault });
    expect([answer.message, code(answer)]).toEqual([answer.message, "OK"]);
    const reads = cloud.emulator.requests.slice(before).filter((request) => JSON.stringify(request).includes(inVault));
    expect(reads).toHaveLength(1);
  });

  it("gives Vault's own answer where it may not read that secret", async () => {
    const missing = `ocid1.vaultsecret.oc1.iad.${"m".repeat(32)}`;
    const answer = await rotate(cloud.secretId, { OROT_CA_BUNDLE: missing });
    expect(answer).toMatchObject({ responseCode: 404 });
    expect(answer.message).toMatch(/^SECRET_NOT_FOUND: GetSecretBundle /);
  });

  it.each([
    ["a file that is not there", () => "/nowhere/bundle.pem", "names a file that the function cannot read"],
    ["a folder", () => folder, "names something that is no file"],
    ["a file without certificates", () => file("empty.pem", "canary"), "names a text that holds no PEM certificate"],
    ["a secret without certificates", () => bundleSecret("canary"), "names a text that holds no PEM certificate"],
  ])("answers every call with the setting's name where it names %s", async (_what, value, says) => {
    const answer = await rotate(cloud.secretId, { OROT_CA_BUNDLE: value() });
    expect(answer).toMatchObject({ responseCode: 500 });
    expect(answer.message).toBe(
      `SETTINGS_INVALID: OROT_CA_BUNDLE ${says}. Next: correct the function's configuration.`,
    );
  });

  it("does not trust OCI's own endpoints by that bundle", async () => {
    const endpoints = { OROT_VAULT_ENDPOINT: url("127.0.0.1", onLoopback) };
    const untrusted = await call({ secretId: cloud.secretId }, { OROT_CA_BUNDLE: bundle, ...endpoints }, NO_SECOND_TRY);
    expect(untrusted).toMatchObject({ responseCode: 503, calls: [] });
    expect(code(untrusted)).toBe("VAULT_UNAVAILABLE");
    // The same server, where the system trusts it.
    const trusted = await rotate(cloud.secretId, { NODE_EXTRA_CA_CERTS: bundle, ...endpoints });
    expect(code(trusted)).toBe("OK");
  });

  it("reaches issuer and Vault through HTTPS_PROXY alike, and shows nobody its password", async () => {
    const answer = await rotate(secretOf(url(ISSUER, issuer)), {
      HTTPS_PROXY: `http://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: bundle,
      OROT_VAULT_ENDPOINT: url(VAULT, vault),
      OROT_SECRETS_ENDPOINT: url(VAULT, vault),
    });
    expect([answer.message, code(answer)]).toEqual([answer.message, "OK"]);
    expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(
      new Set([`${ISSUER}:${issuer.port}`, `${VAULT}:${vault.port}`]),
    );
    const authorization = `Basic ${Buffer.from(`user:${PASSWORD}`).toString("base64")}`;
    expect(new Set(proxy.asked.map((asked) => asked.authorization))).toEqual(new Set([authorization]));
  });

  it("reaches both through a proxy with TLS of its own authority, where the whole process trusts that one", async () => {
    const front = await startTlsFront(authority.issue("127.0.0.1"), proxy.port);
    const environment = {
      HTTPS_PROXY: url("127.0.0.1", front),
      OROT_VAULT_ENDPOINT: url(VAULT, vault),
      OROT_SECRETS_ENDPOINT: url(VAULT, vault),
    };
    const secretId = secretOf(url(ISSUER, issuer));
    const untrusted = await call({ secretId, action: "check" }, environment, NO_SECOND_TRY);
    expect(untrusted).toMatchObject({ responseCode: 503 });
    expect(untrusted.message).toMatch(/^VAULT_UNAVAILABLE: .*HTTPS_PROXY/);
    expect(proxy.asked).toEqual([]);
    // The bundle vouches for the proxy, and for no server of OCI behind it.
    const behind = await call({ secretId, action: "check" }, { ...environment, OROT_CA_BUNDLE: bundle }, NO_SECOND_TRY);
    expect(behind).toMatchObject({ responseCode: 503 });
    expect(behind.message).toMatch(new RegExp(`^VAULT_UNAVAILABLE: .*the certificate of ${VAULT}:${vault.port} `));
    const trusted = await rotate(secretId, { ...environment, NODE_EXTRA_CA_CERTS: bundle });
    await front.close();
    expect([trusted.message, code(trusted)]).toEqual([trusted.message, "OK"]);
    expect(new Set(proxy.asked.map(({ target }) => target))).toEqual(
      new Set([`${ISSUER}:${issuer.port}`, `${VAULT}:${vault.port}`]),
    );
  });

  it("names the proxy that refuses to lead to the issuer, and has changed nothing", async () => {
    proxy.behaviour = 407;
    const secretId = secretOf(url(ISSUER, issuer));
    const environment = {
      HTTPS_PROXY: `http://user:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`,
      OROT_CA_BUNDLE: bundle,
    };
    const answer = await call({ secretId, action: "check" }, environment, NO_SECOND_TRY);
    expect(answer).toMatchObject({ responseCode: 503 });
    expect(answer.message).toMatch(
      /^[A-Z]+_[A-Z]+: .*HTTPS_PROXY answered CONNECT with 407.* Next: check HTTPS_PROXY, /,
    );
    expect(answer.calls).not.toContain("regenerate");
    expect(cloud.current(secretId)).toMatchObject({ number: 1, login: "accepted" });
  });

  it("names the proxy that refuses to lead to Vault", async () => {
    proxy.behaviour = 403;
    const environment = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, OROT_VAULT_ENDPOINT: url(VAULT, vault) };
    const answer = await call({ secretId: cloud.secretId }, environment, NO_SECOND_TRY);
    expect(answer.message).toMatch(
      /^VAULT_UNAVAILABLE: .*HTTPS_PROXY answered CONNECT with 403 \(127\.0\.0\.1:\d+, for .+\)\. Next: check HTTPS_PROXY, /,
    );
    expect(answer.calls).toEqual([]);
  });

  it.each(["HTTPS_PROXY", "https_proxy"])("answers every call with %s's name where it is no proxy", async (name) => {
    const answer = await rotate(cloud.secretId, { [name]: `https://user:${PASSWORD}@proxy:x` });
    expect(answer).toMatchObject({ responseCode: 500, calls: [] });
    expect(answer.message).toBe(
      `SETTINGS_INVALID: ${name} must be host:port, http://host:port or https://host:port, with user:password@ before the host if the proxy asks. Next: correct the function's configuration.`,
    );
  });
});
