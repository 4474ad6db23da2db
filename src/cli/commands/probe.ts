import * as z from "zod/mini";
import { createBudget } from "../../base/budget.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { freeSlots } from "../../clients/vault/version-slots.ts";
import { CliError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { readSecretFacts } from "../doctor/secret-facts.ts";
import { exitCodes } from "../exit-codes.ts";
import { expectSuccess } from "../function.ts";
import { createIssuerAccess } from "../issuer-access.ts";
import { createLocalFunction, type LocalEvent } from "../local.ts";
import { renderTable } from "../output/table.ts";
import { type Advice, adviceFor } from "../probe/advice.ts";
import { type Answer, answerSchema, questions } from "../probe/answers.ts";
import { askChosenValue, askReadBack, askRegenerate, createTape, type IssuerProbe } from "../probe/issuer-questions.ts";
import { askDefinedTag, createDefinedTagWriter } from "../probe/tag-question.ts";
import { confirmName, requireThrowAway } from "../probe/throw-away.ts";
import { askIfMatch, askSecondPending, askVersionDeletion } from "../probe/vault-questions.ts";
import type { Runtime } from "../runtime.ts";
import { secretArgument } from "../secret-argument.ts";
import { localSettings } from "../settings.ts";

const found = z.object({
  secretId: z.string(),
  answers: z.array(answerSchema),
  settings: z.array(z.object({ name: z.string(), value: z.string(), why: z.string() })),
});

const NEEDED_SLOTS = 10;
const WRITE_LIMIT_MS = 60_000;
const POLL_MS = 1_000;
const LIMIT_MS = 3_600_000;
const CALL_MS = 10_000;
/** Long limits: a new secret may take longer to work than any setting expects, and the probe measures that. */
const PATIENT = {
  OROT_LANDING_BOUND_SECONDS: "300",
  OROT_BUDGET_SECONDS: "1200",
  OROT_PAUSED: "false",
  OROT_REQUIRE_WAY_BACK: "false",
} as const;

const LEFT = "its unfinished work is in Vault: run the probe again, or oci-rotate heal";

function render(answers: readonly Answer[], settings: readonly Advice[]): string {
  const rows = answers.map(({ question, answer, told }) => [questions[question], answer, told]);
  const lines = settings.map(({ name, value, why }) => `${name}=${value}   # ${why}`);
  return `${renderTable(["question", "answer", ""], rows)}\nsettings that follow:\n${lines.join("\n")}\n`;
}

function goOn({ signal }: Runtime): void {
  if (!signal.aborted) return;
  throw new CliError("INTERRUPTED", { what: "the probe was interrupted", means: LEFT, next: "run it again" });
}

export const probeCommand = defineCommand({
  name: "probe",
  summary: "test undocumented behaviour of OCI on a throw-away client, and print the settings that follow",
  description: `Tests what OCI's documentation leaves open, on a client that no application uses, and prints the settings that follow for
this tenancy. It tests whether if-match is honoured; whether Vault takes a second PENDING version and what becomes of the first; whether the
App's secret can be read; whether the domain takes a client secret of our choosing; how soon a new one works; whether a token outlives its
client secret; whether a version may await deletion while the secret is written; and whether setting a defined tag, that of
OROT_BINDING_TAG, needs a right besides that of writing the secret.

It replaces the client secret several times. Therefore it runs only on a secret that is marked for probing, by the free-form tag
orot-probe=throw-away or by a name that begins with orot-probe-, and you must type that name. The secret's rotation schedule must be off,
and its client must be one of an OCI IAM identity domain.

Every change at the domain goes through the product's own rotation, which stores each value as it goes. A probe that is killed leaves at
most PENDING versions, a version that awaits deletion and a rotation in progress; run it again, or run heal, to finish. A completed probe
leaves some old versions and the member orotProbe in metadata and content. It takes some minutes, and needs "manage secret-versions" and
"use secrets" for this secret.`,
  arguments: secretArgument,
  options: {},
  data: found,
  examples: [
    { does: "after marking the secret", line: "probe ocid1.vaultsecret.oc1.iad.example" },
    { does: "in a script", line: "probe ocid1.vaultsecret.oc1.iad.example --yes --json" },
  ],
  async run({ runtime, options, signIn, announce, print, out }, values) {
    const signedIn = await signIn();
    const { clock, entropy } = runtime;
    const budget = createBudget(clock, null, { budgetMs: LIMIT_MS, marginMs: 0, callTimeoutMs: CALL_MS });
    const seams = { clock, entropy, budget };
    const read = () => readSecretFacts(signedIn.access, values.secretId, seams);
    let facts = await read();
    // The last write of a probe before may still be under way.
    for (const end = clock.monotonic() + WRITE_LIMIT_MS; facts.lifecycle === "UPDATING" && clock.monotonic() < end; ) {
      await clock.sleep(POLL_MS);
      facts = await read();
    }
    requireThrowAway(facts, values.secretId);

    const tape = createTape(runtime.transport, clock);
    // Vault keeps its own transport there: it notices a sign-in that OCI refuses.
    const { access } = signedIn;
    const store = createOciStore(access, values.secretId, seams);
    const writeDefinedTags = createDefinedTagWriter(access, values.secretId, budget);
    const settings = localSettings(runtime);
    const issuer = createIssuerAccess({ clock, entropy, transport: tape.transport }, access, settings, {
      authorities: null,
      limitMs: LIMIT_MS,
    });
    const readCurrent = () => store.readCurrentText();
    const open: IssuerProbe["open"] = (text) => issuer.open(parseContent(text));
    const { client } = open(await readCurrent());
    if (client.issuer !== "oci-iam") {
      throw new CliError("USAGE", {
        what: `the client belongs to ${client.issuer}, and only OCI IAM identity domains can be probed`,
        next: "use a client of an identity domain; docs/issuers has what is known of the others",
      });
    }
    const list = await store.listVersions();
    if (list === null || freeSlots(list) < NEEDED_SLOTS) {
      throw new CliError("USAGE", {
        what: `probing needs ${NEEDED_SLOTS} free version slots`,
        means: "nothing was done",
        next: "delete DEPRECATED versions of this secret, or use a new one",
      });
    }
    await announce();
    await confirmName(runtime, options, facts.name);

    const run = (event: LocalEvent, chosenBy: "issuer" | "caller") => {
      // The probe's own rotations need no tag: whether a tag may be set is one of its questions.
      const { OROT_BINDING_TAG: _tag, ...given } = runtime.environment;
      const environment = { ...given, ...PATIENT, OROT_OCI_IAM_VALUE: chosenBy };
      return createLocalFunction({ ...runtime, transport: tape.transport, environment }, signedIn)(event);
    };
    const heal = () => run({ secretId: values.secretId, action: "heal" }, "issuer");
    const probe: IssuerProbe = {
      clock,
      tape,
      open,
      readCurrent,
      rotate: (chosenBy) => run({ secretId: values.secretId }, chosenBy),
    };
    out.note("finishing the work of an earlier run");
    expectSuccess(await heal());
    const answers: Answer[] = [];
    const asked = [
      () => askIfMatch({ clock, entropy, store }),
      () => askSecondPending({ clock, entropy, store }),
      () => askReadBack(probe),
      () => askChosenValue(probe),
      () => askRegenerate(probe),
      () => askVersionDeletion({ clock, entropy, store }),
      () => askDefinedTag({ clock, entropy, store, writeDefinedTags }, settings.bindingTag, client),
    ];
    for (const ask of asked) {
      goOn(runtime);
      const told = [await ask()].flat();
      for (const { question, answer } of told) out.note(`${questions[question]}: ${answer}`);
      answers.push(...told);
    }
    expectSuccess(await heal());
    const advice = adviceFor(answers);
    print({ secretId: values.secretId, answers: [...answers], settings: advice }, render(answers, advice));
    return answers.some(({ answer }) => answer === "unknown") ? exitCodes.attention : exitCodes.done;
  },
});
