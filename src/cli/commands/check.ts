import * as z from "zod/mini";
import { defineCommand } from "../command.ts";
import { type ExitCode, exitCodes } from "../exit-codes.ts";
import { expectSuccess, type FunctionAnswer, partsOf } from "../function.ts";
import type { Style } from "../output/style.ts";
import { renderPairs } from "../output/table.ts";
import { secretArgument } from "../secret-argument.ts";

/** An operator's words for verdicts. Only `rejected` is a refusal; `unknown` is not. */
const verdicts = { accepted: "accepted", rejected: "refused", unknown: "unknown" } as const;
type Shown = (typeof verdicts)[keyof typeof verdicts];
const shown = z.enum(["accepted", "refused", "unknown"]);

const checked = z.object({
  secretId: z.string(),
  healthy: z.boolean(),
  current: shown,
  pending: z.nullable(shown),
  versionNo: z.nullable(z.int()),
  code: z.string(),
  what: z.string(),
  next: z.string(),
});

function paint(style: Style, verdict: Shown): string {
  const colour = { accepted: style.green, refused: style.red, unknown: style.yellow } as const;
  return colour[verdict](verdict);
}

function exitCodeOf(current: Shown, pending: Shown | null): ExitCode {
  // A refused PENDING next to a working CURRENT is normal during a rotation, or after one that ended early.
  return current === "accepted" && pending !== "unknown" ? exitCodes.done : exitCodes.attention;
}

export const checkCommand = defineCommand({
  name: "check",
  summary: "log in with a secret's values and report whether they work",
  description: `Logs in at the issuer with the client secret in CURRENT, and with the newest one in PENDING if there is one. Each gets one
of three verdicts: accepted, refused, or unknown. Unknown means that the issuer could not be asked, or that its answer does not tell.

Changes nothing: it sends only reads to Vault and token requests to the issuer. It runs here, with your own credentials. It needs "read
secret-bundles", "use secrets" and "read secret-versions" for this secret, and network access to the issuer from this machine.

For monitoring: exit code 4 means that CURRENT is refused, or that a verdict is unknown.`,
  arguments: secretArgument,
  options: {},
  data: checked,
  examples: [
    { does: "is this secret good?", line: "check ocid1.vaultsecret.oc1.iad.example" },
    { does: "in a monitoring script", line: "check ocid1.vaultsecret.oc1.iad.example --json --profile MONITOR" },
  ],
  async run({ local, print, out }, values) {
    const answer: FunctionAnswer = await local({ secretId: values.secretId, action: "check" });
    // Without verdicts nothing was asked: Vault, the content or the settings prevented it.
    const { verdicts: found } = answer;
    if (found === undefined) {
      expectSuccess(answer);
      return exitCodes.failed;
    }
    const current = verdicts[found.current];
    const pending = found.pending === null ? null : verdicts[found.pending];
    const exitCode = exitCodeOf(current, pending);
    const { code, what, next } = partsOf(answer);
    const healthy = exitCode === exitCodes.done;
    print(
      { secretId: values.secretId, healthy, current, pending, versionNo: answer.versionNo, code, what, next },
      renderPairs([
        ["CURRENT", `${paint(out.style, current)} (version ${answer.versionNo ?? "unknown"})`],
        ["PENDING", pending === null ? "none" : paint(out.style, pending)],
        ...(next === "nothing"
          ? []
          : ([
              ["", ""],
              ["what", what],
              ["next", next],
            ] as const)),
      ]),
    );
    return exitCode;
  },
});
