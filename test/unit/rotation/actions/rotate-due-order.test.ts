import { describe, expect, test } from "vitest";
import { DAY_MS } from "../../../../src/base/durations.ts";
import { RotationError } from "../../../../src/base/errors.ts";
import type { ListedSecret } from "../../../../src/clients/vault/directory.ts";
import type { VersionList } from "../../../../src/clients/vault/store.ts";
import { rotateDue } from "../../../../src/rotation/actions/rotate-due.ts";
import { BUDGET_MS, createRig, current, STARTED_AT } from "../rig.ts";
import { listed, manyOf, scheduled } from "./listed.ts";

const COMPARTMENT = { OROT_HEAL_COMPARTMENT_IDS: "ocid1.compartment.oc1..a" };
const inDays = (days: number) => STARTED_AT + days * DAY_MS;

interface Asked {
  readonly withinMs?: number;
  readonly maxAgeMs?: number;
  readonly environment?: Record<string, string>;
  /** What Vault lists of a secret; the clock may go on meanwhile. */
  readonly look?: (secretId: string, advance: (ms: number) => void) => VersionList | null;
}

/** Which secrets it rotates, in order, and which of them, or of others, it looks at before or for a notice. */
async function rotating(secrets: readonly ListedSecret[], asked: Asked = {}) {
  const { withinMs = 0, maxAgeMs = null, environment = {}, look = () => null } = asked;
  const rig = createRig([current], { ...COMPARTMENT, ...environment });
  const [looked, noticed, rotated]: string[][] = [[], [], []];
  let last = "";
  const many = manyOf(rig, secrets, (secretId) => {
    last = secretId;
    const vault = {
      ...rig.context.clients.vault,
      async listVersions() {
        looked?.push(secretId);
        return look(secretId, rig.clock.advance);
      },
      async readSecret() {
        noticed?.push(secretId);
        return { ...(await rig.context.clients.vault.readSecret()), lifecycle: "UPDATING" };
      },
    };
    return { ...rig.context, secretId, clients: { ...rig.context.clients, vault, vaultWithin: () => vault } };
  });
  await rotateDue(many, { withinMs, maxAgeMs, limit: null, cursor: null }, async () => {
    rotated?.push(last);
    throw new RotationError("LOCKED_OUT", "its turn is all that matters here");
  });
  return { looked, noticed, rotated, log: rig.log };
}

/** A list whose CURRENT was made so many days ago. */
const madeAgo = (days: number): VersionList => ({
  versions: [{ versionNo: 7, name: null, versionStages: ["CURRENT"], createdAt: inDays(-days), isBeingDeleted: false }],
  asOf: STARTED_AT,
});

describe("what is due", () => {
  test("is what ends by the end of the time asked for, and not a moment later", async () => {
    const ending = [DAY_MS, DAY_MS + 1].map((ms) => listed(`${ms}`, { expiresAt: STARTED_AT + ms }));
    expect((await rotating(ending, { withinMs: DAY_MS })).rotated).toEqual([`${DAY_MS}`]);
  });

  test("comes first if its last heal ended well, and last if it failed", async () => {
    const noted = (code: string) => ({ "orot-outcome": `${code} 2025-12-31T00:00:00Z v7` });
    const { rotated } = await rotating([
      listed("failed", { expiresAt: inDays(-4), tags: noted("LOCKED_OUT") }),
      listed("untold", { expiresAt: inDays(-2) }),
      listed("well", { expiresAt: inDays(-3), tags: noted("OK") }),
    ]);
    expect(rotated).toEqual(["well", "untold", "failed"]);
  });

  test("has a notice beforehand by the end of the notice's time, and what is due later is not even looked at", async () => {
    const { rotated, noticed } = await rotating(
      [
        listed("now", { expiresAt: inDays(0) }),
        listed("soon", { expiresAt: inDays(8) }),
        listed("later", { expiresAt: inDays(8) + 1 }),
        listed("never", { rotation: scheduled({ isScheduled: false }) }),
      ],
      { withinMs: DAY_MS, environment: { OROT_NOTICE_BEFORE: "7d" } },
    );
    expect([rotated, noticed]).toEqual([["now"], ["soon"]]);
  });
});

describe("what is too old", () => {
  const MONTH = { maxAgeMs: 30 * DAY_MS };

  test("is only looked for in secrets that are that old themselves", async () => {
    const secrets = [listed("old", { createdAt: inDays(-30) }), listed("young", { createdAt: inDays(-30) + 1 })];
    const { looked, rotated } = await rotating(secrets, MONTH);
    expect([looked, rotated]).toEqual([["old"], ["old"]]);
  });

  test("is told from the value, however old its secret is", async () => {
    const { rotated } = await rotating([listed("a"), listed("b")], {
      ...MONTH,
      look: (secretId) => madeAgo(secretId === "a" ? 29 : 30),
    });
    expect(rotated).toEqual(["b"]);
  });

  test("is as urgent as it is long past its greatest age", async () => {
    const { rotated } = await rotating([listed("aged"), listed("ended", { expiresAt: inDays(-20) })], {
      ...MONTH,
      look: () => madeAgo(40),
    });
    expect(rotated).toEqual(["ended", "aged"]);
  });

  test("is looked for in a quarter of the time; after that a value counts as old as its secret", async () => {
    const { looked, rotated } = await rotating([listed("a"), listed("b"), listed("c")], {
      ...MONTH,
      look: (secretId, advance) => {
        advance(secretId === "a" ? BUDGET_MS / 4 : 1);
        return madeAgo(1);
      },
    });
    expect([looked, rotated]).toEqual([["a", "b"], ["c"]]);
  });

  test("counts as old as its secret if it cannot be looked at, with a line in the log", async () => {
    const { rotated, log } = await rotating([listed("a")], {
      ...MONTH,
      look: () => {
        throw new RotationError("VAULT_UNAVAILABLE", "no answer");
      },
    });
    expect(rotated).toEqual(["a"]);
    expect(log).toContainEqual(
      expect.objectContaining({ event: "rotate-due-look-failed", secretId: "a", outcome: "VAULT_UNAVAILABLE" }),
    );
  });
});
