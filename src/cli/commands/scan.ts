import { DAY_MS } from "../../base/durations.ts";
import { printable } from "../../base/printable.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { commandLine } from "../command-line.ts";
import { exitCodes } from "../exit-codes.ts";
import { compartmentId, duration, flag, listOf, optional, text, vaultId } from "../fields.ts";
import type { GlobalOptions } from "../global-options.ts";
import { type CloserRow, createCloserLook, type Look } from "../inventory/closer-look.ts";
import { mendOf } from "../inventory/ends-first.ts";
import { mapInOrder } from "../inventory/in-order.ts";
import { createOperatorDirectory, inventory, type Places, placesOf } from "../inventory/inventory.ts";
import { gather, isDueState, isUnhealthy, needsAttention, type Scanned, scanned } from "../inventory/scan-data.ts";
import { lengthOf, scanCsv, scanJson, scanTable } from "../inventory/scan-text.ts";
import { maxAgeOf, maxAgeOption } from "../max-age.ts";
import { writeAtomically } from "../output/atomic-file.ts";
import type { Output } from "../output/output.ts";
import { reportPage } from "../report/page.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";

/** Parallel calls for `--versions`, `--read-content` and `--waiting`: fast, and far below every known limit of Vault. */
const AT_ONCE = 10;

/** @throws CliError INTERRUPTED, since a partial list would look complete */
async function* untilStopped(rows: AsyncIterable<CloserRow>, signal: AbortSignal): AsyncGenerator<CloserRow> {
  for await (const row of rows) {
    if (signal.aborted) {
      throw new CliError("INTERRUPTED", {
        what: "the scan was interrupted",
        means: "nothing was changed",
        next: "run it again",
      });
    }
    yield row;
  }
}

function rowsOf(runtime: Runtime, signedIn: SignedIn, places: Places, look: Look): AsyncGenerator<CloserRow> {
  const listed = inventory(createOperatorDirectory(runtime, signedIn), places, runtime.clock.now());
  return untilStopped(mapInOrder(listed, AT_ONCE, createCloserLook(runtime, signedIn, look)), runtime.signal);
}

/** A mistyped compartment must not look like one in which nothing is due. */
function expectSome({ counts }: Scanned, wasContentRead: boolean): void {
  if (counts.rotatable > 0) return;
  if (counts.seen === 0) {
    throw new CliError("NOTHING_FOUND", {
      what: "no secret was found there, or you may see none",
      next: "check the OCIDs and --region; name each compartment, since subcompartments are not searched",
    });
  }
  throw new CliError("NOTHING_FOUND", {
    what: `none of the ${counts.seen} secrets there is known to be an OAuth client's`,
    means: wasContentRead
      ? "none has content that a known issuer can read"
      : "none has a rotation that targets a function, or an issuer noted by a heal",
    next: wasContentRead
      ? "store a client as docs/deploying.md shows, or name other compartments"
      : "add --read-content to examine their content, or set their rotation to the function",
  });
}

/** Hints for single secrets; the next scan shows the rest. */
const MAX_MENDED = 5;

function* mendsOf(options: GlobalOptions, { secrets, asOf }: Scanned): Generator<string> {
  const late = secrets.filter((secret) => secret.endsFirst && !isDueState(secret.state));
  const now = Date.parse(asOf);
  for (const { secretId, name, expiresOn, ageDays } of late.slice(0, MAX_MENDED)) {
    if (expiresOn === null) continue;
    const words = mendOf(secretId, Date.parse(expiresOn), now - ageDays * DAY_MS, now);
    yield `${printable(name)} ends before its next rotation: ${commandLine(options, words)}`;
  }
  if (late.length > MAX_MENDED) yield `${late.length - MAX_MENDED} more end before their next rotation`;
}

/** What to run next, on the same secrets and as the same operator. */
function hintsOf(
  options: GlobalOptions,
  {
    compartment,
    vault,
    maxAge,
  }: {
    readonly compartment: readonly string[];
    readonly vault: readonly string[];
    readonly maxAge: number | undefined;
  },
  result: Scanned,
): string[] {
  const { secrets, withinSeconds } = result;
  const places = [
    ...compartment.flatMap((ocid) => ["--compartment", ocid]),
    ...vault.flatMap((ocid) => ["--vault", ocid]),
  ];
  const within = [
    ...(withinSeconds === null ? [] : ["--within", lengthOf(withinSeconds)]),
    ...(maxAge === undefined ? [] : ["--max-age", lengthOf(maxAge / 1000)]),
  ];
  return [
    ...(secrets.some(isUnhealthy)
      ? [`to heal what failed: ${commandLine(options, ["heal", "--all", ...places])}`]
      : []),
    ...(secrets.some(({ state }) => isDueState(state))
      ? [`to rotate what is due: ${commandLine(options, ["rotate", "--all-due", ...within, ...places])}`]
      : []),
    ...mendsOf(options, result),
  ];
}

/** Reports why secrets could not be examined more closely, once for each kind of failure. */
function warnOfProblems(out: Output, { secrets }: Scanned): void {
  const kinds = new Map<string, number>();
  for (const { problem } of secrets) if (problem !== null) kinds.set(problem, (kinds.get(problem) ?? 0) + 1);
  for (const [code, count] of kinds) {
    const next =
      code === "SECRET_NOT_FOUND" || code === "VAULT_FORBIDDEN"
        ? '--versions needs "read secret-versions", --read-content "read secret-bundles", --waiting "read secrets" there'
        : "run oci-rotate check for details of each";
    out.warn(`${count} could not be examined more closely: ${code}; ${next}`);
  }
}

export const scanCommand = defineCommand({
  name: "scan",
  summary: "list secrets with owner, age, expiry and last outcome, and report what is due",
  description: `Lists every secret in the compartments that this product can rotate: those whose rotation in Vault targets a function, and
those that a heal has tagged. What is locked out or failed comes first, then what is due first. A secret is due at Vault's next rotation, or on the day its client secret
expires, whichever is earlier. The expiry comes from the issuer (noted by a rotation or a heal) or from an expiry rule in Vault. Dates in the
past are always due.

Most issuers tell no expiry. --max-age makes a secret due from an age on, whatever the other dates say. The age counts from the value: a
rollback, a claim or a copy in a newer version does not make it younger. Only for secrets that may be so old it lists the versions of each, and reads
contents to recognize a copy ("read secret-versions", "read secret-bundles").

Reads only the list of secrets with its tags: one call for up to 500 secrets, with "inspect secrets". --versions reads the versions of each
secret, one more call each ("read secret-versions"). It counts the free slots, gives the exact age, and leaves out an expiry that was noted
for a version other than CURRENT. Without it the age counts from the last rotation that Vault or a heal noted. --read-content reads the
secrets themselves ("read secret-bundles"), only if no tag names issuer and client, and finds secrets that are not rotated yet. What it
reads is never shown. --waiting reads each secret's metadata ("read secrets"), and shows the hosts of those subscribers that have not
acknowledged CURRENT.

Changes nothing: it sends only GET requests. Subcompartments are not searched.

A secret "ends first" if it expires before Vault's next rotation replaces it. The command that mends it is printed.

For monitoring: exit code 4 means that something is due, that the last noted outcome of a secret is a failure, or that one ends first. With
--within only those are listed.`,
  arguments: {},
  options: {
    compartment: {
      flags: "--compartment <ocid...>",
      does: "compartments to search (default: OROT_CLI_COMPARTMENT, then OROT_HEAL_COMPARTMENT_IDS)",
      takes: listOf(compartmentId),
    },
    vault: {
      flags: "--vault <ocid...>",
      does: "only secrets in these vaults, in those compartments (default: OROT_CLI_VAULT)",
      takes: listOf(vaultId),
    },
    within: {
      flags: "--within <duration>",
      does: "only secrets that expired, failed, or are due within this time, such as 30d (default: all; due now counts as due)",
      takes: optional(duration),
    },
    maxAge: maxAgeOption,
    versions: {
      flags: "--versions",
      does: "count free version slots and give the exact age; one call per secret",
      takes: flag,
    },
    readContent: {
      flags: "--read-content",
      does: "read the secrets that no tag describes; one call per secret",
      takes: flag,
    },
    waiting: {
      flags: "--waiting",
      does: "show whose subscribers have not acknowledged CURRENT; one call per secret",
      takes: flag,
    },
    csv: { flags: "--csv", does: "print CSV (RFC 4180) instead of a table", takes: flag },
    html: {
      flags: "--html <file>",
      does: "also write a report that only you can read (mode 600): one self-contained page with a timeline",
      takes: optional(text),
    },
  },
  data: scanned,
  examples: [
    { does: "everything, what failed or is due first", line: "scan --compartment ocid1.compartment.oc1..example" },
    {
      does: "in a monitoring script: exit code 4 when something is due within a month",
      line: "scan --compartment ocid1.compartment.oc1..example --within 30d --json",
    },
    {
      does: "a report to send round",
      line: "scan --compartment ocid1.compartment.oc1..example --versions --html report.html",
    },
  ],
  async run({ runtime, options, out, signIn }, values) {
    if (values.csv && options.json) {
      throw new CliError("USAGE", { what: "--csv and --json were both given", next: "leave one of them out" });
    }
    const places = placesOf(runtime, values);
    const signedIn = await signIn();
    const maxAgeMs = maxAgeOf(runtime, values.maxAge);
    const withinMs = values.within ?? null;
    const age = maxAgeMs === null ? null : { maxMs: maxAgeMs, withinMs: withinMs ?? 0 };
    const look: Look = { versions: values.versions, content: values.readContent, waiting: values.waiting, age };
    const rows = rowsOf(runtime, signedIn, places, look);
    const result = await gather(rows, runtime.clock.now(), { withinMs, maxAgeMs });
    expectSome(result, values.readContent);
    if (values.html !== undefined) {
      writeAtomically(values.html, reportPage(result, { ...signedIn, ...places }), runtime.entropy.uuid());
      out.note(`report: ${values.html}`);
    }
    warnOfProblems(out, result);
    if (options.json) out.parts(scanJson(result));
    else out.parts(values.csv ? scanCsv(result) : scanTable(result, out.style, runtime.columns));
    for (const hint of hintsOf(options, values, result)) out.note(hint);
    return result.secrets.some(needsAttention) ? exitCodes.attention : exitCodes.done;
  },
});
