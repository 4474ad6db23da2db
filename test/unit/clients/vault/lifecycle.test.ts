import { expect, test } from "vitest";
import { isPassing, requireWritable } from "../../../../src/clients/vault/lifecycle.ts";
import type { SecretState } from "../../../../src/clients/vault/store.ts";

const stateOf = (lifecycle: string, isReplica = false): SecretState => ({
  ...{ etag: "e1", lifecycle, currentVersionNo: 1, isReplica, metadata: {}, tags: null, compartmentId: null },
  definedTags: {},
});

test("a secret that is ACTIVE is written at once", () => {
  expect(() => requireWritable(stateOf("ACTIVE"))).not.toThrow();
  expect(isPassing(stateOf("ACTIVE"))).toBe(false);
});

test.each(["UPDATING", "CREATING", "CANCELLING_DELETION"])("a secret that is %s is waited for", (lifecycle) => {
  expect(() => requireWritable(stateOf(lifecycle))).not.toThrow();
  expect(isPassing(stateOf(lifecycle))).toBe(true);
});

test.each(["FAILED", "DELETED", "PENDING_DELETION", "SCHEDULING_DELETION"])(
  "a secret that is %s is for an operator",
  (lifecycle) => {
    expect(() => requireWritable(stateOf(lifecycle))).toThrow(
      expect.objectContaining({ code: "SECRET_NOT_ROTATABLE", message: `the secret is ${lifecycle}` }),
    );
  },
);

test("a state in words of nobody's is not repeated", () => {
  expect(() => requireWritable(stateOf("<b>lost</b>"))).toThrow("the secret is in an unknown state");
});

test("a replica is rotated in its source region", () => {
  expect(() => requireWritable(stateOf("ACTIVE", true))).toThrow("the secret is a replica");
});
