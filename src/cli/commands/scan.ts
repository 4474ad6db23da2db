import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { compartmentId, duration, flag, listOf, optional, text, vaultId } from "../fields.ts";
import { type CloserRow, createCloserLook, type Look } from "../inventory/closer-look.ts";
import { mapInOrder } from "../inventory/in-order.ts";
import { createOperatorDirectory, inventory, type Places, placesOf } from "../inventory/inventory.ts";
import { gather, isDueState, type Scanned, scanned } from "../inventory/scan-data.ts";
import { scanCsv, scanJson, scanTable } from "../inventory/scan-text.ts";
import { writeAtomically } from "../output/atomic-file.ts";
import type { Output } from "../output/output.ts";
import { reportPage } from "../report/page.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";

/** Calls at a time for `--versions` and `--read-content`: quick, and far from any limit of Vault's that is known. */
const AT_ONCE = 10;

/** @throws CliError INTERRUPTED: what was seen until then would look like everything */
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

/** A compartment that was mistyped must not look like one in which nothing is due. */
function expectSome({ counts }: Scanned, wasContentRead: boolean): void {
  if (counts.rotatable > 0) return;
  if (counts.seen === 0) {
    throw new CliError("NOTHING_FOUND", {
      what: "there is no secret there, or none that you may see",
      next: "check the OCIDs and --region; name each compartment, since none is searched in depth",
    });
  }
  throw new CliError("NOTHING_FOUND", {
    what: `of ${counts.seen} secrets there none is known to be an OAuth client's`,
    means: wasContentRead
      ? "none holds what an issuer that we know describes"
      : "no rotation of theirs targets a function, and no heal has noted an issuer",
    next: wasContentRead
      ? "store a client as docs/deploying.md shows, or name other compartments"
      : "add --read-content to tell by what they hold, or set their rotation to the function",
  });
}

/** What kept the closer look from some of them, said once for each kind. */
function warnOfProblems(out: Output, { secrets }: Scanned): void {
  const kinds = new Map<string, number>();
  for (const { problem } of secrets) if (problem !== null) kinds.set(problem, (kinds.get(problem) ?? 0) + 1);
  for (const [code, count] of kinds) {
    const next =
      code === "SECRET_NOT_FOUND" || code === "VAULT_FORBIDDEN"
        ? '--versions needs "read secret-versions", --read-content "read secret-bundles" there'
        : "oci-rotate check says more of each";
    out.warn(`${count} could not be looked at more closely: ${code}; ${next}`);
  }
}

export const scanCommand = defineCommand({
  name: "scan",
  summary: "list secrets with owner, age, expiry and last outcome; say what is due",
  description: `Lists every secret in the compartments that this product can rotate: those whose rotation in Vault targets a function, and those on which
a heal has left its tags. What is due first comes first: Vault's next rotation, or the day on which the client secret ends, as the issuer says
(noted by heal) or an expiry rule in Vault does, whichever is earlier. Dates in the past are always due.

Reads the list of secrets with its tags, and nothing else: one call for up to 500 secrets, with "inspect secrets". --versions asks for the
versions of each secret, one more call each ("read secret-versions"): it counts the slots left, tells the exact age, and leaves out
an expiry that was noted for another version than CURRENT. Without it the age counts from the last rotation that Vault or a heal noted. --read-content reads the secrets themselves ("read secret-bundles"), only where
no tag tells issuer and client, and finds those that nobody rotates yet; what it reads is never shown.

Changes nothing: it sends GET alone. Compartments are not searched in depth.

For monitoring: exit code 4 means that something is due, or that the last outcome noted of a secret is a failure. With --within only those
are listed.`,
  arguments: {},
  options: {
    compartment: {
      flags: "--compartment <ocid...>",
      does: "where to look, once or several times (default: OROT_HEAL_COMPARTMENT_IDS)",
      takes: listOf(compartmentId),
    },
    vault: {
      flags: "--vault <ocid...>",
      does: "only secrets of these vaults, in those compartments",
      takes: listOf(vaultId),
    },
    within: {
      flags: "--within <duration>",
      does: "only what has expired, is due within this time, or failed, as 30d (default: all; due now counts as due)",
      takes: optional(duration),
    },
    versions: {
      flags: "--versions",
      does: "count version slots left, and tell the exact age: a call each",
      takes: flag,
    },
    readContent: {
      flags: "--read-content",
      does: "read the secrets that no tag describes: a call each",
      takes: flag,
    },
    csv: { flags: "--csv", does: "print CSV (RFC 4180) instead of a table", takes: flag },
    html: {
      flags: "--html <file>",
      does: "also write a report for its owner alone (mode 600): one page with a timeline that needs nothing else",
      takes: optional(text),
    },
  },
  data: scanned,
  examples: [
    { does: "everything, the most urgent first", line: "scan --compartment ocid1.compartment.oc1..example" },
    {
      does: "in a monitoring script: exit code 4 when something is due within a month",
      line: "scan --compartment ocid1.compartment.oc1..example --within 30d --json",
    },
    {
      does: "a report for everybody",
      line: "scan --compartment ocid1.compartment.oc1..example --versions --html report.html",
    },
  ],
  async run({ runtime, options, out, signIn }, values) {
    if (values.csv && options.json) {
      throw new CliError("USAGE", { what: "--csv and --json were both given", next: "leave one of them out" });
    }
    const places = placesOf(runtime, values);
    const signedIn = await signIn();
    const look: Look = { versions: values.versions, content: values.readContent };
    const rows = rowsOf(runtime, signedIn, places, look);
    const result = await gather(rows, runtime.clock.now(), values.within ?? null);
    expectSome(result, values.readContent);
    if (values.html !== undefined) {
      writeAtomically(values.html, reportPage(result), runtime.entropy.uuid());
      out.note(`report: ${values.html}`);
    }
    warnOfProblems(out, result);
    if (options.json) out.parts(scanJson(result));
    else out.parts(values.csv ? scanCsv(result) : scanTable(result, out.style, runtime.columns));
    const { due, unhealthy } = result.counts;
    if (result.secrets.some(({ state }) => isDueState(state))) out.note("next: oci-rotate rotate --all-due");
    return due + unhealthy > 0 ? exitCodes.attention : exitCodes.done;
  },
});
