import { describe, expect, it } from "vitest";
import { readNote, withNote } from "../../../src/mirror/note.ts";

const note = { fetchedAt: 1, run: "r", waiter: "w", waitsUntil: 2, pausedUntil: 3 };
const none = { fetchedAt: 0, run: "", waiter: "", waitsUntil: 0, pausedUntil: 0 };

describe("The note in the metadata of the manifest's secret", () => {
  it("is read as it was written, and leaves what others keep there", () => {
    const metadata = withNote({ team: "retail", "orot-mirror": "old" }, note);
    expect(readNote(metadata)).toEqual(note);
    expect(metadata["team"]).toBe("retail");
  });

  it("is plain text: Vault takes no objects there", () => {
    expect(withNote({}, note)["orot-mirror"]).toEqual(expect.any(String));
  });

  it.each([
    ["missing", undefined],
    ["no JSON", "{"],
    ["of another form", '{"fetchedAt":"yesterday"}'],
    ["an object in place of text", { fetchedAt: 1 }],
  ])("counts as none where it is %s", (_what, value) => {
    expect(readNote({ "orot-mirror": value })).toEqual(none);
  });
});
