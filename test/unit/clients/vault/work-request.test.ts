import { describe, expect, test } from "vitest";
import { findLatest, readProblems, readWorkRequest } from "../../../../src/clients/vault/work-request.ts";
import { expectFailure } from "../../../support/failures.ts";

const at = (minute: number) => `2026-01-01T10:${String(minute).padStart(2, "0")}:00.000Z`;
const ms = (minute: number) => Date.parse(at(minute));

describe("a work request", () => {
  const answer = { status: "IN_PROGRESS", percentComplete: 40, timeAccepted: at(1), timeStarted: at(2) };

  test("is read with its times, as far as it has begun and ended", () => {
    expect(readWorkRequest({ ...answer, timeFinished: new Date(ms(3)) })).toEqual({
      status: "IN_PROGRESS",
      percentComplete: 40,
      acceptedAt: ms(1),
      startedAt: ms(2),
      finishedAt: ms(3),
      problems: [],
    });
    const bare = { ...answer, timeStarted: null };
    expect(readWorkRequest(bare)).toMatchObject({ startedAt: null, finishedAt: null });
  });

  test("shows no text of the server in place of a state", () => {
    expect(readWorkRequest({ ...answer, status: "some free text" }).status).toBe("a state of 14 characters");
  });

  test.each([null, "text", { ...answer, status: 7 }, { ...answer, timeAccepted: "soon" }])(
    "of another shape is not read: %#",
    async (odd) => {
      const what = "the answer to GetWorkRequest could not be read";
      await expectFailure(async () => readWorkRequest(odd), "VAULT_UNAVAILABLE", what);
    },
  );
});

describe("the problems of a work request", () => {
  const problemOf = (message: string, code = "400") => readProblems([{ code, message, timestamp: at(5) }])[0];

  test("are our own words from one of our codes on, on one line", () => {
    expect(problemOf("Function said: SECRET_REJECTED: the issuer\n\trefuses CURRENT. Next: look.")).toEqual({
      code: "400",
      message: "SECRET_REJECTED: the issuer refuses CURRENT. Next: look.",
      at: ms(5),
    });
    expect(problemOf("ERROR: no code of ours; LOCKED_OUT: nobody may ask")?.message).toBe("LOCKED_OUT: nobody may ask");
    expect(problemOf(`INTERNAL: ${"x".repeat(2_000)}`)?.message).toHaveLength(1_000);
  });

  test("are only told by their length if they have no code of ours", () => {
    expect(problemOf("FREE_TEXT: secret")?.message).toBe("a message of 17 characters");
    expect(problemOf("XLOCKED_OUT: secret")?.message).toBe("a message of 19 characters");
  });

  test("have a code of OCI, or the number that the function answered", () => {
    expect(problemOf("x", "Conflict")?.code).toBe("Conflict");
    expect(problemOf("x", "503")?.code).toBe("503");
    expect(problemOf("x", "free text")?.code).toBe("an error code of 9 characters");
  });

  test("are none if they cannot be read", () => {
    expect(readProblems([{ code: "400" }])).toEqual([]);
    expect(readProblems(null)).toEqual([]);
  });
});

describe("the latest work request", () => {
  const one = (id: string, minute: number) => ({ id, timeAccepted: at(minute) });

  /** A list in pages, the token of each being its number. @param isEndless whether its last page names another one */
  function paging(pages: readonly unknown[], isEndless = false) {
    const asked: (string | undefined)[] = [];
    const go = () =>
      findLatest(async (page) => {
        asked.push(page);
        const at = Number(page ?? 0);
        const hasNext = isEndless || at + 1 < pages.length;
        return { items: pages[Math.min(at, pages.length - 1)], nextPage: hasNext ? String(at + 1) : undefined };
      });
    return { asked, go };
  }

  test("is that of all pages which was accepted last, in whatever order they come", async () => {
    const { go, asked } = paging([[one("a", 3), one("b", 7)], [], [one("c", 9), one("d", 8)], [one("e", 1)]]);
    expect(await go()).toBe("c");
    expect(asked).toEqual([undefined, "1", "2", "3"]);
  });

  test("is the first one met of two of the same moment", async () => {
    expect(await paging([[one("a", 3)], [one("b", 3)]]).go()).toBe("a");
  });

  test("is none if there is none", async () => {
    expect(await paging([[]]).go()).toBeNull();
  });

  test("is looked for on twenty pages of a list that does not end", async () => {
    const { go, asked } = paging([[one("a", 1)]], true);
    expect(await go()).toBe("a");
    expect(asked).toHaveLength(20);
  });

  test("is not told from a list of another shape", async () => {
    const what = "the answer to ListWorkRequests could not be read";
    await expectFailure(paging([[{ id: 7 }]]).go, "VAULT_UNAVAILABLE", what);
  });
});
