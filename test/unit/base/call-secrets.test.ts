import { expect, test } from "vitest";
import { type CallSecrets, collectingInto, noteId, noteValue } from "../../../src/base/call-secrets.ts";

const nothing = (): CallSecrets => ({ values: new Set(), ids: new Set() });

test("a call collects what it has held, the oldest first, and the ids that it works with, wherever it leads", async () => {
  const secrets = nothing();
  const result = await collectingInto(secrets, async () => {
    noteValue("first");
    await Promise.resolve();
    noteValue("second");
    noteValue("first");
    noteId("id");
    return 7;
  });
  expect(result).toBe(7);
  expect([[...secrets.values], [...secrets.ids]]).toEqual([["first", "second"], ["id"]]);
});

test("an id that there is not is none", async () => {
  const secrets = nothing();
  await collectingInto(secrets, async () => noteId(null));
  expect(secrets).toEqual(nothing());
});

test("calls at once collect apart, and outside of calls nothing is collected", async () => {
  const [one, other] = [nothing(), nothing()];
  const hold = (value: string) => async () => {
    await Promise.resolve();
    noteValue(value);
    noteId(`${value}-id`);
  };
  await Promise.all([collectingInto(one, hold("a")), collectingInto(other, hold("b"))]);
  noteValue("c");
  noteId("c-id");
  expect([one, other]).toEqual([
    { values: new Set(["a"]), ids: new Set(["a-id"]) },
    { values: new Set(["b"]), ids: new Set(["b-id"]) },
  ]);
});
