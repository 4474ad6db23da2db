import { describe, expect, test } from "vitest";
import { outcomeOf, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

describe("a secret that cannot be rotated", () => {
  test("because it is a replica is refused", async () => {
    const w = await world();
    Object.assign(w.emulator.admin.secret(w.secretId), { isReplica: true });
    const before = w.state();
    for (const event of [
      { secretId: w.secretId },
      { secretId: w.secretId, step: "CREATE_PENDING_VERSION" },
      { secretId: w.secretId, action: "rollback" },
    ]) {
      const answer = await w.call(event);
      expect(outcomeOf(answer)).toBe("SECRET_NOT_ROTATABLE 409");
      expect(answer.returnMessage).toContain("replica");
    }
    expect(w.state()).toEqual(before);
  });

  test.each(["FAILED", "PENDING_DELETION", "SCHEDULING_DELETION", "DELETING", "DELETED"] as const)(
    "because it is %s is refused",
    async (lifecycle) => {
      const w = await world();
      // States that pass by themselves stay for as long as this takes.
      Object.assign(w.emulator.admin.secret(w.secretId), { lifecycle, updatingPolls: 1_000 });
      const before = w.state();
      const answer = await w.rotate();
      expect(outcomeOf(answer)).toBe("SECRET_NOT_ROTATABLE 409");
      expect(answer.returnMessage).toContain(lifecycle);
      expect(w.state()).toEqual(before);
    },
  );

  test("because its CURRENT version has expired and is blocked is refused", async () => {
    const w = await world();
    w.emulator.admin.secret(w.secretId).rules = [
      {
        ruleType: "SECRET_EXPIRY_RULE",
        secretVersionExpiryInterval: "P1D",
        isSecretContentRetrievalBlockedOnExpiry: true,
      },
    ];
    const before = w.state();
    expect(outcomeOf(await w.rotate())).toBe("SECRET_NOT_ROTATABLE 409");
    expect(w.state()).toEqual(before);
  });
});
