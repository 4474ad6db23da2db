import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import type { ListedSecret } from "../../../../src/clients/vault/directory.ts";
import { createSeededEntropy } from "../../../../src/emulator/core/seeded-entropy.ts";
import { healed, inOrder } from "../../../../src/rotation/actions/heal-order.ts";
import { findSecrets, type ManyContext } from "../../../../src/rotation/actions/many.ts";
import { expectFailure } from "../../../support/failures.ts";
import { createRig, current, STARTED_AT, withVault } from "../rig.ts";
import { listed as listedSecret, scheduled } from "./listed.ts";

const OWN = "ocid1.vaultsecret.oc1.iad.authority";

/** A secret whose rotation Vault does not schedule. */
const listed = (secretId: string, changes: Partial<ListedSecret> = {}, functionId = "me"): ListedSecret =>
  listedSecret(secretId, { rotation: scheduled({ functionId, isScheduled: false }), ...changes });

/** A heal of many over a directory in memory. */
function finding(
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, readonly ListedSecret[]>>,
  functionId: string | null = "me",
) {
  const { heal, log } = healing(environment, secrets, functionId);
  return { log, go: async () => (await findSecrets(heal, healed)).map(({ secretId }) => secretId) };
}

function healing(
  environment: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, readonly ListedSecret[]>>,
  functionId: string | null = "me",
) {
  const { context, clock, log } = createRig([], environment);
  const heal: ManyContext = {
    settings: context.settings,
    clock,
    budget: context.budget,
    entropy: createSeededEntropy(1),
    log: context.log,
    tally: context.tally,
    functionId,
    directory: {
      async *secrets({ compartmentId }) {
        yield* secrets[compartmentId] ?? [];
      },
      list: async () => [],
    },
    contextFor: () => context,
  };
  return { heal, clock, context, log };
}

const compartments = { OROT_HEAL_COMPARTMENT_IDS: "ocid1.compartment.oc1..a,ocid1.compartment.oc1..b" };

test("a heal of many finds what targets this function and can be healed, in every compartment", async () => {
  const { go, log } = finding(compartments, {
    "ocid1.compartment.oc1..a": [listed("a1"), listed("a2", { lifecycle: "UPDATING" }), listed("a3", {}, "another")],
    "ocid1.compartment.oc1..b": [listed("b1"), listed("b2", { lifecycle: "PENDING_DELETION" })],
    "ocid1.compartment.oc1..c": [listed("c1")],
  });
  expect(await go()).toEqual(["a1", "a2", "b1"]);
  expect(log).toEqual([]);
});

test("a heal of many leaves out the rotator's own secrets, and says which setting names them", async () => {
  const { go, log } = finding(
    { ...compartments, OROT_AUTHORITY_SECRET_IDS: OWN },
    { "ocid1.compartment.oc1..a": [listed(OWN), listed("a1")] },
  );
  expect(await go()).toEqual(["a1"]);
  expect(log).toEqual([
    expect.objectContaining({ level: "warn", event: "own-secret-not-healed", setting: "OROT_AUTHORITY_SECRET_IDS" }),
  ]);
});

test("a heal of many needs compartments, and the id of its function", async () => {
  const { nextAction } = await expectFailure(
    finding({}, {}).go,
    "EVENT_INVALID",
    "heal without a secretId needs OROT_HEAL_COMPARTMENT_IDS",
  );
  expect(nextAction).toBe("name the secret, or set OROT_HEAL_COMPARTMENT_IDS");
  const lost = await expectFailure(finding(compartments, {}, null).go, "SETTINGS_INVALID", "FN_FN_ID is missing");
  expect(lost.nextAction).toBe("run it as an OCI Function, which sets it");
});

describe("the order of a heal of many", () => {
  const HOUR_MS = 3_600_000;
  const DAY_MS = 24 * HOUR_MS;
  const LATE = { intervalDays: 1, lastAt: STARTED_AT - DAY_MS - HOUR_MS - 1 };

  const outcome = (code: string) => ({ tags: { "orot-outcome": `${code} 2025-12-31T00:00:00Z v7` } });

  /** @param start where in the list it begins, as a share */
  async function ordered(
    secrets: readonly ListedSecret[],
    listVersions: (secretId: string) => Promise<null | readonly string[]> = async () => [],
    start = 0,
  ) {
    const { heal, context, clock, log } = healing({}, {});
    const looked: string[] = [];
    const order = await inOrder(
      {
        ...heal,
        entropy: { ...heal.entropy, fraction: () => start },
        contextFor: (secretId) => {
          const looking = withVault(context, {
            async listVersions() {
              looked.push(secretId);
              const stages = await listVersions(secretId);
              if (stages === null) return null;
              const list = await createRig([current]).context.clients.vault.listVersions();
              const [version] = list?.versions ?? [];
              if (list === null || version === undefined) return null;
              return { ...list, versions: [{ ...version, versionStages: stages as typeof version.versionStages }] };
            },
          });
          const { clients } = looking;
          return { ...looking, clients: { ...clients, vaultWithin: () => clients.vault } };
        },
      },
      secrets,
    );
    return { order, looked, log, clock };
  }

  test.each<[string, Partial<ListedSecret>, boolean]>([
    ["a heal noted a failure", outcome("LOCKED_OUT"), true],
    ["a heal noted that all is well", outcome("OK"), false],
    ["its tags cannot be read", { tags: null }, false],
    ["its time passed more than an hour ago", { rotation: scheduled(LATE) }, true],
    ["its time passed an hour ago", { rotation: scheduled({ ...LATE, lastAt: LATE.lastAt + 1 }) }, false],
    ["its time passed, and it is being rotated", { rotation: scheduled({ ...LATE, status: "IN_PROGRESS" }) }, false],
    ["its time passed, and it is not scheduled", { rotation: scheduled({ ...LATE, isScheduled: false }) }, false],
    ["it was never rotated", { rotation: scheduled({}) }, false],
    ["it has no interval", { rotation: scheduled({ ...LATE, intervalDays: null }) }, false],
  ])("takes a secret for failed or not if %s", async (_what, changes, isFailed) => {
    const { order, looked } = await ordered([listed("a", changes)]);
    expect(order).toEqual(isFailed ? { failed: ["a"], others: [] } : { failed: [], others: ["a"] });
    // Who is known to have failed is not looked at.
    expect(looked).toEqual(isFailed ? [] : ["a"]);
  });

  test("begins anywhere, and puts those first that may have been interrupted", async () => {
    const stages: Record<string, readonly string[] | null> = { b: ["PENDING", "LATEST"], c: null, d: ["CURRENT"] };
    const secrets = ["a", "b", "c", "d"].map((id) => listed(id));
    const look = async (id: string) => stages[id] ?? (id in stages ? null : []);
    expect((await ordered(secrets, look)).order.others).toEqual(["b", "c", "a", "d"]);
    expect((await ordered(secrets, look, 0.74)).order.others).toEqual(["c", "b", "d", "a"]);
    const failed = ["a", "b", "c"].map((id) => listed(id, outcome("LOCKED_OUT")));
    expect((await ordered(failed, look, 0.4)).order.failed).toEqual(["b", "c", "a"]);
  });

  test("puts a secret first that is being changed, without a word", async () => {
    const { order, log } = await ordered([listed("a"), listed("b")], async (id) => (id === "b" ? null : []));
    expect(order.others).toEqual(["b", "a"]);
    expect(log).toEqual([]);
  });

  test("puts a secret first that cannot be looked at, and says why", async () => {
    const { order, log } = await ordered([listed("a"), listed("b")], async (id) => {
      if (id === "b") throw new RotationError("VAULT_UNAVAILABLE", "no answer");
      return [];
    });
    expect(order.others).toEqual(["b", "a"]);
    expect(log).toEqual([
      expect.objectContaining({ level: "warn", event: "heal-look-failed", outcome: "VAULT_UNAVAILABLE" }),
    ]);
  });
});
