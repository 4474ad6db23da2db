import { describe, expect, test } from "vitest";
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

test("two programs run side by side", async () => {
  const script = "setTimeout(() => console.log(performance.timeOrigin, Date.now()), 300)";
  const both = await Promise.all([1, 2].map(() => runBeside(process.execPath, ["-e", script])));
  const [first, second] = both.map(({ stdout }) => stdout.trim().split(" ").map(Number));
  expect(Number(second?.[0])).toBeLessThan(Number(first?.[1]));
});
