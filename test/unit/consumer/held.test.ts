import { describe, expect, it } from "vitest";
import { createHolder } from "../../../src/consumer/held.ts";
import type { Look } from "../../../src/consumer/reads.ts";
import { readCurrent } from "../../../src/consumer/version.ts";
import { content } from "./rig.ts";

const seen = (value: string, versionNo: number) => readCurrent({ content: content(value), versionNo });
const look = (number: number, value: string | null, versionNo = number): Look => ({
  ...{ number, startedAt: 0, sameSince: 0, pending: null, error: null },
  current: value === null ? null : seen(value, versionNo),
});
const PENDING = seen("pending", 9).credential;

describe("The credential that is handed out", () => {
  it("is what CURRENT was seen to be, for as long as it is fresh", () => {
    const holder = createHolder();
    expect(holder.held).toBeNull();
    holder.seeCurrent(look(1, "one"), 70);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "one" }, freshUntil: 70 });
    holder.seeCurrent(look(1, "one again"), 80);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "one again" }, freshUntil: 80 });
  });

  it("stays where a look that began before ends later, and where one saw no CURRENT", () => {
    const holder = createHolder();
    holder.seeCurrent(look(2, "two"), 70);
    for (const late of [look(1, "one"), look(3, null)]) {
      holder.seeCurrent(late, 99);
      holder.take(late, PENDING, 99);
      expect(holder.held).toMatchObject({ credential: { clientSecret: "two" }, freshUntil: 70 });
    }
  });

  it("is a PENDING that was taken, until CURRENT says something new", () => {
    const holder = createHolder();
    holder.seeCurrent(look(1, "one"), 10);
    holder.take(look(2, "one", 1), PENDING, 20);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "pending" }, freshUntil: 20 });
    holder.seeCurrent(look(3, "one", 1), 30);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "pending" }, freshUntil: 30 });
    holder.seeCurrent(look(4, "four"), 40);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "four" }, freshUntil: 40 });
  });

  it("is CURRENT's again where CURRENT itself was taken after a PENDING", () => {
    const holder = createHolder();
    holder.take(look(1, "one", 1), PENDING, 10);
    const after = look(2, "one", 1);
    holder.take(after, after.current?.credential ?? PENDING, 20);
    expect(holder.held?.credential.clientSecret).toBe("one");
    holder.seeCurrent(look(3, "one", 1), 30);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "one" }, freshUntil: 30 });
  });

  it("is used longer where CURRENT cannot be read, if there is one", () => {
    const holder = createHolder();
    holder.extend(50);
    expect(holder.held).toBeNull();
    holder.seeCurrent(look(1, "one"), 10);
    holder.extend(50);
    expect(holder.held).toMatchObject({ credential: { clientSecret: "one" }, freshUntil: 50 });
  });
});
