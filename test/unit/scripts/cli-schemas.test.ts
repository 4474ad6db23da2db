import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { useCli } from "../../support/cli.ts";
import { regenerateByHand } from "../../support/outside-changes.ts";

const cli = useCli();
const ROOT = path.resolve(import.meta.dirname, "../../..");

const schemaOf = (command: string) =>
  z.fromJSONSchema(JSON.parse(readFileSync(path.join(ROOT, "docs/schemas", `${command}.json`), "utf8")));

describe("the JSON Schemas in docs/schemas", () => {
  test.each(["check", "status", "heal"])(
    "%s --json prints what its schema describes, and no other members",
    async (command) => {
      const w = await cli();
      const output = (await w.run(command, w.secretId, "--json", "--yes")).json();
      const schema = schemaOf(command);
      expect(schema.safeParse(output).error).toBeUndefined();
      const { secretId, ...rest } = output;
      expect(secretId).toBe(w.secretId);
      expect(schema.safeParse(rest).success).toBe(false);
      expect(schema.safeParse({ ...output, unheardOf: 1 }).success).toBe(false);
    },
  );

  test.each(["check", "status"])("%s --json does so too where the issuer refuses CURRENT", async (command) => {
    const w = await cli();
    regenerateByHand(w, "made-in-the-console");
    const output = (await w.run(command, w.secretId, "--json")).json();
    expect(schemaOf(command).safeParse(output).error).toBeUndefined();
  });
});
