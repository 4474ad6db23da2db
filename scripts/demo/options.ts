import { parseArgs } from "node:util";
import { callNames } from "../../src/emulator/core/call-names.ts";
import { type Fault, faultKinds, parseFault } from "../../src/emulator/core/faults.ts";
import { type IssuerName, issuerNames, profiles } from "./profiles.ts";

export interface DemoOptions {
  readonly json: boolean;
  readonly issuer: IssuerName;
  /** One fault in the middle of the rotation, and a heal after it. */
  readonly fault: Fault | null;
  /** An application and a mail address are notified of the rotation. */
  readonly notify: boolean;
  /** Shows the Retail credential mirror in place of a rotation. */
  readonly mirror: boolean;
  /** Shows clients of three issuers coming under rotation in place of a rotation. */
  readonly adopt: boolean;
  readonly help: boolean;
}

const DEFAULT_ISSUER: IssuerName = "oci-iam";

const issuerLines = issuerNames.map((name) => `           ${name.padEnd(9)} ${profiles[name].emulated}`).join("\n");
const callLines = issuerNames.map((name) => `  ${name.padEnd(9)} ${profiles[name].calls.join(", ")}`).join("\n");

export const helpText = `Rotates one OAuth client secret from end to end, on emulated OCI services, and shows what happened.

The function is the built one, running as OCI Functions would run it; OCI Vault, the issuer and Vault's rotation schedule are emulated on
this machine. Needs no OCI account and no network. Prints no secret.

Usage: npm run demo [-- options]

  --issuer <name>
           where the client is (default ${DEFAULT_ISSUER}):
${issuerLines}
  --mirror shows the Retail credential mirror instead: a change at Oracle's Credential Exchange arrives in Vault
  --adopt  shows an administrator's month instead: 90 clients of a Keycloak, a UAA and an Ed-Fi CMS are listed, adopted, rotated,
           handed over and acknowledged, by the command line
  --json   ends with one JSON line; the story goes to stderr
  --fault <call>:<kind>
           makes one remote call go wrong, then sends a heal and shows the recovery
  --notify registers a webhook and a mail address first, and shows what arrives there
  --help   this text

The JSON line: ok, issuer, steps, versions, oldSecret, newSecret, remoteCalls. Where both secrets work for a while also overlapSecret, the
verdict on the old one while they do. At uaa the action retire follows with OROT_GRACE_HOURS=0: retire is its answer, oldSecret the verdict
after it. At keycloak the old one is left to expire: oldSecret stays accepted until oldSecretUntil, and expiredSecret is the verdict once
the emulator's clock has been put past it. With a fault also healed, struck and heal; with --notify also webhooks and mails.

With --mirror the line is: ok, mirror: {secrets, manifestVersion, setsServed, setInForce, callbacks, fetches, tokenRequests, problems}.

With --adopt the line is: ok, adopt: {issuers: [{issuer, listed, adopted, accepted}], rotated, opened, unknownSecret, oldSecret,
retiredSecret, refusals}. Time is virtual, and the function runs in the demo's own process.

Calls that a fault may strike:
${callLines}
Kinds: ${faultKinds.join(", ")}

Exit code: 0 if the rotation ended well, 1 if not, 2 for an option that is not known.

Examples:
  npm run demo
  npm run demo -- --issuer uaa
  npm run demo -- --notify
  npm run demo -- --fault regenerate:answer-lost
  npm run demo -- --fault regenerate:killed-after
  npm run demo -- --issuer keycloak --fault install:answer-lost
  npm run demo -- --mirror
  npm run demo -- --adopt
  npm run --silent demo -- --json | tail -n 1
`;

/** @throws Error for an option, an issuer, a call or a kind that is not known; it says what to write instead */
export function readOptions(args: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "boolean", default: false },
      issuer: { type: "string", default: DEFAULT_ISSUER },
      fault: { type: "string" },
      notify: { type: "boolean", default: false },
      mirror: { type: "boolean", default: false },
      adopt: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { json, help, notify, mirror, adopt } = values;
  const isRotation = notify || values.fault !== undefined || values.issuer !== DEFAULT_ISSUER;
  if ((mirror || adopt) && (isRotation || mirror === adopt)) {
    const name = mirror ? "--mirror" : "--adopt";
    throw new Error(`${name} goes only with --json. Next: leave the other options out.`);
  }
  const issuer = readIssuer(values.issuer);
  const fault = values.fault === undefined ? null : readFault(values.fault, issuer);
  return { json, help, notify, mirror, adopt, issuer, fault };
}

function readIssuer(text: string): IssuerName {
  const issuer = issuerNames.find((name) => name === text);
  if (issuer === undefined)
    throw new Error(`unknown issuer "${text}". Next: use --issuer with one of ${issuerNames.join(", ")}.`);
  return issuer;
}

function readFault(text: string, issuer: IssuerName): Fault {
  const { calls } = profiles[issuer];
  const call = callNames.find((name) => name === text.split(":")[0]);
  if (call !== undefined && !calls.includes(call)) {
    throw new Error(`the demo makes no call "${call}" with --issuer ${issuer}. Next: use one of ${calls.join(", ")}.`);
  }
  return parseFault(text, calls);
}
