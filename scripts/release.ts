/**
 * `npm run release -- --tag v1.2.3 --repository OWNER/NAME`, after a build: the files of a release, in `dist/release`. It publishes nothing.
 * Without `--tag` it is a trial of the version that `package.json` names.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { billOf, writeBill } from "./image/sbom.ts";
import { checksums, notesOf, STACK, stackButton, versionOfTag, zipOf } from "./release/files.ts";
import { ROOT, run } from "./run.ts";
import { problemsOfForm, stackZip } from "./terraform/stack.ts";

const TARGET = path.join(ROOT, "dist/release");
const PACKAGE = path.join(ROOT, "dist/package");
/** As `latest/download/NAME` of a release leads to a file, names are without the version. */
const BUNDLES = { "dist/function": "oci-rotate-function", "dist/mirror": "oci-rotate-mirror" } as const;
const IN_BUNDLE = /(?:\.js|\.txt|^package\.json|^Dockerfile|^func\.yaml)$/;

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const write = (name: string, content: string | Uint8Array) => writeFileSync(path.join(TARGET, name), content);

/** npm refuses to prove where a package comes from unless its manifest names the repository. */
function nameRepository(repository: string): void {
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new Error(`--repository must be OWNER/NAME, not ${repository}`);
  const file = path.join(PACKAGE, "package.json");
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(file, "utf8"));
  const url = `git+https://github.com/${repository}.git`;
  writeFileSync(file, `${JSON.stringify({ ...manifest, repository: { type: "git", url } }, null, 2)}\n`);
}

const { values } = parseArgs({ options: { tag: { type: "string" }, repository: { type: "string" } } });
const { version }: { version: string } = JSON.parse(read("package.json"));
if (values.tag !== undefined && versionOfTag(values.tag) !== version) {
  throw new Error(`the tag ${values.tag} is not v${version}, the version of package.json`);
}
const problems = problemsOfForm();
if (problems.length > 0) throw new Error(problems.join("\n"));

rmSync(TARGET, { recursive: true, force: true });
mkdirSync(TARGET, { recursive: true });
if (values.repository !== undefined) nameRepository(values.repository);
const packed = run("npm", ["pack", "--silent", "--pack-destination", TARGET, PACKAGE]);
if (packed.status !== 0) throw new Error(packed.stderr);
for (const [folder, name] of Object.entries(BUNDLES)) {
  const names = readdirSync(path.join(ROOT, folder)).filter((file) => IN_BUNDLE.test(file));
  write(`${name}.zip`, zipOf(new Map(names.map((file) => [file, readFileSync(path.join(ROOT, folder, file))]))));
}
for (const [folder, name] of Object.entries({ ...BUNDLES, "dist/cli": "oci-rotate-package" })) {
  const bill = writeBill(folder);
  if (bill.problems.length > 0) throw new Error(bill.problems.join("\n"));
  cpSync(path.join(ROOT, billOf(folder)), path.join(TARGET, `${name}.cdx.json`));
}
write(STACK, stackZip().bytes);
cpSync(path.join(ROOT, "LICENSE"), path.join(TARGET, "LICENSE"));
const notes = notesOf(read("CHANGELOG.md"), values.tag === undefined ? "Unreleased" : version);
// Only a release that is about to be published has an address.
const hasAddress = values.tag !== undefined && values.repository !== undefined;
write("NOTES.md", hasAddress ? `${stackButton(values.repository ?? "", values.tag ?? "")}\n\n${notes}` : notes);
const files = readdirSync(TARGET).sort();
write("SHA256SUMS", checksums(new Map(files.map((file) => [file, readFileSync(path.join(TARGET, file))]))));
for (const file of [...files, "SHA256SUMS"]) console.log(`dist/release/${file}`);
