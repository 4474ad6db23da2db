import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../../scripts/run.ts";
import { type Command, startCommand } from "./command.ts";

const CLI = "dist/cli/oci-rotate.js";

/** The built command, followed until Ctrl-C: signals and pipes are not to be had in one process. */
describe("the built oci-rotate status --watch", () => {
  let emulator: Command;
  let made: { url: string; secretId: string; configFile: string; settings: Record<string, string> };

  beforeAll(async () => {
    emulator = startCommand(CLI, ["emulator", "--json", "--switch", "updating-polls=0"]);
    made = JSON.parse(await emulator.nextLine());
  });
  afterAll(() => emulator.dispose());

  it("prints the first look at once, and ends at Ctrl-C with its exit code", async () => {
    const { url, secretId, configFile, settings } = made;
    const words = ["status", secretId, "--watch", "--config-file", configFile, "--endpoint", url];
    const ended = await new Promise<{ exitCode: number | null; stdout: string }>((resolve, reject) => {
      const env = { ...process.env, ...settings };
      const child = spawn(process.execPath, [path.join(ROOT, CLI), ...words], { env, stdio: "pipe", timeout: 60_000 });
      let stdout = "";
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
        child.kill("SIGINT");
      });
      child.once("error", reject);
      child.once("close", (exitCode) => resolve({ exitCode, stdout }));
    });
    expect(ended.exitCode).toBe(0);
    expect(ended.stdout).toMatch(/^\S+Z {2}healthy {2}CURRENT 1 accepted {2}[^\n]*\n$/);
  });
});
