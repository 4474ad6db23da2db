import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { readAll, readKnown } from "../../../../src/rotation/observe/contents.ts";
import { isLiveClaim, isOwnClaim, verdictOn } from "../../../../src/rotation/observe/observe.ts";
import { keepUnsaved } from "../../../../src/rotation/stages/unsaved.ts";
import { claim, credential, holdClaim, noteLogin, observed, type Written } from "../rig.ts";
import { current, deprecated, pending, setUp } from "./observe-rig.ts";

describe("the content of a version", () => {
  test("is read once in a call", async () => {
    const { rig, look } = setUp();
    await look();
    await look();
    expect(rig.asked.filter((call) => call === "read 7")).toHaveLength(1);
  });

  test("that this call has written is not read at all: it is known by its name", async () => {
    const mine: Written = { ...pending(8, claim("S7", { callId: "me" })), name: "orot-8", ageSeconds: 1 };
    const { rig, attempt, look } = setUp([current, mine, { ...pending(9), name: "by-hand" }, pending(10)]);
    holdClaim(attempt, rig, { callId: "me", name: "orot-8", isConfirmed: true });
    const seen = await look();
    expect(seen?.pending?.versionNo).toBe(10);
    for (const version of seen?.list.versions ?? []) await readKnown({ context: rig.context, attempt }, version);
    expect(rig.asked).not.toContain("read 8");
    expect(rig.asked).toEqual(expect.arrayContaining(["read 9", "read 10"]));
    expect(attempt.read.contents.get(8)?.kind).toBe("claim");
  });

  test("awaiting deletion is not read with the others", async () => {
    const { rig, attempt, look } = setUp([current, deprecated(3, credential("S3"), { isBeingDeleted: true })]);
    const seen = await look();
    if (seen !== null) await readAll({ context: rig.context, attempt }, seen.list);
    expect(rig.asked).not.toContain("read 3");
  });

  test("is a credential, a claim, or unknown with the reason", async () => {
    const { rig, attempt, look } = setUp([
      current,
      deprecated(6, claim("S3")),
      deprecated(5, { appSecret: "S3", _rotation: { v: 9, base: 3 } }),
      deprecated(4, { other: "S4" }),
      deprecated(3, credential("S3")),
    ]);
    const seen = await look();
    if (seen !== null) await readAll({ context: rig.context, attempt }, seen.list);
    expect(attempt.read.contents.get(7)?.kind).toBe("credential");
    expect(attempt.read.contents.get(6)?.kind).toBe("claim");
    const [reserved, foreign] = [attempt.read.contents.get(5), attempt.read.contents.get(4)];
    if (reserved?.kind !== "unknown" || foreign?.kind !== "unknown") throw new Error("understood");
    expect(reserved.isReserved).toBe(true);
    expect(reserved.problem.code).toBe("CONTENT_INVALID");
    expect(reserved.problem.message).toBe("the member _rotation of the secret's content is reserved for claims");
    expect(foreign.isReserved).toBe(false);
    expect(foreign.problem.message).toBe("the member appSecret is missing");
  });
});

describe("a mark in CURRENT that is not to be believed", () => {
  const base = deprecated(6, credential("S6"), { isBeingDeleted: true });
  test.each<[string, unknown, readonly Written[]]>([
    ["since what it was made from awaits deletion", claim("S6"), [base]],
    ["since its text is that of no version", claim("S7", { base: 6 }), [deprecated(6, credential("S6"))]],
    ["of a kind that no one knows", claim("S7", { base: 6, kind: "note" }), []],
  ])("%s, leaves the credential beside it, which is what applications read", async (_why, content, others) => {
    const { rig, attempt, look } = setUp([...others, { ...current, content }]);
    const seen = await look();
    const known = attempt.read.contents.get(7);
    expect(known?.kind).toBe("credential");
    expect(seen?.claim).toBeNull();
    if (known?.kind !== "credential") throw new Error("no credential");
    expect(known.content.withSecret("appSecret", new Secret("new")).reveal()).toBe('{"appSecret":"new"}');
    expect(rig.log).toContainEqual(expect.objectContaining({ level: "warn", event: "mark-ignored", versionNo: 7 }));
  });

  test("that names a version of another client makes it no version of this one", async () => {
    const mark = claim("S7", { base: 5 });
    const { rig, attempt, look } = setUp([
      deprecated(5, credential("S5", { clientId: "another" })),
      { ...current, content: mark },
    ]);
    await look();
    expect(rig.asked).toContain("read 5");
    expect(attempt.read.contents.get(5)?.kind).toBe("unknown");
    expect([...attempt.read.strangers]).toEqual([5]);
  });

  test("beside no credential leaves nothing", async () => {
    const { attempt, look } = setUp([{ ...current, content: { _rotation: { v: 1 } } }]);
    await look();
    expect(attempt.read.contents.get(7)).toMatchObject({ kind: "unknown", isReserved: false });
    expect(attempt.read.served).toEqual({ client: null });
  });

  test("of a later edition, and to be believed, is content that no one here understands", async () => {
    const later = { ...current, content: claim("S6", { v: 9 }) };
    const { attempt, look } = setUp([deprecated(6, credential("S6")), later]);
    await look();
    expect(attempt.read.contents.get(7)).toMatchObject({ kind: "unknown", isReserved: true });
  });
});

describe("an unsaved value", () => {
  test("is looked for only above its base", async () => {
    const { rig, attempt } = setUp([deprecated(6, credential("S9"), { ageSeconds: 30 * 86_400 }), current]);
    keepUnsaved({ context: rig.context, attempt, snapshot: await observed(rig, attempt) }, new Secret("S9"), true);
    await observed(rig, attempt);
    expect(attempt.unsaved).not.toBeNull();
    expect(rig.asked).not.toContain("read 6");
  });

  test("keeps that it was accepted, and forgets every other verdict", async () => {
    const { rig, attempt } = setUp();
    keepUnsaved({ context: rig.context, attempt, snapshot: await observed(rig, attempt) }, new Secret("S9"), true);
    if (attempt.unsaved === null) throw new Error("nothing unsaved");
    attempt.unsaved.login = { verdict: "rejected" };
    await observed(rig, attempt);
    expect(attempt.unsaved?.login).toBeNull();
    const token = { value: new Secret("T"), expiresAt: Number.MAX_SAFE_INTEGER };
    if (attempt.unsaved !== null) attempt.unsaved.login = { verdict: "accepted", token };
    await observed(rig, attempt);
    expect(attempt.unsaved?.login?.verdict).toBe("accepted");
  });
});

describe("the verdict on a version", () => {
  test("whose age Vault does not say is what the issuer said", async () => {
    const { rig, attempt } = setUp();
    const version = { versionNo: 7, createdAt: null };
    expect(verdictOn({ context: rig.context, attempt }, version, rig.clock.now())).toBe("not-asked");
    noteLogin(attempt, rig, 7, "rejected");
    expect(verdictOn({ context: rig.context, attempt }, version, rig.clock.now())).toBe("rejected");
  });
});

describe("a live claim", () => {
  test("is none if there is no claim, or it is this call's own", async () => {
    const mine: Written = { ...pending(8, claim("S7", { callId: "me" })), name: "orot-8", ageSeconds: 1 };
    const { rig, attempt } = setUp([current, mine]);
    const seen = await observed(rig, attempt);
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: seen })).toBe(true);
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: { ...seen, claim: null } })).toBe(false);
    holdClaim(attempt, rig, { callId: "me", name: "orot-8" });
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: seen })).toBe(false);
  });

  test("is another's under the name of this call's own, unless Vault confirmed that", async () => {
    const theirs: Written = { ...pending(8, claim("S7")), name: "orot-8", ageSeconds: 1 };
    const { rig, attempt } = setUp([current, theirs]);
    holdClaim(attempt, rig, { callId: "me", name: "orot-8" });
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: await observed(rig, attempt) })).toBe(true);
  });

  test("may be another's above this call's own, confirmed or not", async () => {
    const theirs: Written = { ...pending(9, claim("S7")), name: "orot-9", ageSeconds: 1 };
    const mine = deprecated(8, claim("S7", { callId: "me" }), { name: "orot-8", ageSeconds: 1 });
    const { rig, attempt } = setUp([current, mine, theirs]);
    holdClaim(attempt, rig, { callId: "me", name: "orot-8", isConfirmed: true });
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: await observed(rig, attempt) })).toBe(true);
  });

  test("that was not read counts with the greatest factor", async () => {
    const above: Written = { ...pending(8, claim("S7")), ageSeconds: 64 * 150 - 1 };
    const { rig, attempt } = setUp([current, above]);
    const seen = await observed(rig, attempt);
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: seen })).toBe(false);
    attempt.read.contents.clear();
    expect(isLiveClaim({ context: rig.context, attempt, snapshot: seen })).toBe(true);
  });

  test("is not this call's own in a version that was not read or not understood", async () => {
    const { rig, attempt } = setUp([
      current,
      pending(8, "not json"),
      deprecated(9, "not json", { isBeingDeleted: true }),
    ]);
    const { list } = await observed(rig, attempt);
    holdClaim(attempt, rig, { callId: "me", name: "orot-8" });
    expect(list.versions.map((version) => [version.versionNo, isOwnClaim(attempt, version)])).toEqual([
      [9, false],
      [8, false],
      [7, false],
    ]);
  });
});
