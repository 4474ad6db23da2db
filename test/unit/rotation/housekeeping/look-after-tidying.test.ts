import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { lookAfterTidying } from "../../../../src/rotation/housekeeping/note-heal.ts";
import { deprecated, type Run } from "../rig.ts";
import { healed } from "./healed.ts";

const look = ({ context, attempt, seen }: Run) => lookAfterTidying({ context, attempt, snapshot: seen });

describe("the look after a heal has tidied", () => {
  test("takes the new etag, with which the heal is noted", async () => {
    const heal = await healed({ later: { etag: "etag-2" } });
    expect(await look(heal)).toBe(true);
    expect(heal.attempt.read.etag).toBe("etag-2");
  });

  test("lets the heal note nothing once another has written a version", async () => {
    const heal = await healed({ later: { etag: "etag-2" } });
    heal.vault.versions.push(deprecated(8));
    expect(await look(heal)).toBe(false);
    expect(heal.attempt.read.etag).toBe("etag-1");
  });

  test("lets the heal note nothing once another version is CURRENT", async () => {
    const heal = await healed({ later: { etag: "etag-2", currentVersionNo: 6 } });
    expect(await look(heal)).toBe(false);
    expect(heal.attempt.read.etag).toBe("etag-1");
  });

  test("lists nothing and notes nothing where the secret does not become ACTIVE in time", async () => {
    const heal = await healed({ later: { lifecycle: "UPDATING" } });
    const lists = () => heal.asked.filter((call) => call === "list").length;
    const before = lists();
    expect(await look(heal)).toBe(false);
    expect(lists()).toBe(before);
    expect(heal.log).toEqual([]);
  });

  test("that Vault does not answer is no failure of the heal, and is logged", async () => {
    const heal = await healed({ later: new RotationError("VAULT_UNAVAILABLE", "no answer") });
    expect(await look(heal)).toBe(false);
    expect(heal.log).toEqual([expect.objectContaining({ event: "heal-not-noted", outcome: "VAULT_UNAVAILABLE" })]);
  });
});
