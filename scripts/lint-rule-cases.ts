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
  ...at("src/rotation/stages/x.ts", [...clockCode, ...immediateCode, ...entropyCode], SEAM),
  ...at("src/emulator/x.ts", [...clockCode, ...entropyCode], SEAM),
  ...at("src/emulator/vault/x.ts", [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ...["test/prove/x.ts", "scripts/demo/x.ts"].flatMap((path) =>
    at(path, [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ),
  ...at("src/emulator/core/virtual-clock.ts", [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ...at("src/emulator/core/virtual-clock.ts", immediateCode, null),
  ...at("src/base/clock.ts", clockCode.slice(0, 3), null),
  ...at("src/base/entropy.ts", ['import { randomUUID } from "node:crypto";\nexport const v = randomUUID();'], null),
  ...at("src/consumer/x.ts", [...clockCode.slice(0, 1), ...entropyCode.slice(0, 1)], SEAM),
  ...at("src/consumer/time.ts", ["export const v = performance.now();"], null),
  ...at("src/rotation/stages/x.ts", harmless, null),
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
  ...[
    "src/clients/http/x.ts",
    "src/notify/smtp.ts",
    "src/cli/x.ts",
    "src/emulator/x.ts",
    "src/mirror/x.ts",
    "test/prove/x.ts",
    "scripts/demo/x.ts",
  ].flatMap((path) => at(path, uncheckedCode, "certificates:")),
  ...at("src/clients/http/x.ts", ["export const v = { secureContext: null, isAuthorized: true };"], null),
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
  {
    path: "src/rotation/handler.ts",
    above: ["../func.ts", "../mirror-func.ts"],
    below: ["./pipeline.ts", "./actions/check.ts", "../notify/tell.ts", "../clients/vault/store.ts"],
  },
  {
    path: "src/rotation/pipeline.ts",
    above: ["../func.ts", "./handler.ts"],
    below: ["./stages/promote.ts", "../notify/tell.ts"],
  },
  {
    path: "src/rotation/actions/x.ts",
    above: ["../../func.ts", "../handler.ts"],
    below: ["../observe/observe.ts", "../../notify/notify.ts"],
  },
  {
    path: "src/rotation/stages/x.ts",
    above: [
      ...["../../func.ts", "../handler.ts", "../pipeline.ts", "../outcome.ts", "../task.ts", "../answer.ts"],
      ...["../actions/check.ts", "../../notify/tell.ts"],
    ],
    below: [
      ...["../decide/decide.ts", "../observe/observe.ts", "../../clients/issuers/index.ts"],
      ...["../../clients/vault/store.ts", "../../clients/http/transport.ts"],
    ],
  },
  ...["observe", "housekeeping"].map((folder) => ({
    path: `src/rotation/${folder}/x.ts`,
    above: [
      ...["../handler.ts", "../pipeline.ts", "../actions/check.ts", "../after.ts", "../stages/promote.ts"],
      "../../notify/tell.ts",
    ],
    below: ["../memory.ts", "../decide/decide.ts", "../../clients/issuers/issuer.ts", "../../clients/vault/store.ts"],
  })),
  {
    path: "src/rotation/attempt/attempt.ts",
    above: ["../pipeline.ts", "../task.ts", "../after.ts", "../stages/promote.ts", "../../notify/tell.ts"],
    below: ["../observe/second-pending.ts", "../../clients/vault/store.ts"],
  },
  {
    path: "src/notify/x.ts",
    above: [
      ...["../func.ts", "../rotation/handler.ts", "../rotation/calls.ts", "../rotation/pipeline.ts"],
      ...["../rotation/actions/check.ts", "../rotation/stages/tidy.ts", "../rotation/decide/decide.ts"],
      "../rotation/invocation.ts",
    ],
    below: [
      ...["../clients/vault/store.ts", "../clients/vault/wait-active.ts", "../clients/issuers/issuer.ts"],
      ...["../clients/http/transport.ts", "../base/errors.ts", "./message.ts"],
    ],
  },
  {
    path: "src/clients/issuers/x.ts",
    above: [
      ...["../../rotation/pipeline.ts", "../../rotation/stages/promote.ts", "../../notify/tell.ts"],
      "../vault/store.ts",
    ],
    below: ["../http/transport.ts", "../vault/content.ts", "../../base/secret.ts"],
  },
  {
    path: "src/clients/vault/x.ts",
    above: [
      "../../rotation/pipeline.ts",
      "../../rotation/invocation.ts",
      "../issuers/index.ts",
      "../../notify/tell.ts",
    ],
    below: ["../http/transport.ts", "../../base/clock.ts"],
  },
  {
    path: "src/clients/http/x.ts",
    above: [
      ...["../../rotation/handler.ts", "../issuers/index.ts", "../vault/store.ts", "../../notify/target.ts"],
      "../../rotation/decide/decide.ts",
    ],
    below: ["../../base/clock.ts", "../../base/errors.ts"],
  },
  {
    path: "src/base/errors.ts",
    above: [
      "../clients/http/transport.ts",
      "../rotation/pipeline.ts",
      "../clients/vault/store.ts",
      "../notify/endpoint.ts",
    ],
    below: ["./secret.ts", "./settings/settings.ts"],
  },
  {
    path: "src/base/settings/x.ts",
    above: ["../../clients/issuers/index.ts", "../../notify/target.ts", "../../rotation/handler.ts"],
    below: ["../origin.ts", "./kinds.ts"],
  },
];

const toolRooms = ["cli", "consumer", "mirror", "emulator"];
/** How many folders above the file `src` is. */
const upTo = (path: string, target: string) => `${"../".repeat(path.split("/").length - 2) || "./"}${target}`;

const layers: LintCase[] = [
  ...floors.flatMap(({ path, above, below }) => [
    ...at(path, above.map(use), LAYER),
    ...at(path, below.map(use), null),
    ...at(
      path,
      [...toolRooms.map((room) => `${room}/x.ts`), "mirror-func.ts", "../test/prove/x.ts", "../scripts/demo/x.ts"].map(
        (target) => use(upTo(path, target)),
      ),
      LAYER,
    ),
  ]),
  ...at(
    "src/func.ts",
    [...toolRooms.map((room) => `./${room}/x.ts`), "./mirror-func.ts", "../test/prove/x.ts"].map(use),
    LAYER,
  ),
  ...at("src/func.ts", ["./rotation/handler.ts", "./clients/vault/store.ts", "./base/clock.ts"].map(use), null),
  ...at(
    "src/clients/vault/content.ts",
    ['export { x } from "../../emulator/x.ts";', 'export const v = import("../../emulator/x.ts");'],
    LAYER,
  ),
  ...at("src/base/secret.ts", ['import type { X } from "../../test/support/x.ts";\nexport type V = X;'], LAYER),
  ...at("src/notify/x.ts", ["node:http", "node:https", "node:tls", "node:dns/promises", "nodemailer"].map(use), LAYER),
  ...at("src/notify/x.ts", ['export const v = import("nodemailer");'], LAYER),
  ...at("src/notify/smtp.ts", ['export const v = import("nodemailer");'], null),
  ...at("src/notify/resolver.ts", [use("node:dns/promises")], null),
  ...at("src/notify/smtp.ts", [use("../rotation/stages/tidy.ts")], LAYER),
  ...at("src/emulator/vault/x.ts", [use("../../base/clock.ts"), use("../../clients/http/transport.ts")], null),
  ...at(
    "src/emulator/vault/x.ts",
    ["vault/own-metadata.ts", "issuers/uaa.ts", "http/retry.ts"].map((one) => use(`../../clients/${one}`)),
    LAYER,
  ),
  ...["test/prove/adversary/judge/x.ts", "test/prove/condition.ts", "test/prove/told.ts"].flatMap((path) => [
    ...at(
      path,
      ["rotation/answer.ts", "clients/vault/store.ts", "notify/message.ts", "base/errors.ts", "mirror/run.ts"].map(
        (one) => use(`../../src/${one}`),
      ),
      LAYER,
    ),
    ...at(path, [use("../../src/emulator/core/wire.ts"), use("./world.ts")], null),
  ]),
  ...at(
    "src/emulator/x.ts",
    ["../cli/program.ts", "../rotation/pipeline.ts", "../notify/tell.ts", "../../test/prove/world.ts"].map(use),
    LAYER,
  ),
  ...at(
    "src/cli/commands/x.ts",
    [
      ...["../../emulator/run.ts", "../../mirror/run.ts", "../../consumer/index.ts", "../../func.ts"],
      ...["../../../test/prove/world.ts", "../../../scripts/demo/rig.ts"],
    ].map(use),
    LAYER,
  ),
  ...at("src/cli/commands/x.ts", [use("../../rotation/handler.ts"), use("../fields.ts")], null),
  ...at("src/cli/commands/emulator.ts", [use("../../emulator/run.ts")], null),
  ...at("src/cli/commands/emulator.ts", [use("../../mirror/run.ts"), use("../../../test/prove/world.ts")], LAYER),
  ...at(
    "src/mirror/x.ts",
    [
      ...["../cli/program.ts", "../emulator/run.ts", "../func.ts", "../mirror-func.ts", "../notify/tell.ts"],
      ...["../rotation/handler.ts", "../rotation/answer.ts", "../rotation/stages/promote.ts"],
      ...["../../test/support/x.ts", "../../test/prove/world.ts", "../../scripts/demo/rig.ts"],
    ].map(use),
    LAYER,
  ),
  ...at(
    "src/mirror/x.ts",
    [
      ...["../consumer/index.ts", "../clients/issuers/index.ts", "../clients/vault/store.ts"],
      ...["../clients/http/transport.ts", "../base/answer.ts", "./keep.ts"],
    ].map(use),
    null,
  ),
  ...at("src/mirror-func.ts", ["./func.ts", "./rotation/handler.ts", "./emulator/run.ts"].map(use), LAYER),
  ...at("src/mirror-func.ts", ["./mirror/handler.ts", "./clients/vault/resource-principal.ts"].map(use), null),
  ...at("src/consumer/x.ts", ["../base/clock.ts", "zod/mini", "oci-secrets", "node:util"].map(use), LAYER),
  ...at("src/consumer/x.ts", [use("./time.ts")], null),
  ...at(
    "src/rotation/decide/decide.ts",
    [
      ...["node:fs", "node:crypto", "axios", "oci-vault", "../../base/clock.ts", "../../clients/http/transport.ts"],
      ...["../../clients/vault/store.ts", "../../notify/tell.ts", "../stages/promote.ts", "../outcome.ts"],
    ].map(use),
    LAYER,
  ),
  ...at(
    "src/rotation/decide/x.ts",
    [
      'import type { Traits } from "../../clients/issuers/issuer.ts";\nexport type V = Traits;',
      use("../../base/errors.ts"),
    ],
    null,
  ),
];

const promise = "async function work(): Promise<void> {}\n";
const rules: LintCase[] = [
  ...at(
    "src/rotation/stages/x.ts",
    [`${promise}work();`, `${promise}work().then(() => undefined);`],
    "noFloatingPromises",
  ),
  ...at("src/rotation/stages/x.ts", [`${promise}await work();`], null),
  ...at("src/rotation/stages/x.ts", ["export const v = [1].filter(async () => true);"], "noMisusedPromises"),
  ...at("src/rotation/stages/x.ts", ['console.log("x");', 'console.error("x");'], "noConsole"),
  ...at("src/base/log.ts", ['console.log("x");'], "noConsole"),
  ...at("src/emulator/main.ts", ['console.log("x");'], null),
  ...at("src/rotation/stages/x.ts", ["export const v: any = 1;"], "noExplicitAny"),
  ...at("src/rotation/stages/x.ts", ["export const v = (a: string | null) => a!.length;"], "noNonNullAssertion"),
  ...at(
    "src/rotation/stages/x.ts",
    ['import { T } from "../../base/clock.ts";\nexport const v = (t: T): T => t;'],
    "useImportType",
  ),
  ...at(
    "src/rotation/stages/x.ts",
    ['import { readFile } from "fs";\nexport const v = readFile;'],
    "useNodejsImportProtocol",
  ),
];

/**
 * A file called `x` stands for any file of its folder. Each case gets its own name, so that one run of the linter takes
 * many cases.
 */
export const lintCases: readonly LintCase[] = [...seams, ...edges, ...layers, ...rules].map((one, index) => ({
  ...one,
  path: one.path.replace(/\/x(?=\.)/, `/x${index}`),
}));
