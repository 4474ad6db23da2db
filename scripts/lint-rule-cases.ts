/** One file for the linter: where it would stand, what it holds, and a part of the diagnostic it must get; `null`: it must pass. */
export interface LintCase {
  readonly path: string;
  readonly code: string;
  readonly expected: string | null;
}

const SEAM = "seams:";
const LAYER = "layers:";

const clockCode = [
  "export const v = Date.now();",
  "export const v = { now: Date.now };",
  "export const v = new Date();",
  "export const v = Date();",
  "export const { now } = Date;",
  "export const v = performance.now();",
  "export const v = performance.timeOrigin;",
  "export const v = process.hrtime.bigint();",
  "export const v = process.uptime();",
  "export const v = AbortSignal.timeout(5);",
  "export const v = setTimeout(() => undefined, 5);",
  "export const v = setInterval(() => undefined, 5);",
  "export const v = globalThis.setTimeout(() => undefined, 5);",
  'import { setTimeout as pause } from "node:timers/promises";\nexport const v = pause(5);',
  'import { setTimeout as pause } from "timers";\nexport const v = pause;',
  'import { performance as p } from "node:perf_hooks";\nexport const v = p;',
];
const immediateCode = ["export const v = setImmediate(() => undefined);"];
const entropyCode = [
  "export const v = Math.random();",
  "export const v = crypto.randomUUID();",
  "export const v = crypto.getRandomValues(new Uint8Array(4));",
  'import { randomUUID as id } from "node:crypto";\nexport const v = id;',
  'import { createHash, randomBytes } from "node:crypto";\nexport const v = [createHash, randomBytes];',
  'import { randomBytes } from "crypto";\nexport const v = randomBytes;',
  'import * as c from "node:crypto";\nexport const v = c.randomBytes(4);',
];
const harmless = [
  "export const v = new Date(5);",
  'export const v = Date.parse("2026-11-01T00:00:00Z");',
  'import { createHash } from "node:crypto";\nexport const v = createHash;',
];

const at = (path: string, codes: readonly string[], expected: string | null): LintCase[] =>
  codes.map((code) => ({ path, code, expected }));

const seams: LintCase[] = [
  ...at("src/stages/x.ts", [...clockCode, ...immediateCode, ...entropyCode], SEAM),
  ...at("src/emulator/x.ts", [...clockCode, ...entropyCode], SEAM),
  ...at("src/emulator/virtual-clock.ts", [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ...at("src/emulator/virtual-clock.ts", immediateCode, null),
  ...at("src/clock.ts", clockCode.slice(0, 3), null),
  ...at("src/entropy.ts", ['import { randomUUID } from "node:crypto";\nexport const v = randomUUID();'], null),
  ...at("src/consumer/x.ts", [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ...at("src/consumer/time.ts", ["export const v = performance.now();"], null),
  ...at("src/stages/x.ts", harmless, null),
  ...at("test/unit/x.test.ts", ["export const v = setTimeout(() => undefined, 5);"], null),
  ...at("test/unit/x.test.ts", ["await new Promise((resolve) => setTimeout(resolve, 50));"], "no-sleeps:"),
  ...at(
    "test/unit/x.test.ts",
    ['import { setTimeout as sleep } from "node:timers/promises";\nawait sleep(5);'],
    "no-sleeps:",
  ),
];

const uncheckedCode = [
  "export const v = { rejectUnauthorized: false };",
  'export const v = { "rejectUnauthorized": false };',
  'export const v = { ["rejectUnauthorized"]: false };',
  "export const v = (rejectUnauthorized: boolean) => ({ rejectUnauthorized });",
  "export const v = (o: { rejectUnauthorized: boolean }) => { o.rejectUnauthorized = false; };",
  "export const v = { checkServerIdentity: () => undefined };",
  "export const v = { checkServerIdentity() { return undefined; } };",
  'import { checkServerIdentity } from "node:tls";\nexport const v = checkServerIdentity;',
  'process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";',
  'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";',
];
const terminalCode = [
  'process.stdout.write("x");',
  'process.stderr.write("x");',
  "export const { write } = process.stdout;",
  'import { stdout } from "node:process";\nexport const v = stdout;',
];

const edges: LintCase[] = [
  ...["src/http/x.ts", "src/notify/smtp.ts", "src/cli/x.ts", "src/emulator/x.ts", "src/mirror/x.ts"].flatMap((path) =>
    at(path, uncheckedCode, "certificates:"),
  ),
  ...at("src/http/x.ts", ["export const v = { secureContext: null, isAuthorized: true };"], null),
  ...at("src/cli/commands/x.ts", terminalCode, "terminal:"),
  ...at("src/cli/main.ts", terminalCode.slice(0, 2), null),
  ...at("src/cli/commands/x.ts", ["export const v = process.env;"], null),
];

const use = (source: string) => `import { x } from "${source}";\nexport const v = x;`;

/** From top to bottom; a file may import what stands lower, never what stands higher. */
const floors: readonly {
  readonly path: string;
  readonly above: readonly string[];
  readonly below: readonly string[];
}[] = [
  { path: "src/handler.ts", above: ["./func.ts"], below: ["./pipeline.ts", "./actions/check.ts"] },
  { path: "src/pipeline.ts", above: ["./func.ts", "./handler.ts"], below: ["./stages/promote.ts"] },
  { path: "src/acts/mint.ts", above: ["../func.ts", "../handler.ts"], below: ["../stages/promote.ts"] },
  { path: "src/setting-kinds.ts", above: ["./http/transport.ts", "./notify/target.ts"], below: ["./origin.ts"] },
  { path: "src/invocation.ts", above: ["./pipeline.ts", "./recovery/decide.ts"], below: ["./vault/store.ts"] },
  {
    path: "src/settings.ts",
    above: ["./handler.ts", "./issuers/index.ts", "./http/transport.ts"],
    below: ["./errors.ts"],
  },
  { path: "src/actions/x.ts", above: ["../func.ts", "../handler.ts"], below: ["../recovery/observe.ts"] },
  {
    path: "src/stages/x.ts",
    above: [
      "../func.ts",
      "../handler.ts",
      "../pipeline.ts",
      "../acts/index.ts",
      "../task.ts",
      "../actions/check.ts",
      "../notify/tell.ts",
    ],
    below: ["../recovery/decide.ts", "../issuers/index.ts", "../vault/store.ts", "../http/transport.ts"],
  },
  {
    path: "src/notify/x.ts",
    above: ["../func.ts", "../handler.ts", "../calls.ts", "../pipeline.ts", "../actions/check.ts", "../stages/tidy.ts"],
    below: ["../recovery/own-metadata.ts", "../vault/store.ts", "../http/transport.ts", "./message.ts"],
  },
  {
    path: "src/recovery/x.ts",
    above: ["../handler.ts", "../pipeline.ts", "../actions/check.ts", "../stages/promote.ts", "../notify/tell.ts"],
    below: ["../issuers/issuer.ts", "../vault/store.ts"],
  },
  {
    path: "src/issuers/x.ts",
    above: [
      "../pipeline.ts",
      "../stages/promote.ts",
      "../recovery/decide.ts",
      "../vault/store.ts",
      "../notify/tell.ts",
    ],
    below: ["../http/transport.ts", "../secret.ts"],
  },
  {
    path: "src/vault/x.ts",
    above: [
      "../pipeline.ts",
      "../stages/promote.ts",
      "../recovery/decide.ts",
      "../issuers/index.ts",
      "../notify/tell.ts",
    ],
    below: ["../http/transport.ts", "../clock.ts"],
  },
  {
    path: "src/http/x.ts",
    above: [
      "../handler.ts",
      "../stages/promote.ts",
      "../recovery/decide.ts",
      "../issuers/index.ts",
      "../vault/store.ts",
      "../notify/target.ts",
    ],
    below: ["../clock.ts", "../errors.ts"],
  },
  {
    path: "src/errors.ts",
    above: ["./http/transport.ts", "./pipeline.ts", "./vault/store.ts", "./notify/endpoint.ts"],
    below: ["./secret.ts"],
  },
];

const toolFolders = ["cli", "consumer", "mirror", "emulator", "prove", "demo"];

const layers: LintCase[] = [
  ...floors.flatMap(({ path, above, below }) => [
    ...at(path, above.map(use), LAYER),
    ...at(path, below.map(use), null),
    ...at(
      path,
      toolFolders.map((folder) => use(`${path.split("/").length > 2 ? ".." : "."}/${folder}/x.ts`)),
      LAYER,
    ),
  ]),
  ...at(
    "src/func.ts",
    toolFolders.map((folder) => use(`./${folder}/x.ts`)),
    LAYER,
  ),
  ...at(
    "src/content.ts",
    ['export { x } from "./emulator/x.ts";', 'export const v = import("./emulator/x.ts");'],
    LAYER,
  ),
  ...at("src/content.ts", ['import type { X } from "../test/support/x.ts";\nexport type V = X;'], LAYER),
  ...at("src/notify/x.ts", ["node:http", "node:https", "node:tls", "node:dns/promises", "nodemailer"].map(use), LAYER),
  ...at("src/notify/x.ts", ['export const v = import("nodemailer");'], LAYER),
  ...at("src/notify/smtp.ts", ['export const v = import("nodemailer");'], null),
  ...at("src/notify/resolver.ts", [use("node:dns/promises")], null),
  ...at("src/notify/smtp.ts", [use("../stages/tidy.ts")], LAYER),
  ...at("src/emulator/x.ts", [use("../clock.ts"), use("../vault/store.ts")], null),
  ...at("src/emulator/x.ts", [use("../cli/program.ts")], LAYER),
  ...at(
    "src/cli/commands/x.ts",
    ["../../emulator/run.ts", "../../prove/world.ts", "../../demo/rig.ts", "../../func.ts"].map(use),
    LAYER,
  ),
  ...at("src/cli/commands/x.ts", [use("../../handler.ts"), use("../fields.ts")], null),
  ...at("src/cli/commands/emulator.ts", [use("../../emulator/run.ts")], null),
  ...at(
    "src/mirror/x.ts",
    [
      ...["../cli/program.ts", "../emulator/run.ts", "../prove/world.ts", "../demo/rig.ts", "../func.ts"],
      ...["../mirror-func.ts", "../handler.ts", "../pipeline.ts", "../acts/mint.ts", "../actions/check.ts"],
      ...["../stages/promote.ts", "../recovery/decide.ts", "../notify/tell.ts", "../../test/support/x.ts"],
    ].map(use),
    LAYER,
  ),
  ...at(
    "src/mirror/x.ts",
    ["../consumer/index.ts", "../issuers/index.ts", "../vault/store.ts", "../http/transport.ts", "./keep.ts"].map(use),
    null,
  ),
  ...at("src/mirror-func.ts", ["./func.ts", "./handler.ts", "./pipeline.ts", "./emulator/run.ts"].map(use), LAYER),
  ...at("src/mirror-func.ts", ["./mirror/handler.ts", "./vault/resource-principal.ts"].map(use), null),
  ...["src/func.ts", "src/handler.ts", "src/errors.ts", "src/content.ts"].flatMap((path) =>
    at(path, [use("./mirror-func.ts")], LAYER),
  ),
  ...at("src/vault/x.ts", [use("../mirror-func.ts")], LAYER),
  ...at("src/consumer/x.ts", ["../clock.ts", "../errors.ts", "zod/mini", "oci-secrets", "node:util"].map(use), LAYER),
  ...at("src/consumer/x.ts", [use("./time.ts")], null),
  ...at(
    "src/recovery/decide.ts",
    [
      "node:fs",
      "node:crypto",
      "axios",
      "oci-vault",
      "../clock.ts",
      "../http/transport.ts",
      "../vault/store.ts",
      "../notify/tell.ts",
    ].map(use),
    LAYER,
  ),
  ...at(
    "src/recovery/decide.ts",
    ['import type { Traits } from "../issuers/issuer.ts";\nexport type V = Traits;', use("../errors.ts")],
    null,
  ),
];

const promise = "async function work(): Promise<void> {}\n";
const rules: LintCase[] = [
  ...at("src/stages/x.ts", [`${promise}work();`, `${promise}work().then(() => undefined);`], "noFloatingPromises"),
  ...at("src/stages/x.ts", [`${promise}await work();`], null),
  ...at("src/stages/x.ts", ["export const v = [1].filter(async () => true);"], "noMisusedPromises"),
  ...at("src/stages/x.ts", ['console.log("x");', 'console.error("x");'], "noConsole"),
  ...at("src/log.ts", ['console.log("x");'], "noConsole"),
  ...at("src/emulator/main.ts", ['console.log("x");'], null),
  ...at("src/stages/x.ts", ["export const v: any = 1;"], "noExplicitAny"),
  ...at("src/stages/x.ts", ["export const v = (a: string | null) => a!.length;"], "noNonNullAssertion"),
  ...at("src/stages/x.ts", ['import { T } from "../clock.ts";\nexport const v = (t: T): T => t;'], "useImportType"),
  ...at("src/stages/x.ts", ['import { readFile } from "fs";\nexport const v = readFile;'], "useNodejsImportProtocol"),
];

/** A file called `x` stands for any file of its folder: it gets a name of its own, so that one run of the linter takes many cases. */
export const lintCases: readonly LintCase[] = [...seams, ...edges, ...layers, ...rules].map((one, index) => ({
  ...one,
  path: one.path.replace(/\/x(?=\.)/, `/x${index}`),
}));
