import { describe, expect, test } from "vitest";
import { expectOnlyReads, useCli } from "../../../../support/cli.ts";
import { raced, scheduled, tagsOf, writes } from "./schedule-world.ts";

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
    [[], "neither --owner nor --contact was given"],
    [["--clear", "--owner", "A"], "--clear was given together with"],
    [["--owner", "x".repeat(257)], "--owner takes a text of 1 to 256 characters"],
    [["--contact", "a\nb"], "--contact takes a text of 1 to 256 characters"],
  ])("refuses %j", async (words, told) => {
    const w = await cli();
    const run = await w.run("schedule", "owner", w.secretId, ...words);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(told);
    expect(writes(run.requests)).toEqual([]);
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
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain("more than 10 free-form tags");
  });
});
