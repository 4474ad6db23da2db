import { describe, expect, it } from "vitest";
import { createBudget } from "../../../src/base/budget.ts";
import { DAY_MS } from "../../../src/base/durations.ts";
import { createDirectory, type ListedSecret } from "../../../src/clients/vault/directory.ts";
import { createSeededEntropy } from "../../../src/emulator/core/seeded-entropy.ts";
import { createFleet } from "../../../src/emulator/fleet.ts";
import { setUp } from "./harness.ts";

const domainUrl = "https://domain.emulated.example";

describe("a fleet of secrets", () => {
  it("has an application of its own for each, whose secret logs in", () => {
    const { emulator, functionId, clock } = setUp();
    const { secretIds, clientIds } = createFleet(emulator.admin, clock.now(), { count: 3, domainUrl, functionId });
    expect(new Set(secretIds).size).toBe(3);
    for (const [index, id] of secretIds.entries()) {
      const content = JSON.parse(emulator.admin.content(id, 1) ?? "{}");
      expect(content).toEqual({
        domainUrl,
        appId: expect.any(String),
        clientId: clientIds[index],
        appSecret: expect.any(String),
      });
      expect(emulator.admin.login(content.clientId, content.appSecret)).toBe("accepted");
      expect(emulator.admin.secret(id).name).toBe(`fleet-0000${index + 1}`);
    }
    expect(emulator.requests).toEqual([]);
  });

  it.each([
    [undefined, [0, 15, 30]],
    [0, [0, 0, 0]],
  ])("is due one after the other within %s days", (dueWithinDays, days) => {
    const { emulator, functionId, clock } = setUp();
    const within = dueWithinDays === undefined ? {} : { dueWithinDays };
    const { secretIds } = createFleet(emulator.admin, clock.now(), { count: 3, domainUrl, functionId, ...within });
    const due = secretIds.map((id) => ((emulator.admin.secret(id).nextRotationAt ?? 0) - clock.now()) / DAY_MS);
    expect(due).toEqual(days);
  });

  it("of 5,000 is made, and is listed to the end", async () => {
    const { emulator, functionId, clock } = setUp();
    const compartmentId = "ocid1.compartment.oc1..fleet";
    createFleet(emulator.admin, clock.now(), { count: 5_000, domainUrl, functionId, compartmentId });
    const directory = createDirectory(
      {
        transport: emulator.transport,
        signer: { signHttpRequest: () => Promise.resolve() },
        vaultEndpoint: "https://oci.example",
        secretsEndpoint: "https://oci.example",
      },
      {
        clock,
        entropy: createSeededEntropy(1),
        budget: createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 }),
      },
    );
    const seen = new Set<string>();
    let last: ListedSecret | null = null;
    for await (const secret of directory.secrets({ compartmentId, lifecycle: "ACTIVE" })) {
      seen.add(secret.secretId);
      last = secret;
    }
    expect(seen.size).toBe(5_000);
    expect(last?.rotation).toMatchObject({ functionId, intervalDays: 30, isScheduled: true, status: "SCHEDULED" });
    expect(emulator.requests).toHaveLength(50);
  });
});
