import { expect, test } from "vitest";
import { faultKinds } from "../../src/emulator/core/faults.ts";
import { rotationProblems } from "../prove/sabotage/rotation-unit.ts";
import { silenceSdk } from "../support/silence-sdk.ts";

const SEED = 1;

silenceSdk();

/** The posts of a rotation that is watched: one in one call, and in four steps that of CREATE and of PROMOTE. */
const posts = ["whole/1", "four-steps/2", "four-steps/4"].map((text) => text.split("/"));
const cases = posts.flatMap(([flow, post]) => faultKinds.map((kind) => [kind, post, flow] as const));

test.each(cases)("the fault %s at post %s of a rotation in the flow %s costs nothing", async (kind, post, flow) => {
  const unit = `subscribed/${flow}/heal-later/-/post-metric-data:${kind}:${post}`;
  expect(await rotationProblems(unit, SEED)).toEqual([]);
});
