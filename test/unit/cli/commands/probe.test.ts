import { describe, expect, test } from "vitest";
import { type CliWorld, expectOnlyReads, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";
import type { WorldOptions } from "../../../support/world.ts";

const cli = useCli();

async function throwAway(options: WorldOptions = {}): Promise<CliWorld> {
  const w = await cli(options);
  w.emulator.admin.secret(w.secretId).freeformTags = { "orot-probe": "throw-away" };
  return w;
}

interface Probed {
  readonly answers: Readonly<Record<string, string>>;
  readonly settings: Readonly<Record<string, string>>;
  readonly seconds: Readonly<Record<string, number | null>>;
}

async function probe(w: CliWorld): Promise<Probed & { readonly exitCode: number }> {
  const run = await w.run("probe", w.secretId, "--yes", "--json");
  const json = run.json() as {
    answers: { question: string; answer: string; seconds: number | null }[];
    settings: { name: string; value: string }[];
  };
  expect(run.stderr).toBe("");
  // Whatever was found out, the client works in the end, and nothing is left undone.
  expect(w.currentVerdict()).toBe("accepted");
  return {
    exitCode: run.exitCode,
    answers: Object.fromEntries(json.answers.map(({ question, answer }) => [question, answer])),
    seconds: Object.fromEntries(json.answers.map(({ question, seconds }) => [question, seconds])),
    settings: Object.fromEntries(json.settings.map(({ name, value }) => [name, value])),
  };
}

describe("oci-rotate probe", () => {
  test("answers every question, and names the settings that follow", async () => {
    const w = await throwAway();
    const { exitCode, answers, settings } = await probe(w);
    expect(answers).toEqual({
      "if-match": "honoured",
      "second-pending": "deprecates",
      "read-back": "yes",
      "chosen-value": "refused",
      "new-secret": "at-once",
      "old-token": "survives",
      "version-deletion": "allows",
      "defined-tag": "not-asked",
    });
    expect(settings).toEqual({
      OROT_REQUIRE_WAY_BACK: "true",
      OROT_OCI_IAM_VALUE: "issuer",
      OROT_LANDING_BOUND_SECONDS: "60",
    });
    expect(exitCode).toBe(0);
  });

  // Each question is asked on its own, so one probe finds out several things that are otherwise.
  test.each([
    [
      { "second-pending": "refuses", "app-read-back": "masked", "app-secret-patch": "accepted", "if-match": "ignored" },
      { "second-pending": "refused", "read-back": "no", "chosen-value": "accepted", "if-match": "ignored" },
    ],
    [
      { "second-pending": "refuses", "second-pending-refusal": "404", "app-read-back": "empty" },
      { "second-pending": "refused", "read-back": "no", "chosen-value": "refused", "if-match": "honoured" },
    ],
    [
      { "second-pending": "refuses", "second-pending-refusal": "409-incorrect-state", "app-read-back": "forbidden" },
      { "second-pending": "refused", "read-back": "no", "old-token": "survives" },
    ],
    [
      { "second-pending": "refuses", "second-pending-refusal": "412", "app-secret-patch": "ignored" },
      { "second-pending": "refused", "chosen-value": "ignored", "read-back": "yes" },
    ],
    [
      { "second-pending": "refuses", "second-pending-refusal": "503", "old-tokens": "die" },
      { "second-pending": "refused", "old-token": "dies", "version-deletion": "allows" },
    ],
    [
      { "second-pending": "keeps-both", "update-during-version-deletion": "refused" },
      { "second-pending": "keeps-both", "version-deletion": "blocks", "old-token": "survives" },
    ],
  ] as const)("finds out how a service is otherwise: %o", async (switches, otherwise) => {
    const { answers } = await probe(await throwAway({ switches }));
    expect(answers).toMatchObject(otherwise);
  });

  test.each([
    ["accepted", "taken"],
    ["refused", "own-right"],
  ] as const)("finds out whether setting a defined tag needs a further right: %s", async (switched, answer) => {
    const w = await throwAway({ switches: { "defined-tags": switched } });
    const tags = { rotation: { client: "as it was", other: "kept" }, Oracle: { CreatedBy: "me" } };
    w.emulator.admin.secret(w.secretId).definedTags = structuredClone(tags);
    const run = await w.runWith(
      { environment: { OROT_BINDING_TAG: "rotation.client" } },
      "probe",
      w.secretId,
      "--yes",
      "--json",
    );
    expect(run.exitCode).toBe(0);
    expect(run.json()["answers"]).toContainEqual(expect.objectContaining({ question: "defined-tag", answer }));
    expect(w.emulator.admin.secret(w.secretId).definedTags).toEqual(tags);
    const sent = w.emulator.requests.filter(({ body }) => body.reveal().includes("definedTags"));
    expect(sent.length).toBe(answer === "taken" ? 2 : 1);
    expect(sent[0]?.body.reveal()).toContain('"other":"kept"');
  });

  test("advises a chosen value where the domain takes one, and a second authority where tokens die", async () => {
    const chosen = await probe(await throwAway({ switches: { "app-secret-patch": "accepted", "old-tokens": "die" } }));
    expect(chosen.settings).toMatchObject({ OROT_OCI_IAM_VALUE: "caller", OROT_REQUIRE_WAY_BACK: "true" });
    const made = await probe(await throwAway({ switches: { "old-tokens": "die" } }));
    expect(made.settings).toMatchObject({ OROT_OCI_IAM_VALUE: "issuer", OROT_REQUIRE_WAY_BACK: "false" });
  });

  test("advises to keep old versions where one that awaits deletion hinders writes, and takes that deletion back", async () => {
    const w = await throwAway({ switches: { "update-during-version-deletion": "refused" } });
    expect((await probe(w)).settings).toMatchObject({ OROT_KEEP_DEPRECATED_VERSIONS: "20" });
    expect(w.versions()).not.toContain("(leaving)");
  });

  test("measures how late a new secret works, and lengthens the landing bound by it", async () => {
    const w = await throwAway({ switches: { "new-secret-late-ms": 45_000 } });
    const { answers, seconds, settings } = await probe(w);
    expect(answers["new-secret"]).toBe("late");
    expect(seconds["new-secret"]).toBeGreaterThanOrEqual(45);
    expect(seconds["new-secret"]).toBeLessThan(70);
    expect(Number(settings["OROT_LANDING_BOUND_SECONDS"])).toBeGreaterThanOrEqual(90);
    expect(Number(settings["OROT_LANDING_BOUND_SECONDS"])).toBeLessThanOrEqual(140);
  });

  test("counts the refusals of stale nodes", async () => {
    const { answers } = await probe(await throwAway({ switches: { "new-secret-late-refusals": 2 } }));
    expect(answers["new-secret"]).toBe("late");
  });

  test("leaves no PENDING version, and can be run again", async () => {
    const w = await throwAway();
    await probe(w);
    expect(w.versions()).not.toContain("PENDING");
    expect((await probe(w)).answers["old-token"]).toBe("survives");
  });

  test("killed in the middle, it goes on: nothing is lost", async () => {
    const w = await throwAway();
    const killed = w.emulator.startCaller("killed probe");
    w.emulator.faults.add({ call: "regenerate", kind: "killed-after" });
    const death = new Promise<void>((resolve) => {
      w.emulator.onKill = () => resolve();
    });
    // Never answered: a killed process says nothing any more.
    void w.runWith({ transport: killed.transport }, "probe", w.secretId, "--yes").catch(() => undefined);
    await death;
    expect(w.currentVerdict()).toBe("rejected");
    await w.clock.sleep(600_000);
    const { answers } = await probe(w);
    expect(answers["if-match"]).toBe("honoured");
  });

  describe("refuses, before it changes anything,", () => {
    test("a secret that does not say that it is for probing", async () => {
      const w = await cli();
      const run = await w.run("probe", w.secretId, "--yes");
      expect(run).toMatchObject({ exitCode: 2, stdout: "" });
      expect(run.stderr).toContain("orot-probe=throw-away");
      expectOnlyReads(run);
    });

    test("one with another value in that tag, whatever is confirmed", async () => {
      const w = await cli();
      w.emulator.admin.secret(w.secretId).freeformTags = { "orot-probe": "no" };
      const run = await w.runWith({ answers: ["app"] }, "probe", w.secretId);
      expect(run.exitCode).toBe(2);
      expectOnlyReads(run);
    });

    test("one that Vault rotates by itself", async () => {
      const w = await throwAway();
      w.emulator.admin.secret(w.secretId).rotationConfig = {
        targetSystemDetails: { targetSystemType: "FUNCTION", functionId: w.emulator.admin.createFunction() },
        isScheduledRotationEnabled: true,
        rotationInterval: "P30D",
      };
      const run = await w.run("probe", w.secretId, "--yes");
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toContain("oci-rotate schedule show");
      expectOnlyReads(run);
    });

    test("a client of another issuer", async () => {
      const w = await throwAway({ client: uaaClient() });
      const run = await w.run("probe", w.secretId, "--yes");
      expect(run.exitCode).toBe(2);
      expect(run.stderr).toContain("the client belongs to uaa");
      expectOnlyReads(run);
    });

    test.each([
      ["where nobody can be asked", {}, 2],
      ["where another name is typed", { answers: ["y"] }, 1],
    ])("%s", async (_, given, exitCode) => {
      const w = await throwAway();
      const run = await w.runWith(given, "probe", w.secretId);
      expect(run.exitCode).toBe(exitCode);
      expectOnlyReads(run);
    });
  });

  test("begins where the secret's name is typed, and prints the settings as lines", async () => {
    const w = await throwAway();
    const run = await w.runWith({ answers: ["app"] }, "probe", w.secretId);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain("does a token outlive the client secret that got it");
    expect(run.stdout).toMatch(/settings that follow:\nOROT_REQUIRE_WAY_BACK=true +# /);
  });

  test("takes a name that begins with orot-probe- for the mark", async () => {
    const w = await cli();
    Object.assign(w.emulator.admin.secret(w.secretId), { name: "orot-probe-client" });
    expect((await probe(w)).exitCode).toBe(0);
  });
});
