import { describe, expect, test } from "vitest";
import { useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";
import { deployed, diagnose, type Finding } from "./doctor-rig.ts";

const cli = useCli();
const COLOURS: Readonly<Record<string, number>> = { ok: 32, warning: 33, problem: 31 };

/** A line for each finding, and below it one for each command that mends it. */
const printed = (findings: readonly Finding[], paint = (level: string) => level) =>
  findings.flatMap(({ level, area, what, mend }) => [
    `${paint(level)}${" ".repeat(7 - level.length)}  ${area.padEnd(9)}  ${what}`,
    ...mend.map((line) => `                    > ${line}`),
  ]);

const countOf = (findings: readonly Finding[], level: string) => findings.filter((one) => one.level === level).length;

describe("what oci-rotate doctor prints", () => {
  test.each([
    { what: "no problem", more: {}, exitCode: 0, counted: "0 problems" },
    { what: "one", more: { timeoutInSeconds: 30 }, exitCode: 4, counted: "1 problem" },
    { what: "two", more: { timeoutInSeconds: 30, memoryInMBs: 64 }, exitCode: 4, counted: "1 problem" },
  ])(
    "of a function with $what: a line a finding, and how many there are of each kind",
    async ({ more, exitCode, counted }) => {
      const w = await cli();
      deployed(w, {}, more);
      const { findings } = await diagnose(w, {}, w.secretId);
      const run = await w.run("doctor", w.secretId);
      expect(run).toMatchObject({ exitCode, stderr: "" });
      const warnings = countOf(findings, "warning");
      expect(run.stdout.split("\n")).toEqual([
        ...printed(findings),
        ...["", `${counted}, ${warnings} warning${warnings === 1 ? "" : "s"}, ${countOf(findings, "ok")} ok`, ""],
      ]);
    },
  );

  test("paints the levels at a terminal", async () => {
    const w = await cli();
    deployed(w, {}, { timeoutInSeconds: 30, memoryInMBs: 128 });
    const { findings } = await diagnose(w, {}, w.secretId);
    const run = await w.runWith({ answers: [] }, "doctor", w.secretId);
    const paint = (level: string) => `\u001b[${COLOURS[level]}m${level}\u001b[39m`;
    expect(new Set(findings.map(({ level }) => level))).toEqual(new Set(["ok", "warning", "problem"]));
    expect(run.stdout.split("\n").slice(0, -3)).toEqual(printed(findings, paint));
  });

  test("is JSON for a script, with whose settings were examined", async () => {
    const w = await cli();
    const functionId = deployed(w);
    const { run } = await diagnose(w, {}, "--function", functionId);
    const { findings, ...about } = run.json();
    expect(about).toEqual({ secretId: null, functionId, settingsFrom: "function", healthy: true });
    expect((findings as readonly Finding[])[0]).toMatchObject({ level: "ok", area: "sign-in" });
  });

  test("--upgrade can be pasted into a shell as a whole: each reason is a comment", async () => {
    const w = await cli({ client: uaaClient() });
    deployed(w, { OROT_ISSUER_ORIGINS: null });
    const words = ["doctor", w.secretId, "--upgrade"];
    const { upgrade } = (await w.run(...words, "--json")).json() as { upgrade: { why: string; line: string | null }[] };
    expect(upgrade.length).toBeGreaterThan(0);
    const { stdout } = await w.run(...words);
    const lines = upgrade.flatMap(({ why, line }) => [`# ${why}`, ...(line === null ? [] : [line])]);
    expect(stdout.split("\nupgrade:\n")[1]).toBe(`${lines.join("\n")}\n`);
  });
});
