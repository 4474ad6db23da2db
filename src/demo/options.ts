import { parseArgs } from "node:util";
import { rotationCalls } from "../emulator/call-names.ts";
import { type Fault, faultKinds, parseFault } from "../emulator/faults.ts";

export interface DemoOptions {
  readonly json: boolean;
  /** One fault in the middle of the rotation, and a heal after it. */
  readonly fault: Fault | null;
  readonly help: boolean;
}

export const helpText = `Rotates one OAuth client secret from end to end, on emulated OCI services, and shows what happened.

The function is the built one, running as OCI Functions would run it; OCI Vault, the identity domain and Vault's rotation schedule are
emulated on this machine. Needs no OCI account and no network. Prints no secret.

Usage: npm run demo [-- options]

  --json   ends with one JSON line: ok, steps, versions, oldSecret, newSecret, remoteCalls; the story goes to stderr
  --fault <call>:<kind>
           lets one remote call of the rotation go wrong, then sends a heal and shows how it is made good
  --help   this text

Calls: ${rotationCalls.join(", ")}
Kinds: ${faultKinds.join(", ")}

Exit code: 0 if the rotation ended well, 1 if not, 2 for an option that is not known.

Examples:
  npm run demo
  npm run demo -- --fault regenerate:answer-lost
  npm run demo -- --fault regenerate:killed-after
  npm run --silent demo -- --json | tail -n 1
`;

/** @throws Error for an option, a call or a kind that is not known; it says what to write instead */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      fault: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { json, help } = values;
  return { json, help, fault: values.fault === undefined ? null : parseFault(values.fault, rotationCalls) };
}
