import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { run, runBeside } from "../../../scripts/run.ts";

describe.each([
  ["by itself", run],
  ["while others run", runBeside],
])("run %s", (_, start) => {
  const node = (script: string, options: { readonly timeoutMs?: number } = {}) =>
    start(process.execPath, ["-e", script], options);

  test("a program's code and output are its own", async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3;';
    expect(await node(script)).toEqual({ status: 3, stdout: "out\n", stderr: "err\n", interruption: null });
  });

  test("a program that hangs is ended at its limit, and that is said", async () => {
    const { status, stderr, interruption } = await node("setInterval(() => {}, 1000)", { timeoutMs: 500 });
    expect(status).toBe(1);
    expect(interruption).toBe("was ended, as it still ran after 0.5 s");
    expect(stderr).toContain("still ran after 0.5 s");
  });

  test("a program that a signal has ended is a failure, and the signal is named", async () => {
    expect(await node('process.kill(process.pid, "SIGKILL")')).toMatchObject({
      status: 1,
      interruption: "was ended by SIGKILL",
    });
  });

  test("a program that there is not is a failure that says so", async () => {
    const { status, interruption } = await start("no-such-program", []);
    expect(status).toBe(1);
    expect(interruption).toContain("ENOENT");
  });
});

test("two programs run side by side: each ends only when it has met the other", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "run-beside-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const meet = (own: string, other: string) => {
    const script = `const fs = require("node:fs");
      const [own, other] = process.argv.slice(1);
      const end = () => fs.existsSync(other) && process.exit(0);
      fs.watch(require("node:path").dirname(own), end);
      fs.writeFileSync(own, "");
      end();`;
    const args = ["-e", script, path.join(folder, own), path.join(folder, other)];
    return runBeside(process.execPath, args, { timeoutMs: 20_000 });
  };
  expect(await Promise.all([meet("a", "b"), meet("b", "a")])).toMatchObject([{ status: 0 }, { status: 0 }]);
});
