import { describe, expect, test } from "vitest";
import type { Transport } from "../../../../../src/clients/http/transport.ts";
import { expectOnlyReads, useCli } from "../../../../support/cli.ts";
import { raced, scheduled, tagsOf } from "./schedule-world.ts";

const cli = useCli();

describe("oci-rotate schedule owner", () => {
  test("notes owner and contact as tags, and keeps all others", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    Object.assign(tagsOf(w, id), { team: "blue", "orot-issuer": "oci-iam" });
    const words = ["schedule", "owner", id, "--owner", "Payments", "--contact", "payments@example.org"];
    const run = await w.run(...words, "--json");
    expect(run.json()).toMatchObject({ changed: true, owner: "Payments", contact: "payments@example.org" });
    expect(tagsOf(w, id)).toEqual({
      team: "blue",
      "orot-issuer": "oci-iam",
      "orot-owner": "Payments",
      "orot-contact": "payments@example.org",
    });
    const again = await w.run(...words, "--json");
    expect(again.json()).toMatchObject({ changed: false });
    expectOnlyReads(again);
  });

  test("changes one and leaves the other; --clear takes both away", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    await w.run("schedule", "owner", id, "--owner", "A", "--contact", "b");
    await w.run("schedule", "owner", id, "--owner", "C");
    expect(tagsOf(w, id)).toEqual({ "orot-owner": "C", "orot-contact": "b" });
    await w.run("schedule", "owner", id, "--clear");
    expect(tagsOf(w, id)).toEqual({});
  });

  test.each([
    [[], "neither --owner nor --contact was given.\nnext:  give one of them, or --clear."],
    [
      ["--clear", "--owner", "A"],
      "--clear was given together with --owner or --contact.\nnext:  leave one of them out.",
    ],
    [
      ["--clear", "--contact", "A"],
      "--clear was given together with --owner or --contact.\nnext:  leave one of them out.",
    ],
    ...[
      ["--owner", "x".repeat(257)],
      ["--owner", ""],
      ["--contact", "a\nb"],
    ].map(
      ([option, text]) =>
        [
          [option, text],
          `${option} takes a text of 1 to 256 characters without line ends.\nnext:  correct ${option}.`,
        ] as const,
    ),
  ] as const)("refuses %j", async (words, told) => {
    const w = await cli();
    const run = await w.run("schedule", "owner", w.secretId, ...words.map(String));
    expect(run).toMatchObject({ exitCode: 2, stdout: "", stderr: `error: ${told}\n`, requests: [] });
  });

  test("loses no tag that another writer sets at the same moment", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const run = await w.runWith({ transport: raced(w, id) }, "schedule", "owner", id, "--owner", "Payments");
    expect(run.exitCode).toBe(0);
    expect(tagsOf(w, id)).toEqual({ "by-another": "yes", "orot-owner": "Payments" });
  });

  test("writes no eleventh tag", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    Object.assign(tagsOf(w, id), Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`t${index}`, "x"])));
    const run = await w.run("schedule", "owner", id, "--owner", "A");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe(
      "error: the secret would have more than 10 free-form tags, which OCI does not take.\nnext:  remove one of its tags in the console.\n",
    );
    expectOnlyReads(run);
    delete tagsOf(w, id)["t0"];
    expect((await w.run("schedule", "owner", id, "--owner", "A")).exitCode).toBe(0);
    expect(Object.keys(tagsOf(w, id))).toHaveLength(10);
  });

  test("writes no tag where the existing ones cannot be read, which would be lost", async () => {
    const w = await cli();
    const { id } = await scheduled(w);
    const transport: Transport = async (request) => {
      const response = await w.emulator.transport(request);
      return { ...response, body: response.body.replace(/"freeformTags":\{[^}]*\}/, '"freeformTags":7') };
    };
    const run = await w.runWith({ transport }, "schedule", "owner", id, "--owner", "A");
    expect(run).toMatchObject({ exitCode: 1, stdout: "" });
    expect(run.stderr).toBe(
      "error: the secret's tags cannot be read; writing them would lose the existing ones.\nnext:  set the free-form tags orot-owner and orot-contact in the console.\n",
    );
    expectOnlyReads(run);
  });
});

describe("a change of the schedule or of the tags", () => {
  test.each([
    ["set", ["--every", "60d"], "schedule"],
    ["remove", ["--yes"], "end of the schedule"],
    ["owner", ["--owner", "A"], "tags"],
  ])(
    "%s gives up where Vault writes the secret for over a minute, and says what may still appear",
    async (verb, words, what) => {
      const w = await cli();
      const { id } = await scheduled(w);
      const transport: Transport = async (request) => {
        const response = await w.emulator.transport(request);
        return { ...response, body: response.body.replace('"lifecycleState":"ACTIVE"', '"lifecycleState":"UPDATING"') };
      };
      const run = await w.runWith({ transport }, "schedule", verb, id, ...words);
      expect(run).toMatchObject({ exitCode: 1, stdout: "" });
      expect(run.stderr).toBe(
        `error: the ${what} could not be written: Vault does not show it after 60 seconds; it may still appear.\nnext:  run the command again in a minute.\n`,
      );
      expectOnlyReads(run);
    },
  );
});
