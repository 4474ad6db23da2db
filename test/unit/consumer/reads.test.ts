import { describe, expect, it, vi } from "vitest";
import { CredentialError } from "../../../src/consumer/errors.ts";
import { createReads } from "../../../src/consumer/reads.ts";
import type { SecretVersion } from "../../../src/consumer/version.ts";
import { createVirtualClock } from "../../../src/emulator/core/virtual-clock.ts";
import { content } from "./rig.ts";

const READ_TIMEOUT_MS = 100;
const version: SecretVersion = { content: content("one"), versionNo: 1 };

function open(answer: (versionStage: string) => unknown) {
  const time = createVirtualClock();
  const onReadError = vi.fn();
  const reader = async (versionStage: string) => answer(versionStage) as SecretVersion | null;
  return { time, onReadError, reads: createReads({ reader, time, readTimeoutMs: READ_TIMEOUT_MS, onReadError }) };
}

describe("A look at the secret", () => {
  it.each([
    ["nothing", undefined],
    ["a text", "version"],
    ["a number", 1],
    ["no content", { versionNo: 1 }],
    ["a content that is no text", { ...version, content: {} }],
    ["a number that is a text", { ...version, versionNo: "1" }],
    ["a number that is not whole", { ...version, versionNo: 1.5 }],
    ["a number beyond all", { ...version, versionNo: Number.MAX_VALUE }],
  ])("takes no version from a reader that gives %s", async (_, given) => {
    const { reads } = open(() => given);
    const { current, error } = await reads.current();
    expect(current).toBeNull();
    expect(error).toMatchObject({ code: "READ_FAILED" });
  });

  it("tells the listener of a read that took too long, and of none that did not", async () => {
    const { reads, onReadError } = open((versionStage) =>
      versionStage === "CURRENT" ? version : new Promise(() => undefined),
    );
    const look = await reads.both();
    expect(look).toMatchObject({ current: { versionNo: 1 }, pending: null, error: { code: "READ_FAILED" } });
    expect(onReadError.mock.calls).toEqual([[look.error]]);
    expect(look.error?.message).toContain(`took longer than ${READ_TIMEOUT_MS} ms`);
  });

  it("hands on what is no error of its own, which a listener threw", async () => {
    const { reads, onReadError } = open(() => Promise.reject(new Error("unreachable")));
    onReadError.mockImplementation(() => {
      throw new TypeError("the listener's own");
    });
    await expect(reads.current()).rejects.toThrow("the listener's own");
    const pendingAlone = open((versionStage) =>
      versionStage === "CURRENT" ? version : Promise.reject(new Error("unreachable")),
    );
    pendingAlone.onReadError.mockImplementation(() => {
      throw new TypeError("the listener's own");
    });
    await expect(pendingAlone.reads.both()).rejects.toThrow("the listener's own");
  });

  it("shows since when the reason has been the same", async () => {
    const answers: unknown[] = [null, null, { ...version, content: "{}" }, { ...version, content: "{}" }];
    const { reads } = open(() => answers.shift());
    const looks = [await reads.both(), await reads.both(), await reads.both(), await reads.both()] as const;
    expect(looks.map(({ error }) => error?.code)).toEqual([
      "NOT_FOUND",
      "NOT_FOUND",
      "CONTENT_INVALID",
      "CONTENT_INVALID",
    ]);
    const [first, second, third, fourth] = looks;
    expect(second.sameSince).toBe(first.startedAt);
    expect(third.sameSince).toBe(third.startedAt);
    expect(third.startedAt).toBeGreaterThan(second.startedAt);
    expect(fourth.sameSince).toBe(third.startedAt);
  });

  it("gives an error that names the reader's alone", async () => {
    const { reads, onReadError } = open(() => Promise.reject(Object.assign(new Error("x"), { status: 503 })));
    const { error } = await reads.current();
    expect(error).toBeInstanceOf(CredentialError);
    expect(error?.message).toContain("reading CURRENT failed (503)");
    expect(onReadError).toHaveBeenCalledOnce();
  });
});
