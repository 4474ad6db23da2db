import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runTool } from "../../../scripts/run.ts";

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const SECOND_VITEST_MS = 120_000;

test("the set-up file fails a test for every request, mock or console line that it overlooks, and no other", {
  timeout: SECOND_VITEST_MS,
}, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "guard-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const output = path.join(folder, "report.json");
  const config = "test/support/fixtures/vitest.config.ts";

  const done = runTool("vitest", ["run", "--config", config, `--outputFile=${output}`], {
    timeoutMs: SECOND_VITEST_MS,
  });

  expect(done.status).toBe(1);
  const report: Report = JSON.parse(readFileSync(output, "utf8"));
  const results = report.testResults.flatMap((file) => file.assertionResults);
  expect(results.length).toBe(19);
  for (const { title, status } of results) {
    expect(`${title} => ${status}`).toBe(`${title} => ${title.startsWith("passes:") ? "passed" : "failed"}`);
  }
  const messages = results.flatMap((result) => result.failureMessages).join("\n");
  expect(messages).toContain("unexpected request: GET https://issuer.example.org/other");
  expect(messages).toContain("unexpected request: GET https://elsewhere.example.org/");
  expect(messages).toContain("unexpected request: GET http://127.0.0.1:65000/");
  expect(messages).toContain("expected request never sent: GET https://issuer.example.org:443/never");
  expect(messages).toContain("unexpected connection to 192.0.2.1");
  expect(messages).toContain("unexpected console.warn: left over");
  expect(messages).not.toContain("hidden");
});
