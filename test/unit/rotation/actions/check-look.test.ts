import { expect, test } from "vitest";
import { check } from "../../../../src/rotation/actions/check.ts";
import { expectFailure } from "../../../support/failures.ts";
import { accepted, claim, createRig, credential, current, rejected, type Written } from "../rig.ts";

const pending = (no: number, content: unknown = credential(`S${no}`)): Written => ({
  no,
  stages: ["PENDING"],
  content,
});

/** CURRENT logs in, nothing else does. */
function looking(versions: readonly Written[]) {
  let logins = 0;
  const rig = createRig(versions, {}, { issuer: { login: async () => (++logins === 1 ? accepted : rejected) } });
  return { ...rig, go: () => check(rig.context), count: () => logins };
}

test("a check reads only PENDING versions above CURRENT, the newest first, up to the first credential", async () => {
  const unknownMark = pending(11, claim("S7", { v: 9 }));
  const others = [{ ...pending(12), stages: ["DEPRECATED"] } as const, unknownMark, pending(10, claim("S7"))];
  const { go, asked, count } = looking([pending(6), current, pending(8), pending(9), ...others]);
  expect(await go()).toEqual({
    verdicts: { current: "accepted", pending: "rejected" },
    versionNo: 7,
    warning: null,
    problem: null,
  });
  expect(asked).toEqual(["list", "read 7", "read 11", "read 10", "read 9"]);
  expect(count()).toBe(2);
});

test("a check with no PENDING version above CURRENT asks about CURRENT alone", async () => {
  const { go, asked } = looking([pending(6), { ...current, stages: ["CURRENT", "PENDING"] }]);
  expect((await go()).verdicts).toEqual({ current: "accepted", pending: null });
  expect(asked).toEqual(["list", "read 7"]);
});

test("a check needs a CURRENT that is a credential", async () => {
  const nothing = looking([pending(8)]);
  await expectFailure(nothing.go, "SECRET_NOT_ROTATABLE", "no version of the secret is CURRENT");
  const odd = looking([{ ...current, content: claim("S7", { v: 9 }) }]);
  await expectFailure(odd.go, "CONTENT_INVALID", "CURRENT holds no credential");
  expect(odd.count()).toBe(0);
});
