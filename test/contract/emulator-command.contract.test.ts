import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixture = join(root, "test/contract/fixtures/function.cjs");

interface Announced {
  readonly url: string;
  readonly secretId: string;
  readonly clientId: string;
  readonly configFile: string;
  readonly commands: readonly string[];
}

describe("npm run emulator", () => {
  const children: ChildProcess[] = [];
  const folders: string[] = [];
  const cache = mkdtempSync(join(tmpdir(), "emulator-cache-"));
  afterAll(() => rmSync(cache, { recursive: true, force: true }));
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "emulator-test-"));
    folders.push(made);
    return made;
  };
  afterEach(() => {
    for (const child of children.splice(0)) {
      child.kill("SIGKILL");
    }
    for (const made of folders.splice(0)) {
      rmSync(made, { recursive: true, force: true });
    }
  });

  const start = (args: readonly string[], temporary = tmpdir()) => {
    const child = spawn(process.execPath, ["src/emulator/main.ts", "--function", fixture, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TMPDIR: temporary, XDG_CACHE_HOME: cache },
    });
    children.push(child);
    const output: string[] = [];
    const errors: string[] = [];
    const first = new Promise<string>((resolve) => {
      createInterface({ input: child.stdout }).on("line", (line) => {
        output.push(line);
        resolve(line);
      });
    });
    createInterface({ input: child.stderr }).on("line", (line) => errors.push(line));
    const ended = new Promise<number | null>((resolve) => {
      child.once("close", (code) => resolve(code));
    });
    const announced = first.then((line): Announced => JSON.parse(line));
    return { child, output, errors, announced, ended };
  };

  it.each(["SIGTERM", "SIGINT"] as const)("ends cleanly at %s and leaves nothing behind", async (signal) => {
    const temporary = folder();
    const { child, announced, ended } = start(["--json"], temporary);
    const { configFile } = await announced;
    expect(configFile.startsWith(temporary)).toBe(true);
    expect(statSync(configFile).mode & 0o077).toBe(0);
    child.kill(signal);
    expect(await ended).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("keeps state, port and key across a restart with --data-dir, and prints no secret", async () => {
    const dataDir = folder();
    const one = start(["--json", "--data-dir", dataDir]);
    const first = await one.announced;
    const unsigned = await fetch(`${first.url}/20180608/secrets/${first.secretId}`);
    expect(unsigned.status).toBe(401);
    one.child.kill("SIGTERM");
    expect(await one.ended).toBe(0);
    const two = start(["--json", "--data-dir", dataDir]);
    const second = await two.announced;
    expect(second).toEqual(first);
    two.child.kill("SIGTERM");
    expect(await two.ended).toBe(0);
    const file = join(dataDir, "emulator-state.json");
    expect(statSync(file).mode & 0o077).toBe(0);
    const { state } = JSON.parse(readFileSync(file, "utf8"));
    const [app] = Object.values<{ secret: string }>(state.identity.domains.default.apps);
    const printed = [...one.output, ...one.errors, ...two.output, ...two.errors].join("\n");
    expect(app?.secret).toMatch(/^idcscs-/);
    expect(printed).not.toContain(app?.secret);
  });

  it("prints commands of the official command line that name its address, file and secret", async () => {
    const { announced } = start(["--json"]);
    const { url, secretId, configFile, commands } = await announced;
    const rotate = `oci --config-file ${configFile} --endpoint ${url} vault secret rotate --secret-id ${secretId}`;
    expect(commands).toContain(rotate);
  });

  it("sets another shell up, so that commands need no option; afterwards it says that none is running", async () => {
    const { child, announced, ended } = start(["--json"]);
    const { url, secretId } = await announced;
    const { port } = new URL(url);
    const environment = { PATH: process.env["PATH"], HOME: cache, XDG_CACHE_HOME: cache };
    const setUp = () =>
      spawnSync(process.execPath, ["src/emulator/main.ts", "--env", "--port", port], {
        cwd: root,
        encoding: "utf8",
        env: environment,
      });
    const { stdout } = setUp();
    expect(stdout).toContain(`export SECRET=${secretId}\n`);
    const inShell = (command: string) =>
      spawnSync("sh", ["-c", `eval "$SETUP"; exec "$NODE" src/cli/oci-rotate.ts ${command} --json`], {
        cwd: root,
        encoding: "utf8",
        env: { ...environment, NODE: process.execPath, SETUP: stdout },
      });
    const status = inShell("status sample-app-credential");
    expect(status.stderr).toBe("");
    expect(JSON.parse(status.stdout)).toMatchObject({ secretId, healthy: true });
    // The documents' own variables are set too.
    const adopt = inShell(
      `adopt --authority "$AUTHORITY" --compartment "$COMPARTMENT" --vault-id "$VAULT" --key-id "$KEY" --function "$FUNCTION" --dry-run`,
    );
    expect(adopt.stderr).toBe("");
    expect(JSON.parse(adopt.stdout).clients.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      "planned",
      "already",
    ]);
    child.kill("SIGTERM");
    await ended;
    const late = setUp();
    expect(late).toMatchObject({ status: 1, stdout: "" });
    expect(late.stderr).toMatch(/^no emulator is running on port \d+\. Next: start it/);
  });

  it("says that the function is not built", async () => {
    const { announced, errors } = start(["--json", "--function", "dist/no/func.js"]);
    await announced;
    expect(errors[0]).toContain(
      "warning: dist/no/func.js does not exist, so no rotation by the function works. Next: npm run build",
    );
  });

  it("carries a fault of its command line out", async () => {
    const { announced } = start([
      "--json",
      "--fault",
      "token-pending:rate-limited",
      "--switch",
      "retry-after-seconds=9",
    ]);
    const { url } = await announced;
    const answer = await fetch(`${url}/oauth2/v1/token`, { method: "POST" });
    expect(answer.status).toBe(429);
    expect(answer.headers.get("retry-after")).toBe("9");
  });
});
