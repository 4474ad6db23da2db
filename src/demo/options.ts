import { parseArgs } from "node:util";

export interface DemoOptions {
  readonly json: boolean;
  readonly help: boolean;
}

export const helpText = `Rotates one OAuth client secret from end to end, on emulated OCI services, and shows what happened.

The function is the built one, running as OCI Functions would run it; OCI Vault, the identity domain and Vault's rotation schedule are
emulated on this machine. Needs no OCI account and no network. Prints no secret.

Usage: npm run demo [-- options]

  --json   ends with one JSON line: ok, steps, versions, oldSecret, newSecret, remoteCalls; the story goes to stderr
  --help   this text

Exit code: 0 if the rotation ended well, 1 if not, 2 for an option that is not known.

Examples:
  npm run demo
  npm run --silent demo -- --json | tail -n 1
`;

/** @throws TypeError for an option that is not known */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { json: { type: "boolean", default: false }, help: { type: "boolean", short: "h", default: false } },
  });
  return values;
}
