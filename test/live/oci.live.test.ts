import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { OCI_CLI_VERSION } from "../../scripts/live/oci-clients.ts";
import { makeKeyPair } from "../../src/emulator/core/principal.ts";
import { type Json, type OciEmulator, openOciEmulator, type Ran } from "./oci-emulator.ts";

const PLACEHOLDER = "<id that rotate printed>";
const WORK_REQUEST = /^ocid1\.workrequest\./;

const data = (ran: Ran) => ran.json["data"] as Json;
const list = (ran: Ran) => ran.json["data"] as readonly Json[];
const rotationStages = (stages: unknown) => (stages as readonly Json[]).map(({ stage }) => stage);

/** A command that did what it should: exit code 0, nothing on stderr but what is allowed, no value that the client does not know. */
function ok(ran: Ran, allowed: RegExp = /^$/): Ran {
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(allowed) });
  expect(ran.stdout).not.toContain("UNKNOWN_ENUM_VALUE");
  return ran;
}

/** A command that the service refused: exit code 1 and the service's own words. */
function refused(ran: Ran, status: number, code: string): void {
  expect(ran).toMatchObject({ code: 1, stdout: "" });
  const said: unknown = JSON.parse(ran.stderr.slice(ran.stderr.indexOf("{")));
  expect(said).toMatchObject({ status, code });
}

async function finishedRotation(read: () => Promise<Ran>): Promise<Json> {
  for (let asked = 0; asked < 20; asked += 1) {
    const seen = data(ok(await read()));
    if (!["ACCEPTED", "IN_PROGRESS"].includes(String(seen["status"]))) return seen;
  }
  throw new Error("the rotation did not end");
}

it("the official command line is the one that was asked for", () => {
  expect(inject("oci").version).toBe(OCI_CLI_VERSION);
});

describe("the commands that the emulator prints, as printed", () => {
  let first: OciEmulator;
  // After a rotation another waits until the claim of the one before is dead, so the two ways to rotate get an emulator each.
  let second: OciEmulator;
  beforeAll(async () => {
    [first, second] = await Promise.all([openOciEmulator(), openOciEmulator()]);
  });
  afterAll(async () => {
    await Promise.all([first.stop(), second.stop()]);
  });

  const run = new Set<string>();
  const printed = (emulator: OciEmulator, words: string) => {
    const found = emulator.commands.findIndex((command) => command.includes(` ${words} --`));
    const command = emulator.commands[found];
    if (command === undefined) throw new Error(`the emulator prints no command "${words}"`);
    run.add(first.commands[found] ?? "");
    return command;
  };

  it("looks at the secret", async () => {
    const { secretId, functionId, shell } = first;
    const seen = data(ok(await shell(printed(first, "vault secret get"))));
    expect(seen).toMatchObject({
      id: secretId,
      "lifecycle-state": "ACTIVE",
      "current-version-number": 1,
      "rotation-status": "SCHEDULED",
      "rotation-config": { "target-system-details": { "function-id": functionId, "target-system-type": "FUNCTION" } },
    });
  });

  it("lists secrets and versions", async () => {
    const { secretId, shell } = first;
    const secrets = list(ok(await shell(printed(first, "vault secret list"))));
    expect(secrets.map(({ id }) => id)).toEqual([secretId]);
    const versions = list(ok(await shell(printed(first, "vault secret-version list"))));
    expect(versions).toMatchObject([{ "version-number": 1, stages: ["CURRENT", "LATEST"] }]);
  });

  it("rotates as Vault's schedule does, and shows how that went", async () => {
    const { shell, secretId } = first;
    const rotated = ok(await shell(printed(first, "vault secret rotate")));
    const id = String(rotated.json["opc-work-request-id"]);
    expect(id).toMatch(WORK_REQUEST);
    const read = printed(first, "work-requests work-request get");
    expect(read).toContain(PLACEHOLDER);
    const seen = await finishedRotation(() => shell(read.replace(PLACEHOLDER, id)));
    expect(seen).toMatchObject({ id, "operation-type": "ROTATE_SECRET", status: "SUCCEEDED", "percent-complete": 100 });
    expect(seen["resources"]).toMatchObject([{ "action-type": "UPDATED", identifier: secretId }]);
  });

  it("reads CURRENT, which the rotation has changed", async () => {
    const bundle = data(ok(await first.shell(printed(first, "secrets secret-bundle get"))));
    expect(bundle).toMatchObject({ "version-number": 3, stages: expect.arrayContaining(["CURRENT"]) });
  });

  it("stops the schedule", async () => {
    ok(await first.shell(printed(first, "vault secret cancel-secret-rotation")));
    const seen = data(ok(await first.shell(printed(first, "vault secret get"))));
    expect(seen).toMatchObject({ "rotation-config": { "is-scheduled-rotation-enabled": false } });
  });

  it("rotates by calling the function", async () => {
    const answer = ok(await second.shell(printed(second, "fn function invoke"))).json;
    expect(answer).toMatchObject({ responseCode: 200, versionNo: 3, rotationId: expect.any(String) });
    expect(rotationStages(answer["stages"]).at(-1)).toBe("promote");
  });

  it("are all of these", () => {
    expect([...run].sort()).toEqual([...first.commands].sort());
  });
});

describe("the official command line", () => {
  let emulator: OciEmulator;
  beforeAll(async () => {
    emulator = await openOciEmulator();
  });
  afterAll(async () => {
    await emulator.stop();
  });

  const secret = () => ["--secret-id", emulator.secretId];
  const version = (number: number) => [...secret(), "--secret-version-number", String(number)];
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const write = (text: string, ...more: string[]) =>
    emulator.oci(
      ...[
        "vault",
        "secret",
        "update-base64",
        ...secret(),
        "--force",
        "--secret-content-content",
        base64(text),
        ...more,
      ],
    );
  const stages = async () => {
    const versions = list(ok(await emulator.oci("vault", "secret-version", "list", ...secret())));
    return versions.map((one) => [one["version-number"], one["stages"]]);
  };
  const bundle = async (...selector: string[]) =>
    data(ok(await emulator.oci("secrets", "secret-bundle", "get", ...secret(), ...selector)));

  it("writes a PENDING version and promotes it, waiting until the secret is ACTIVE", async () => {
    const pending = ["--secret-content-stage", "PENDING", "--secret-content-name", "by-hand"];
    expect(data(ok(await write('{"by":"hand"}', ...pending)))).toMatchObject({ "lifecycle-state": "UPDATING" });
    expect(await stages()).toEqual([
      [2, ["PENDING", "LATEST"]],
      [1, ["CURRENT"]],
    ]);
    const promote = ["--current-version-number", "2", "--force", "--wait-for-state", "ACTIVE"];
    const promoted = ok(await emulator.oci("vault", "secret", "update", ...secret(), ...promote), /Waiting until/);
    expect(data(promoted)).toMatchObject({ "current-version-number": 2, "lifecycle-state": "ACTIVE" });
    expect(await stages()).toEqual([
      [2, ["CURRENT", "LATEST"]],
      [1, ["PREVIOUS"]],
    ]);
  });

  it("reads a bundle by version stage, number and name, and by the secret's name", async () => {
    const written = { "secret-bundle-content": { content: base64('{"by":"hand"}'), "content-type": "BASE64" } };
    expect(await bundle("--stage", "CURRENT")).toMatchObject({ "version-number": 2, ...written });
    expect(await bundle("--version-number", "1")).toMatchObject({ "version-number": 1, stages: ["PREVIOUS"] });
    expect(await bundle("--secret-version-name", "by-hand")).toMatchObject({ "version-number": 2, ...written });
    const byName = ["--secret-name", "sample-app-credential", "--vault-id", emulator.vaultId];
    const named = await emulator.oci("secrets", "secret-bundle", "get-secret-bundle-by-name", ...byName);
    expect(data(ok(named))).toMatchObject({ "version-number": 2 });
  });

  it("schedules the deletion of a DEPRECATED version and takes it back", async () => {
    ok(await write('{"by":"hand again"}'));
    const read = async () => data(ok(await emulator.oci("vault", "secret-version", "get", ...version(1))));
    expect(await read()).toMatchObject({ stages: ["DEPRECATED"], "time-of-deletion": null });
    const moment = new Date(Date.now() + 2 * 86_400_000).toISOString();
    const at = ["--time-of-deletion", moment];
    ok(await emulator.oci("vault", "secret-version", "schedule-deletion", ...version(1), ...at));
    expect(Date.parse(String((await read())["time-of-deletion"]))).toBe(Date.parse(moment));
    ok(await emulator.oci("vault", "secret-version", "cancel-deletion", ...version(1)));
    expect((await read())["time-of-deletion"]).toBeNull();
    // With its retries the command line would ask again for a minute.
    const previous = ["vault", "secret-version", "schedule-deletion", ...version(2), ...at];
    refused(await emulator.oci("--no-retry", ...previous), 409, "IncorrectState");
  });

  it("follows the pages of a list", async () => {
    const one = ok(await emulator.oci("vault", "secret-version", "list", ...secret(), "--limit", "1"), /--all/);
    expect(list(one)).toHaveLength(1);
    expect(one.json["opc-next-page"]).toEqual(expect.any(String));
    const all = await emulator.oci("vault", "secret-version", "list", ...secret(), "--all", "--page-size", "1");
    expect(list(ok(all)).map((one) => one["version-number"])).toEqual([3, 2, 1]);
  });

  it("describes the function", async () => {
    const seen = data(ok(await emulator.oci("fn", "function", "get", "--function-id", emulator.functionId)));
    expect(seen).toMatchObject({
      id: emulator.functionId,
      "lifecycle-state": "ACTIVE",
      "invoke-endpoint": emulator.url,
    });
  });

  it("shows a rotation that failed, its error and its log, and lists it", async () => {
    const rotated = ok(await emulator.oci("vault", "secret", "rotate", ...secret()));
    const id = String(rotated.json["opc-work-request-id"]);
    const request = ["--work-request-id", id];
    const seen = await finishedRotation(() => emulator.oci("work-requests", "work-request", "get", ...request));
    // The content written by hand is no credential.
    expect(seen).toMatchObject({ status: "FAILED" });
    const errors = list(ok(await emulator.oci("work-requests", "work-request-error", "list", ...request)));
    expect(errors).toMatchObject([{ message: expect.stringMatching(/^CONTENT_INVALID: /) }]);
    const logs = list(ok(await emulator.oci("work-requests", "work-request-log-entry", "list", ...request)));
    expect(logs).toMatchObject([{ message: expect.stringContaining("VERIFY_CONNECTION") }]);
    const where = ["--compartment-id", emulator.compartmentId, "--resource-id", emulator.secretId];
    const listed = list(ok(await emulator.oci("work-requests", "work-request", "list", ...where)));
    expect(listed).toMatchObject([{ id, status: "FAILED", "operation-type": "ROTATE_SECRET" }]);
  });

  it("ends with 1 and the service's error where it is refused", async () => {
    const { oci, secretId } = emulator;
    refused(await oci("vault", "secret", "get", "--secret-id", `${secretId}x`), 404, "NotAuthorizedOrNotFound");
    const promote = ["--current-version-number", "1", "--force", "--if-match", '"stale"'];
    refused(await oci("vault", "secret", "update", ...secret(), ...promote), 412, "NoEtagMatch");
    expect((await stages())[0]).toEqual([3, ["CURRENT", "LATEST"]]);
  });

  it("is not let in with a key that the emulator does not know", async () => {
    const { configFile, url, secretId } = emulator;
    const stranger = path.join(path.dirname(configFile), "stranger.pem");
    writeFileSync(stranger, `${makeKeyPair().privateKey}OCI_API_KEY\n`, { mode: 0o600 });
    const config = readFileSync(configFile, "utf8").replace(/^key_file=.*$/m, `key_file=${stranger}`);
    writeFileSync(`${configFile}-stranger`, config, { mode: 0o600 });
    const line = `oci --config-file ${configFile}-stranger --endpoint ${url} vault secret get --secret-id ${secretId}`;
    refused(await emulator.shell(line), 401, "NotAuthenticated");
  });
});

describe("the official Python SDK", () => {
  let emulator: OciEmulator;
  beforeAll(async () => {
    emulator = await openOciEmulator();
  });
  afterAll(async () => {
    await emulator.stop();
  });

  it("rotates, reads and writes versions, works with deletions, and is refused in words that it understands", async () => {
    const script = path.join(import.meta.dirname, "oci_sdk.py");
    const seen = ok(await emulator.python(script, emulator.secretId, emulator.functionId)).json;
    expect(seen).toEqual({
      secret: ["sample-app-credential", 1, "SCHEDULED"],
      listed: [true],
      workRequest: ["ROTATE_SECRET", 100, "UPDATED"],
      errors: 0,
      logs: Array.from({ length: 4 }, () => expect.stringMatching(/^[A-Z_]+: 200$/)),
      workRequests: [[true, "SUCCEEDED"]],
      rotated: [3, true],
      stages: { 1: ["PREVIOUS"], 2: ["DEPRECATED"], 3: ["CURRENT", "LATEST"] },
      invoked: expect.objectContaining({ responseCode: 200, verdicts: { current: "accepted", pending: null } }),
      pending: [["PENDING", "LATEST"], { by: "hand" }],
      promoted: [["CURRENT", "LATEST"], ["PREVIOUS"]],
      restored: ["CURRENT"],
      byNumber: { by: "hand" },
      byName: { by: "hand" },
      bySecretName: true,
      bundleVersions: true,
      deletion: true,
      noDeletion: null,
      labels: [{ owner: "somebody" }, { purpose: "live" }],
      cancelled: "NOT_ENABLED",
      refused: {
        unknown: [404, "NotAuthorizedOrNotFound"],
        stale: [412, "NoEtagMatch"],
        name: [400, "InvalidParameter"],
        current: [409, "IncorrectState"],
        bundle: [404, "NotAuthorizedOrNotFound"],
        workRequest: [404, "NotAuthorizedOrNotFound"],
        function: [404, "NotAuthorizedOrNotFound"],
      },
    });
  });
});
