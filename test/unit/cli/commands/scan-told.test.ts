import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import type { Transport } from "../../../../src/clients/http/transport.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { OTHER_COMPARTMENT } from "../../../support/fleet.ts";

const cli = useCli();
const HERE = ["scan", "--compartment", OTHER_COMPARTMENT] as const;
const TERMINAL = { answers: [], environment: { NO_COLOR: "1" } };

interface Made {
  readonly next?: number;
  readonly expires?: number;
  readonly madeAgo?: number;
  readonly tags?: Record<string, string>;
  readonly functionId?: string | null;
}

/** A secret in the compartment that is scanned; dates in days from now. */
function make(
  w: CliWorld,
  name: string,
  { next, expires, madeAgo, tags = {}, functionId = "ocid1.fnfunc.oc1.iad.a" }: Made = {},
) {
  const target = functionId === null ? {} : { functionId };
  const id = w.emulator.admin.createSecret({ name, content: "{}", compartmentId: OTHER_COMPARTMENT, ...target });
  const at = (days: number) => w.clock.now() + days * DAY_MS;
  Object.assign(w.emulator.admin.secret(id), {
    nextRotationAt: next === undefined ? null : at(next),
    ...(madeAgo !== undefined && { lastRotationAt: at(-madeAgo) }),
    freeformTags: {
      ...tags,
      ...(expires !== undefined && { "orot-expires-on": new Date(at(expires)).toISOString() }),
    },
  });
  return id;
}

/** The hints at a terminal, without the line about the sign-in. */
const notes = ({ stderr }: { readonly stderr: string }) =>
  stderr.split("\n").filter((line) => line !== "" && !line.startsWith("as profile "));

describe("what oci-rotate scan says to run next", () => {
  test("is nothing where all is well, and nothing in a script", async () => {
    const w = await cli();
    make(w, "later", { next: 40, tags: { "orot-outcome": "OK 2026-01-01T00:00:00Z v1" } });
    expect(notes(await w.runWith(TERMINAL, ...HERE))).toEqual([]);
    make(w, "over", { next: -1 });
    expect((await w.run(...HERE)).stderr).toBe("");
  });

  test("names the same places and times", async () => {
    const w = await cli();
    make(w, "over", { next: -1, tags: { "orot-outcome": "POLICY_REFUSED 2026-01-01T00:00:00Z v1" } });
    const place = `--compartment ${OTHER_COMPARTMENT}`;
    expect(notes(await w.runWith(TERMINAL, ...HERE, "--within", "7d", "--max-age", "90d"))).toEqual([
      `to heal what failed: oci-rotate heal --all ${place}`,
      `to rotate what is due: oci-rotate rotate --all-due --within 7d --max-age 90d ${place}`,
    ]);
    expect(notes(await w.runWith(TERMINAL, ...HERE))).toEqual([
      `to heal what failed: oci-rotate heal --all ${place}`,
      `to rotate what is due: oci-rotate rotate --all-due ${place}`,
    ]);
  });

  test("is an interval for what ends first, or a rotation where little of the value's life is left", async () => {
    const w = await cli();
    const young = make(w, "young", { next: 40, expires: 30, madeAgo: 10 });
    const old = make(w, "old", { next: 41, expires: 31, madeAgo: 60 });
    make(w, "due already", { next: 40, expires: -1 });
    expect(notes(await w.runWith(TERMINAL, ...HERE)).filter((line) => line.includes(" ends before "))).toEqual([
      `young ends before its next rotation: oci-rotate schedule set ${young} --every 20d`,
      `old ends before its next rotation: oci-rotate rotate ${old}`,
    ]);
  });

  test.each([
    { count: 5, more: [] },
    { count: 7, more: ["2 more end before their next rotation"] },
  ])("of $count that end first it names five", async ({ count, more }) => {
    const w = await cli();
    for (let index = 0; index < count; index++) make(w, `late-${index}`, { next: 40, expires: 30 + index / 10 });
    const told = notes(await w.runWith(TERMINAL, ...HERE));
    expect(told.slice(0, 5).map((line) => line.split(" ")[0])).toEqual([
      "late-0",
      "late-1",
      "late-2",
      "late-3",
      "late-4",
    ]);
    expect(told.slice(5)).toEqual(more);
  });
});

describe("what stands in the way of oci-rotate scan", () => {
  test.each([
    [
      [],
      "none has a rotation that targets a function, or an issuer noted by a heal.\nnext:  add --read-content to examine their content, or set their rotation to the function.",
    ],
    [
      ["--read-content"],
      "none has content that a known issuer can read.\nnext:  store a client as docs/deploying.md shows, or name other compartments.",
    ],
  ])("with %j no secret that is known to be a client's", async (words, told) => {
    const w = await cli();
    for (const name of ["a", "b"]) make(w, name, { functionId: null });
    expect(await w.run(...HERE, ...words)).toMatchObject({
      ...{ exitCode: 1, stdout: "" },
      stderr: `error: none of the 2 secrets there is known to be an OAuth client's; ${told}\n`,
    });
  });

  test("an empty compartment, which may be a mistyped one", async () => {
    const w = await cli();
    w.emulator.admin.createCompartment(OTHER_COMPARTMENT);
    expect((await w.run(...HERE)).stderr).toBe(
      "error: no secret was found there, or you may see none.\nnext:  check the OCIDs and --region; name each compartment, since subcompartments are not searched.\n",
    );
  });

  test("Ctrl-C in the middle of the list, which would look complete", async () => {
    const w = await cli({ switches: { "page-size": 1 } });
    for (const name of ["a", "b", "c"]) make(w, name);
    const stop = new AbortController();
    let pages = 0;
    const transport: Transport = (request) => {
      pages += 1;
      if (pages === 2) stop.abort();
      return w.emulator.transport(request);
    };
    expect(await w.runWith({ signal: stop.signal, transport }, ...HERE)).toMatchObject({
      ...{ exitCode: 1, stdout: "" },
      stderr: "error: the scan was interrupted; nothing was changed.\nnext:  run it again.\n",
    });
  });

  test("two formats at once", async () => {
    const w = await cli();
    const run = await w.run(...HERE, "--json", "--csv");
    expect(run).toMatchObject({ exitCode: 2, requests: [] });
    expect(run.json()).toEqual({
      error: { code: "USAGE", what: "--csv and --json were both given", means: null, next: "leave one of them out" },
    });
  });

  const RIGHTS =
    '--versions needs "read secret-versions", --read-content "read secret-bundles", --waiting "read secrets" there';
  test.each([
    [404, "SECRET_NOT_FOUND", RIGHTS],
    [403, "VAULT_FORBIDDEN", RIGHTS],
    [400, "SECRET_NOT_ROTATABLE", "run oci-rotate check for details of each"],
  ])("versions that Vault answers %i: one warning for all secrets", async (status, code, next) => {
    const w = await cli();
    for (const name of ["a", "b"]) make(w, name, { next: 40 });
    const transport: Transport = async (request) =>
      request.url.includes("/versions") ? { status, headers: {}, body: "{}" } : w.emulator.transport(request);
    const run = await w.runWith({ transport }, ...HERE, "--versions", "--json");
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toBe(`warning: 2 could not be examined more closely: ${code}; ${next}\n`);
  });
});
