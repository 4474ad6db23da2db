import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as common from "oci-common";
import { VaultsClient } from "oci-vault";
import { afterEach, describe, expect, it } from "vitest";
import type { EmulatorState } from "../../src/emulator/core/state.ts";
import { STEPS } from "../support/world.ts";
import { leaks, secretsOf } from "./canary.ts";
import { type Command, startCommand } from "./command.ts";

interface Announced {
  readonly url: string;
  readonly functionId: string;
  readonly secretId: string;
  readonly appId: string;
  readonly clientId: string;
  readonly compartmentId: string;
  readonly vaultId: string;
  readonly configFile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly commands: readonly string[];
}

describe("npm run emulator with the built function", () => {
  const commands: Command[] = [];
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(commands.splice(0).map((command) => command.dispose()));
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  const dataFolder = () => {
    const folder = mkdtempSync(path.join(tmpdir(), "emulator-data-"));
    folders.push(folder);
    return folder;
  };
  const start = (...args: string[]) => {
    const command = startCommand("src/emulator/main.ts", ["--sample", "one", ...args]);
    commands.push(command);
    return command;
  };
  const started = async (...args: string[]) => {
    const command = start("--json", ...args);
    const announced: Announced = JSON.parse(await command.nextLine());
    return { command, announced };
  };
  const signer = (configFile: string) => new common.ConfigFileAuthenticationDetailsProvider(configFile, "DEFAULT");
  const vaultClient = ({ configFile, url }: Announced) => {
    const vaults = new VaultsClient(
      { authenticationDetailsProvider: signer(configFile) },
      { circuitBreaker: new common.CircuitBreaker({ disableClientCircuitBreaker: true }) },
    );
    vaults.endpoint = url;
    return vaults;
  };
  /** A request of the Functions or Work Requests API, signed as the SDK signs, past its clients. */
  const send = async (announced: Announced, method: "GET" | "POST", target: string, body?: unknown) => {
    const uri = `${announced.url}${target}`;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = new Headers(text === undefined ? {} : { "content-type": "application/json" });
    const request = { method, uri, headers, ...(text === undefined ? {} : { body: text }) };
    await new common.DefaultRequestSigner(signer(announced.configFile)).signHttpRequest(request);
    const answer = await fetch(uri, { method, headers, ...(text === undefined ? {} : { body: text }) });
    return { status: answer.status, json: JSON.parse(await answer.text()) as Record<string, unknown> };
  };
  const stop = async (command: Command) => {
    command.end("SIGTERM");
    expect(await command.ended).toBe(0);
    expect(command.leftovers()).toEqual([]);
  };
  const expectNoSecret = (dataDir: string, ...printed: Command[]) => {
    const text = readFileSync(path.join(dataDir, "emulator-state.json"), "utf8");
    const { state } = JSON.parse(text) as { state: EmulatorState };
    const secrets = secretsOf(state);
    expect(new Set(secrets).size).toBeGreaterThanOrEqual(4);
    const output = printed.flatMap(({ stdout, stderr }) => [...stdout, ...stderr]);
    expect(leaks([text], secrets)).toBeGreaterThan(0);
    expect(leaks(output, secrets)).toBe(0);
    expect(output.join("\n")).not.toContain("PRIVATE KEY");
  };

  it("makes as many secrets more as are asked for, at the first start alone", async () => {
    const folder = dataFolder();
    const counted = async () => {
      const { command, announced } = await started("--secrets", "3", "--data-dir", folder);
      const { items } = await vaultClient(announced).listSecrets({ compartmentId: announced.compartmentId });
      await command.dispose();
      return items.map(({ secretName }) => secretName).sort();
    };
    const names = ["fleet-00001", "fleet-00002", "fleet-00003", "sample-app-credential"];
    expect(await counted()).toEqual(names);
    expect(await counted()).toEqual(names);
  });

  it("says what it made and how to use it, in one JSON line", async () => {
    const { command, announced } = await started("--port", "0");
    expect(announced).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      functionId: expect.stringMatching(/^ocid1\.fnfunc\./),
      applicationId: expect.stringMatching(/^ocid1\.fnapp\./),
      secretName: "sample-app-credential",
      keyId: expect.stringMatching(/^ocid1\.key\./),
      secretId: expect.stringMatching(/^ocid1\.vaultsecret\./),
      appId: expect.stringMatching(/^[0-9a-f]{32}$/),
      clientId: expect.any(String),
      compartmentId: expect.stringMatching(/^ocid1\.compartment\./),
      vaultId: expect.stringMatching(/^ocid1\.vault\./),
      configFile: expect.any(String),
      settings: { OROT_ISSUER_ORIGINS: announced.url },
      commands: expect.any(Array),
    });
    expect(statSync(announced.configFile).mode & 0o077).toBe(0);
    const { secret } = await vaultClient(announced).getSecret({ secretId: announced.secretId });
    expect(secret.rotationConfig?.targetSystemDetails).toMatchObject({ functionId: announced.functionId });
    await stop(command);
    expect(command.stdout).toHaveLength(1);
    expect(command.stderr).toEqual([]);
  });

  it("tells whoever reads along the line to set for a function of one's own", async () => {
    const command = start("--port", "0");
    const lines = [await command.nextLine()];
    while (!lines.at(-1)?.startsWith("A function of your own")) lines.push(await command.nextLine());
    const url = /at (http:\S+) /.exec(lines[0] ?? "")?.[1];
    expect(await command.nextLine()).toBe(`  export OROT_ISSUER_ORIGINS=${url}`);
    await stop(command);
  });

  it("has its own function know where its issuers are, as the Functions API shows", async () => {
    const { announced } = await started("--port", "0");
    const shown = await send(announced, "GET", `/20181201/functions/${announced.functionId}`);
    expect(shown.json["config"]).toEqual(announced.settings);
  });

  it("rotates by RotateSecret of the SDK, keeps the work request, and goes on from its folder after a restart", async () => {
    const dataDir = dataFolder();
    const arguments_ = ["--data-dir", dataDir, "--switch", "updating-polls=0"];
    const first = await started(...arguments_);
    const { secretId } = first.announced;
    const { opcWorkRequestId } = await vaultClient(first.announced).rotateSecret({ secretId });
    const { rotation } = JSON.parse(await first.command.nextLine());
    expect(rotation).toMatchObject({ secretId, workRequestId: opcWorkRequestId, status: "SUCCEEDED" });
    expect(rotation.steps.map(({ step, responseCode }: Record<string, unknown>) => [step, responseCode])).toEqual(
      STEPS.map((step) => [step, 200]),
    );
    const workRequest = `/20160918/workRequests/${opcWorkRequestId}`;
    const finished = {
      id: opcWorkRequestId,
      operationType: "ROTATE_SECRET",
      status: "SUCCEEDED",
      percentComplete: 100,
    };
    expect((await send(first.announced, "GET", workRequest)).json).toMatchObject(finished);
    await stop(first.command);

    const second = await started(...arguments_);
    // Also the port: the secret's credential names it.
    expect(second.announced).toEqual(first.announced);
    expect((await send(second.announced, "GET", workRequest)).json).toMatchObject(finished);
    const vaults = vaultClient(second.announced);
    const { items } = await vaults.listSecretVersions({ secretId });
    const stagesOf = new Map(items.map(({ versionNumber, stages }) => [versionNumber, stages]));
    expect(stagesOf.get(1)).toEqual(["PREVIOUS"]);
    expect(stagesOf.get(rotation.steps.at(-1).versionNo)).toEqual(["CURRENT", "LATEST"]);
    const invoke = `/20181201/functions/${second.announced.functionId}/actions/invoke`;
    const check = await send(second.announced, "POST", invoke, { action: "check", secretId });
    expect(check.json).toMatchObject({ responseCode: 200, verdicts: { current: "accepted" } });
    await stop(second.command);
    expectNoSecret(dataDir, first.command, second.command);
  });

  it("describes and calls the function at any version of the Functions API", async () => {
    const dataDir = dataFolder();
    const { command, announced } = await started("--data-dir", dataDir, "--switch", "updating-polls=0");
    const { functionId, secretId, url } = announced;
    const events = [
      ["20181201", { secretId }, { responseCode: 200, versionNo: expect.any(Number), stages: expect.any(Array) }],
      ["20300101", { secretId, action: "check" }, { responseCode: 200, verdicts: { current: "accepted" } }],
    ] as const;
    for (const [version, event, answer] of events) {
      const described = await send(announced, "GET", `/${version}/functions/${functionId}`);
      expect(described).toMatchObject({ status: 200, json: { id: functionId, invokeEndpoint: url } });
      const target = `/${version}/functions/${functionId}/actions/invoke`;
      const { status, json } = await send(announced, "POST", target, event);
      expect(status).toBe(200);
      expect(json).toMatchObject(answer);
      const wrong = await send(announced, "POST", target, "no event");
      expect(wrong).toMatchObject({ status: 200, json: { responseCode: 400, versionNo: null } });
    }
    await stop(command);
    expectNoSecret(dataDir, command);
    const prefix = "function: ";
    expect(command.stderr.length).toBeGreaterThan(0);
    for (const line of command.stderr) {
      expect(line.startsWith(prefix)).toBe(true);
      expect(JSON.parse(line.slice(prefix.length))).toMatchObject({ level: expect.any(String) });
    }
  });

  it("reports a rotation that a fault of its command line has ended", async () => {
    const { command, announced } = await started("--fault", "regenerate:client-error", "--switch", "updating-polls=0");
    const { secretId } = announced;
    const { opcWorkRequestId } = await vaultClient(announced).rotateSecret({ secretId });
    const { rotation } = JSON.parse(await command.nextLine());
    expect(rotation).toMatchObject({ status: "FAILED" });
    expect(rotation.steps.at(-1)).toMatchObject({ step: "CREATE_PENDING_VERSION", responseCode: 400 });
    const { json } = await send(announced, "GET", `/20160918/workRequests/${opcWorkRequestId}`);
    expect(json).toMatchObject({ status: "FAILED" });
    await stop(command);
  });

  const refused = [
    [
      ["--port", "x"],
      "--port takes a number from 0 to 65535 (0: any free port). Next: see npm run emulator -- --help.",
    ],
    [["--secrets", "x"], "--secrets takes a number from 0 to 5000. Next: see npm run emulator -- --help."],
    [["--no-such"], "Unknown option '--no-such'. Next: see npm run emulator -- --help."],
    [["--switch", "no-such=1"], 'unknown switch "no-such". Next: see --help for the list.'],
    [["--fault", "promote:no-such"], 'unknown kind "no-such" in a fault. Next: use one of '],
  ] as const;

  it("refuses an argument that it does not know in one line, and exits with 1", async () => {
    const started = refused.map(([args, message]) => ({ command: start("--json", ...args), message }));
    for (const { command, message } of started) {
      expect(await command.ended).toBe(1);
      expect(command.stdout).toEqual([]);
      expect(command.stderr).toEqual([expect.stringContaining(message)]);
    }
  });

  it("lets no second emulator into its folder, which ends at once, and says when it has moved", async () => {
    const dataDir = dataFolder();
    const first = await started("--data-dir", dataDir);
    const second = start("--json", "--data-dir", dataDir);
    expect(await second.ended).toBe(1);
    expect(second.stderr).toEqual([
      expect.stringMatching(/is in use by the emulator with the process id \d+\. Next: /),
    ]);
    await stop(first.command);
    const port = Number(new URL(first.announced.url).port);
    const moved = await started("--data-dir", dataDir, "--port", "0");
    expect(moved.command.stderr).toEqual([expect.stringContaining(`has moved from port ${port} to `)]);
    await stop(moved.command);
  });

  it("ends, and leaves nothing, where its port is in use", async () => {
    const { announced } = await started();
    const dataDir = dataFolder();
    const { port } = new URL(announced.url);
    const second = start("--json", "--data-dir", dataDir, "--port", port);
    expect(await second.ended).toBe(1);
    expect(second.stderr).toEqual([
      `port ${port} is in use by another program. Next: end that one, or give another --port.`,
    ]);
    expect(readdirSync(dataDir)).toEqual([]);
    expect(second.leftovers()).toEqual([]);
  });
});
