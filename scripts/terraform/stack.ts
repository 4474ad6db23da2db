/** The stack that Resource Manager runs: the files of deploy/terraform that it needs, and the form that schema.yaml asks an operator to fill in. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { zipOf } from "../release/files.ts";
import { ROOT } from "../run.ts";

export const FOLDER = path.join(ROOT, "deploy/terraform");
const SCHEMA = "schema.yaml";

/** Paths from deploy/terraform. Resource Manager runs Terraform 1.5, which knows no stand-ins for providers: tests stay out. */
function stackFiles(): string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .filter((file) => file === SCHEMA || file.endsWith(".tf"))
    .filter((file) => !file.split(path.sep).some((part) => part.startsWith(".terraform")))
    .toSorted();
}

const form = z.object({
  variableGroups: z.array(z.object({ title: z.string(), variables: z.array(z.string()) })),
  variables: z.record(z.string(), z.unknown()),
  outputGroups: z.array(z.object({ outputs: z.array(z.string()) })),
  outputs: z.record(z.string(), z.unknown()),
});

const declared = (kind: "variable" | "output") =>
  readdirSync(FOLDER)
    .filter((file) => file.endsWith(".tf"))
    .flatMap((file) => [
      ...readFileSync(path.join(FOLDER, file), "utf8").matchAll(new RegExp(`^${kind} "(\\w+)"`, "gm")),
    ])
    .map(([, name = ""]) => name);

/** What of schema.yaml does not agree with the configuration beside it. */
export function problemsOfForm(): string[] {
  const { variableGroups, variables, outputGroups, outputs } = form.parse(
    parse(readFileSync(path.join(FOLDER, SCHEMA), "utf8")),
  );
  const grouped = variableGroups.flatMap((group) => group.variables);
  const missing = (what: string, wanted: readonly string[], there: readonly string[]) =>
    wanted.filter((name) => !there.includes(name)).map((name) => `${SCHEMA}: ${name} ${what}`);
  const variablesOfStack = declared("variable");
  const outputsOfStack = declared("output");
  return [
    ...missing("is in no group, so an operator would see it at the end", variablesOfStack, grouped),
    ...missing("is in a group and is no variable", grouped, variablesOfStack),
    ...missing("is described and is no variable", Object.keys(variables), variablesOfStack),
    ...missing(
      "is not shown",
      outputsOfStack,
      outputGroups.flatMap((group) => group.outputs),
    ),
    ...missing("is not described", outputsOfStack, Object.keys(outputs)),
    ...missing("is described and is no output", Object.keys(outputs), outputsOfStack),
  ];
}

/** The zip, with schema.yaml at its root, as Resource Manager wants it. */
export function stackZip(): { readonly files: readonly string[]; readonly bytes: Uint8Array } {
  const files = stackFiles();
  const entries = files.map((file) => [file.split(path.sep).join("/"), readFileSync(path.join(FOLDER, file))] as const);
  return { files, bytes: zipOf(new Map(entries)) };
}
