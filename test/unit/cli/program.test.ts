import { expect, test } from "vitest";
import { useCli } from "../../support/cli.ts";

const cli = useCli();

test("without a word the help is shown, and the exit code is that of a wrong command line", async () => {
  const w = await cli();
  const run = await w.run();
  expect(run).toMatchObject({ exitCode: 2, stderr: "", requests: [] });
  expect(run.stdout).toMatch(/^Usage: oci-rotate /);
  expect(run.stdout).toContain(
    "Rotates OAuth client secrets kept in OCI Vault: finds what is due, rotates it, checks it, and cleans\nup.\n",
  );
});

test.each<[readonly string[], string, string]>([
  [["--profile", "A", "check", "--profile", "B", "S"], "--profile was given twice", "give --profile once"],
  [["check", "S", "--config-file", ""], "--config-file was given without a value", "give --config-file a value"],
  [["nonsense"], "unknown command 'nonsense'", "see oci-rotate --help"],
  [["chek", "S"], "unknown command 'chek'", "did you mean check? see oci-rotate --help"],
  [["check", "S", "--no-such"], "unknown option '--no-such'", "see oci-rotate check --help"],
  [["check"], "missing required argument 'secret'", "see oci-rotate check --help"],
  [["schedule"], "the command after schedule is missing", "see oci-rotate schedule --help"],
  [["--json"], "there is no such command", "see oci-rotate --help"],
  [["--a\u0007"], "unknown option '--a\\u0007'", "see oci-rotate --help"],
])("%j is refused: %s", async (words, what, next) => {
  const w = await cli();
  const run = await w.run(...words, ...(words.includes("--json") ? [] : ["--json"]));
  expect(run).toMatchObject({ exitCode: 2, requests: [] });
  expect(run.json()).toEqual({ error: { code: "USAGE", what, means: null, next } });
});

test("the same option may stand before the command and after it, if it says the same", async () => {
  const w = await cli();
  expect(await w.run("--profile", "DEFAULT", "check", "--profile", "DEFAULT", w.secretId)).toMatchObject({
    exitCode: 0,
  });
});

test("a command that Ctrl-C ends says that, and no other failure", async () => {
  const w = await cli();
  const stopping = new AbortController();
  const transport = async (): Promise<never> => {
    stopping.abort();
    throw new Error("any");
  };
  const run = await w.runWith(
    { signal: stopping.signal, transport },
    "scan",
    "--compartment",
    "ocid1.compartment.oc1..a",
    "--json",
  );
  expect(run.exitCode).toBe(1);
  expect(run.json()).toEqual({
    error: {
      ...{ code: "INTERRUPTED", what: "the command was interrupted" },
      means: "requests in progress may or may not have taken effect",
      next: "run it again to continue, or run oci-rotate status",
    },
  });
});
