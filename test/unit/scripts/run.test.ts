import { expect, test } from "vitest";
import { run } from "../../../scripts/run.ts";

const node = (script: string, options: Parameters<typeof run>[2] = {}) =>
  run(process.execPath, ["-e", script], options);

test("a program's code and output are its own", () => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 3;';
  expect(node(script)).toEqual({ status: 3, stdout: "out\n", stderr: "err\n", interruption: null });
});

test("a program that hangs is ended at its limit, and that is said", () => {
  const { status, stderr, interruption } = node("setInterval(() => {}, 1000)", { timeoutMs: 500 });
  expect(status).toBe(1);
  expect(interruption).toBe("was ended, as it still ran after 0.5 s");
  expect(stderr).toContain("still ran after 0.5 s");
});

test("a program that a signal has ended is a failure, and the signal is named", () => {
  expect(node('process.kill(process.pid, "SIGKILL")')).toMatchObject({
    status: 1,
    interruption: "was ended by SIGKILL",
  });
});

test("a program that there is not is a failure that says so", () => {
  const { status, interruption } = run("no-such-program", []);
  expect(status).toBe(1);
  expect(interruption).toContain("ENOENT");
});
