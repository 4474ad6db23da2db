import { describe, expect, it, vi } from "vitest";
import { firstCurrent, readsOf } from "../prove/adversary/judge/reads.ts";
import { parseAdversarySchedule } from "../prove/adversary/schedule.ts";
import { replaySchedule } from "../prove/adversary/unit.ts";

describe("the version that a call serves, as the adversary's judge sees it", () => {
  it.each([
    [
      "is not the one that was read beside a list that failed",
      "adversary/keycloak-policy,secret-id,open/H5/whole/down/c4-current@5/1:conflict",
      { first: 2, served: 4 },
    ],
    [
      "is not the one that an earlier list named, where the look that reads finds another promoted",
      "adversary/edfi-cms,secret-id,open/H1/heal-many/no-token/c3-current@7/-",
      { first: 1, served: 2 },
    ],
  ])("%s", async (_, id, { first, served }) => {
    // OCI's SDK warns there of requests that it does not send again.
    vi.spyOn(console, "warn").mockReturnValue();
    const { run, judgement } = await replaySchedule(parseAdversarySchedule(id), 1);
    expect(readsOf(run, 0)[0]?.number).toBe(first);
    expect(firstCurrent(run, 0)?.number).toBe(served);
    expect(judgement.problems).toEqual([]);
  });
});
