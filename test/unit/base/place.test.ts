import { describe, expect, test } from "vitest";
import { type DefinedTags, tagKeyIn, tagOf } from "../../../src/base/place.ts";

describe("the key of a defined tag", () => {
  test.each([
    ["rotation.client", { namespace: "rotation", key: "client" }],
    ["a.b", { namespace: "a", key: "b" }],
    ["!-/~.~/-!", { namespace: "!-/~", key: "~/-!" }],
    [`${"n".repeat(100)}.${"k".repeat(100)}`, { namespace: "n".repeat(100), key: "k".repeat(100) }],
  ])("%s has a namespace before the period and a key behind it", (text, key) => {
    expect(tagKeyIn(text)).toEqual(key);
  });

  test.each([
    "",
    ".",
    "rotation",
    "rotation.",
    ".client",
    "rotation.client.more",
    "rotation. client",
    "rotation .client",
    " rotation.client",
    "rotation.client\n",
    "rotätion.client",
    "rotation.clïent",
    `${"n".repeat(101)}.k`,
    `n.${"k".repeat(101)}`,
  ])("is not %j", (text) => {
    expect(tagKeyIn(text)).toBeNull();
  });
});

describe("a defined tag of a secret", () => {
  const valueAt = (definedTags: DefinedTags, namespace = "rotation", key = "client") =>
    tagOf({ secretId: "ocid1.vaultsecret.oc1..a", compartmentId: null, definedTags }, { namespace, key });

  test("has the text that its namespace and key have, also an empty one", () => {
    const tags = { rotation: { client: "app", other: "x" }, costs: { client: "y" } };
    expect(valueAt(tags)).toBe("app");
    expect(valueAt(tags, "costs")).toBe("y");
    expect(valueAt({ rotation: { client: "" } })).toBe("");
  });

  test.each<[what: string, tags: DefinedTags]>([
    ["there is no tag at all", {}],
    ["its namespace is missing", { costs: { client: "y" } }],
    ["its key is missing", { rotation: { other: "x" } }],
    ["it is written in capitals", { Rotation: { Client: "app" } }],
    ["it is a number", { rotation: { client: 7 } }],
    ["it is null", { rotation: { client: null } }],
    ["it is a list", { rotation: { client: ["app"] } }],
  ])("has none where %s", (_what, tags) => {
    expect(valueAt(tags)).toBeNull();
  });

  test("is never what every object has", () => {
    const inherited: DefinedTags = Object.create({ rotation: { client: "app" } });
    expect(valueAt(inherited)).toBeNull();
    expect(valueAt({ rotation: Object.create({ client: "app" }) })).toBeNull();
    expect(valueAt({}, "constructor", "name")).toBeNull();
  });
});
