/**
 * `npm run check-terraform`: formats, evaluates and tests deploy/terraform. Without a provider it checks what needs none: the form of
 * every file, and the policy modules with their tests. `--provider` also validates, plans and tests every module with OCI's provider, which
 * Terraform downloads, or takes from a development override of its own configuration.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { run } from "./run.ts";
import { FOLDER, problemsOfForm, stackZip } from "./terraform/stack.ts";

const STATEMENTS = "modules/identity/statements";
/** Modules that are policy text alone, so that their tests need no provider. */
const POLICIES = [STATEMENTS, "modules/mirror-identity/statements"] as const;
const LIMIT_MS = 300_000;
/** Numbers of secrets for which the rotation's statements are counted. */
const COUNTS = [1, 100, 5_000] as const;

const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, provider: { type: "boolean" }, help: { type: "boolean" } },
});
if (options.help) {
  console.log(
    "npm run check-terraform -- [--json] [--provider]   (--provider: with OCI's provider, which Terraform fetches)",
  );
  process.exit(0);
}

const problems: string[] = problemsOfForm();
const work = mkdtempSync(path.join(tmpdir(), "oci-rotate-terraform-"));
cpSync(FOLDER, work, { recursive: true, filter: (file) => !path.basename(file).startsWith(".terraform") });

function terraform(folder: string, args: readonly string[]) {
  const env = { TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1", NO_COLOR: "1" };
  return run("terraform", [`-chdir=${path.join(work, folder)}`, ...args], { env, timeoutMs: LIMIT_MS });
}

/** Runs Terraform, and reports what it says where it fails. */
function must(folder: string, args: readonly string[]): string | null {
  const { status, stdout, stderr } = terraform(folder, args);
  if (status === 0) return stdout;
  problems.push(`${path.join("deploy/terraform", folder)}: terraform ${args[0]}: ${`${stdout}${stderr}`.trim()}`);
  return null;
}

/** A development override needs no installation, and refuses one. */
const isOverridden = () => (process.env["TF_CLI_CONFIG_FILE"] ?? "") !== "";
const prepare = (folder: string, hasProvider: boolean) =>
  hasProvider && isOverridden()
    ? must(folder, ["get", "-no-color"])
    : must(folder, ["init", "-backend=false", "-input=false", "-no-color"]);

const summary = /(\d+) passed, (\d+) failed/;
function testsOf(folder: string): number {
  const output = must(folder, ["test", "-no-color"]);
  return Number(summary.exec(output ?? "")?.[1] ?? 0);
}

const plan = z.object({
  planned_values: z.object({ outputs: z.object({ rotation: z.object({ value: z.array(z.string()) }) }) }),
});

/** The statements of a rotation of so many secrets: up to a hundred by their ids, more by a tag. */
function statementsFor(secrets: number): number {
  const isFew = secrets <= 100;
  const ids = Array.from({ length: isFew ? secrets : 0 }, (_, index) => `ocid1.vaultsecret.oc1..${index}`);
  const variables = {
    name: "oci-rotate",
    function_id: "ocid1.fnfunc.oc1..f",
    compartment_ocid: "ocid1.compartment.oc1..here",
    secrets_compartment_ocid: "ocid1.compartment.oc1..there",
    select_secrets_by: isFew ? "ids" : "tag",
    secret_ids: ids,
  };
  const file = path.join(work, `${secrets}.tfvars.json`);
  writeFileSync(file, JSON.stringify(variables));
  const out = path.join(work, `${secrets}.plan`);
  if (must(STATEMENTS, ["plan", "-input=false", "-no-color", `-var-file=${file}`, `-out=${out}`]) === null) return 0;
  const shown = must(STATEMENTS, ["show", "-json", out]);
  return shown === null ? 0 : plan.parse(JSON.parse(shown)).planned_values.outputs.rotation.value.length;
}

const names = (folder: string) => (existsSync(folder) ? readdirSync(folder).toSorted() : []);
const modules = ["", ...names(path.join(work, "modules")).map((name) => `modules/${name}`)];
const examples = names(path.join(work, "examples")).filter((name) => name.endsWith(".tfvars"));

/** The providers that the stack's tests put in OCI's place, as text. */
const STAND_INS = /^[\s\S]*?(?=^variables \{)/m;

/** Plans the stack with an example's variables, against providers that answer for themselves. */
function isPlanned(example: string): boolean {
  const standIns = STAND_INS.exec(readFileSync(path.join(work, "tests/stack.tftest.hcl"), "utf8"))?.[0] ?? "";
  const file = "tests/example.tftest.hcl";
  writeFileSync(path.join(work, file), `${standIns}run "plan" {\n  command = plan\n}\n`);
  const output = must("", ["test", "-no-color", `-filter=${file}`, `-var-file=examples/${example}`]);
  rmSync(path.join(work, file));
  return summary.exec(output ?? "")?.[1] === "1";
}

function withProvider() {
  const valid = modules.filter(
    (folder) => prepare(folder, true) !== null && must(folder, ["validate", "-no-color"]) !== null,
  );
  const tests = valid.map(testsOf).reduce((sum, count) => sum + count, 0);
  return { modulesValid: valid.length, plansMade: examples.filter(isPlanned).length, testsPassed: tests };
}

try {
  const isFormatted = must("", ["fmt", "-check", "-recursive", "-diff"]) !== null;
  const ready = POLICIES.filter((folder) => prepare(folder, false) !== null);
  const isReady = ready.includes(STATEMENTS);
  const figures = {
    isFormatted,
    modules: modules.length,
    examples: examples.length,
    stackFiles: stackZip().files.length,
    statements: Object.fromEntries(COUNTS.map((count) => [count, isReady ? statementsFor(count) : 0])),
    policyTestsPassed: ready.map(testsOf).reduce((sum, count) => sum + count, 0),
    ...(options.provider ? withProvider() : {}),
  };
  for (const problem of problems) console.error(problem);
  console.log(options.json ? JSON.stringify(figures) : figures);
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exit(problems.length === 0 ? 0 : 1);
