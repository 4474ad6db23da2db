import { describe, expect, test } from "vitest";
import { RotationError } from "../../../src/base/errors.ts";
import { readRecord } from "../../../src/clients/vault/notify-record.ts";
import type { SecretState, Write } from "../../../src/clients/vault/store.ts";
import { parseEndpoint } from "../../../src/notify/endpoint.ts";
import { addSubscriber, listSubscribers, removeSubscriber } from "../../../src/notify/subscribers.ts";
import { expectFailure } from "../../support/failures.ts";
import { createRig, withVault } from "../rotation/rig.ts";
import { HOOK, MAIL, OTHER, own, TOPIC } from "./tell-rig.ts";

interface Situation {
  readonly metadata?: SecretState["metadata"];
  readonly environment?: Readonly<Record<string, string>>;
  /** What the looks show otherwise, one after the other. */
  readonly looks?: readonly Partial<SecretState>[];
  /** How Vault answers writes, one after the other; `lost`: it landed, and nobody hears so. Then `done`. */
  readonly writes?: readonly (Write["outcome"] | "lost")[];
}

const error = new RotationError("VAULT_FORBIDDEN", "no policy");

/** A secret with version 3 as CURRENT. */
function secretWith({ metadata: before = {}, environment, looks: shown = [], writes = [] }: Situation = {}) {
  const { context, clock } = createRig([], environment);
  const [looks, answers] = [[...shown], [...writes]];
  const asked: string[] = [];
  let metadata = before;
  const store = {
    ...context.clients.vault,
    readSecret: async (): Promise<SecretState> => {
      asked.push("look");
      const state = await context.clients.vault.readSecret();
      return { ...state, currentVersionNo: 3, etag: `etag-${asked.length}`, metadata, ...looks.shift() };
    },
    writeAnnotations: async (
      notes: { readonly metadata?: SecretState["metadata"] },
      etag: string | null,
    ): Promise<Write> => {
      asked.push(`write on ${etag}`);
      const outcome = answers.shift() ?? "done";
      if (outcome === "done" || outcome === "lost") metadata = notes.metadata ?? metadata;
      if (outcome === "done") return { outcome };
      return { outcome: outcome === "lost" ? "unknown" : outcome, error };
    },
  };
  const bound = withVault(context, store);
  return {
    asked,
    clock,
    add: (endpoint: string, noticeBeforeMs: number | null = null) =>
      addSubscriber(bound, parseEndpoint(endpoint), noticeBeforeMs),
    remove: (endpoint: string) => removeSubscriber(bound, endpoint),
    list: () => listSubscribers(bound),
    kept: () => readRecord(metadata),
    endpoints: () => readRecord(metadata).subscribers.map(({ endpoint }) => endpoint),
    metadata: () => metadata,
  };
}

const both = own({ subscribers: [{ endpoint: HOOK, failures: 2 }, { endpoint: MAIL }], told: { version: 2, seq: 4 } });

describe("a time of its own", () => {
  const times = (secret: ReturnType<typeof secretWith>) =>
    secret.kept().subscribers.map(({ noticeBeforeMs }) => noticeBeforeMs ?? null);

  test("is registered with an endpoint, changed later, and kept by who says nothing of it", async () => {
    const secret = secretWith({ metadata: both });
    expect(await secret.add(OTHER, 60_000)).toBe(true);
    expect(await secret.add(MAIL, 120_000)).toBe(true);
    expect(times(secret)).toEqual([null, 120_000, 60_000]);
    expect(await secret.add(MAIL, 120_000)).toBe(false);
    expect(await secret.add(MAIL)).toBe(false);
    expect(await secret.add(MAIL, 180_000)).toBe(true);
    expect(times(secret)).toEqual([null, 180_000, 60_000]);
    expect(secret.kept()).toMatchObject({ subscribers: [{ failures: 2 }, {}, {}], told: { version: 2, seq: 4 } });
  });
});

describe("who is registered", () => {
  test("comes last, has heard of everything, and changes nothing else", async () => {
    const secret = secretWith({ metadata: { team: "payments", ...both } });
    expect(await secret.add(OTHER)).toBe(true);
    expect(secret.kept()).toEqual({
      subscribers: [
        { endpoint: HOOK, failures: 2 },
        { endpoint: MAIL, failures: null },
        { endpoint: OTHER, failures: null },
      ],
      told: { version: 2, seq: 4, owesTopic: false, failure: null },
    });
    expect(secret.metadata()).toMatchObject({ team: "payments" });
    expect(secret.asked).toEqual(["look", "write on etag-1"]);
  });

  test.each([HOOK, "HTTPS://Hooks.example.org:443/a", MAIL, "MAILTO:ops@EXAMPLE.org"])(
    "is registered once, however it is written: %s",
    async (endpoint) => {
      const secret = secretWith({ metadata: both });
      expect(await secret.add(endpoint)).toBe(false);
      expect(secret.asked).toEqual(["look"]);
    },
  );

  test.each(["MAILTO:ops@EXAMPLE.org", "HTTPS://hooks.example.org/a", "no endpoint"])(
    "may have been written otherwise, by hand: %s",
    async (written) => {
      const secret = secretWith({ metadata: own({ subscribers: [{ endpoint: written }] }) });
      expect(await secret.add(written.startsWith("M") ? MAIL : HOOK)).toBe(written === "no endpoint");
      expect(await secret.remove(written.startsWith("M") ? MAIL : HOOK)).toBe(true);
      expect(secret.endpoints()).toEqual(written === "no endpoint" ? [written] : []);
      expect(await secret.remove(written)).toBe(written === "no endpoint");
    },
  );

  const current = { version: 3, seq: 0, owesTopic: false, failure: null };
  test.each<[string, Situation, unknown]>([
    ["as the first, knows CURRENT", {}, current],
    [
      "as the first again, knows CURRENT too, and the count goes on",
      {
        metadata: own({ subscribers: [], told: { version: 2, seq: 4, owesTopic: true } }),
      },
      { ...current, seq: 4 },
    ],
    [
      "beside others, hears with them what they have not heard",
      {
        metadata: own({ subscribers: [{ endpoint: MAIL }], told: { version: 2, seq: 4 } }),
      },
      { ...current, version: 2, seq: 4 },
    ],
    ["where a topic is told, hears with it", { environment: TOPIC }, null],
    ["where nothing is CURRENT, will hear", { looks: [{ currentVersionNo: null }] }, null],
  ])("%s", async (_what, situation, told) => {
    const secret = secretWith(situation);
    await secret.add(HOOK);
    expect(secret.kept().told).toEqual(told);
  });

  test("is refused where the settings allow no more", async () => {
    const secret = secretWith({ metadata: both, environment: { OROT_SUBSCRIBER_LIMIT: "2" } });
    const refused = await expectFailure(() => secret.add(OTHER), "SUBSCRIBER_INVALID");
    expect(refused.message).toBe("the secret has 2 subscribers, and OROT_SUBSCRIBER_LIMIT allows no more");
    expect(refused.nextAction).toBe("unsubscribe one that is not needed any more");
    expect(secret.asked).toEqual(["look"]);
  });

  test("is refused where the endpoints would take more than 4,000 characters together", async () => {
    const of = (length: number, at: number) => `https://a.example.org/${at}`.padEnd(length, "a");
    const subscribers = Array.from({ length: 8 }, (_, at) => ({ endpoint: of(450, at) }));
    const fits = secretWith({ metadata: own({ subscribers }) });
    expect(await fits.add(of(400, 8))).toBe(true);
    const secret = secretWith({ metadata: own({ subscribers }) });
    const refused = await expectFailure(() => secret.add(of(401, 8)), "SUBSCRIBER_INVALID");
    expect(refused.message).toBe("the endpoints of the secret's subscribers take more than 4000 characters");
  });
});

describe("who is removed", () => {
  test("goes alone; what was told stays", async () => {
    const secret = secretWith({ metadata: both });
    expect(await secret.remove("HTTPS://Hooks.example.org:443/a")).toBe(true);
    expect(secret.kept()).toMatchObject({ subscribers: [{ endpoint: MAIL }], told: { version: 2, seq: 4 } });
  });

  test("was not there, where nothing is written", async () => {
    const secret = secretWith({ metadata: both });
    expect(await secret.remove(OTHER)).toBe(false);
    expect(secret.asked).toEqual(["look"]);
  });

  test("leaves alone who is beyond the limit of the settings, and counts from then on", async () => {
    const secret = secretWith({ metadata: both, environment: { OROT_SUBSCRIBER_LIMIT: "1" } });
    expect(await secret.list()).toEqual(["https://hooks.example.org/…"]);
    expect(await secret.remove(HOOK)).toBe(true);
    expect(await secret.list()).toEqual([MAIL]);
  });
});

describe("the list is written", () => {
  test.each(["race-lost", "busy", "unknown"] as const)(
    "anew from another look, where the write ends as %s",
    async (outcome) => {
      const secret = secretWith({ writes: [outcome, outcome, outcome, outcome] });
      expect(await secret.add(HOOK)).toBe(true);
      expect(secret.asked.filter((what) => what !== "look")).toEqual(
        [1, 3, 5, 7, 9].map((at) => `write on etag-${at}`),
      );
      expect(secret.endpoints()).toEqual([HOOK]);
    },
  );

  test("five times at most", async () => {
    const secret = secretWith({ writes: Array.from({ length: 5 }, () => "race-lost" as const) });
    const words = "the secret was changed by others at each of 5 tries";
    expect((await expectFailure(() => secret.add(HOOK), "VAULT_UNAVAILABLE")).message).toBe(words);
    expect(secret.asked).toHaveLength(10);
  });

  test("and new, where the write has landed and its answer is lost", async () => {
    const secret = secretWith({ writes: ["lost"] });
    expect(await secret.add(HOOK)).toBe(true);
    expect(secret.asked).toEqual(["look", "write on etag-1", "look"]);
    const gone = secretWith({ metadata: both, writes: ["lost"] });
    expect(await gone.remove(HOOK)).toBe(true);
    expect(gone.endpoints()).toEqual([MAIL]);
  });

  test("but not by this call, where another was faster", async () => {
    const theirs = { metadata: own({ subscribers: [{ endpoint: HOOK }] }) };
    const secret = secretWith({ writes: ["race-lost"], looks: [{}, theirs] });
    expect(await secret.add(HOOK)).toBe(false);
  });

  test("not where Vault refuses it", async () => {
    const secret = secretWith({ writes: ["refused"] });
    expect(await expectFailure(() => secret.add(HOOK), "VAULT_FORBIDDEN")).toBe(error);
    expect(secret.asked).toEqual(["look", "write on etag-1"]);
  });

  test("once Vault is ACTIVE again, on what it shows then", async () => {
    const secret = secretWith({ looks: [{ lifecycle: "UPDATING" }, { lifecycle: "UPDATING" }, { metadata: both }] });
    expect(await secret.add(OTHER)).toBe(true);
    expect(secret.asked).toEqual(["look", "look", "look", "write on etag-3"]);
    expect(secret.endpoints()).toEqual([HOOK, MAIL, OTHER]);
  });

  test("not while Vault stays between two states", async () => {
    const looks = Array.from({ length: 50 }, () => ({ lifecycle: "UPDATING" }));
    const secret = secretWith({ looks, environment: { OROT_ACTIVE_WAIT_SECONDS: "2" } });
    const { message } = await expectFailure(() => secret.add(HOOK), "VAULT_UNAVAILABLE");
    expect(message).toBe("the secret stayed UPDATING");
  });

  test.each([{ lifecycle: "PENDING_DELETION" }, { isReplica: true }])(
    "not of a secret that cannot be: %j",
    async (look) => {
      const secret = secretWith({ looks: [look] });
      await expectFailure(() => secret.add(HOOK), "SECRET_NOT_ROTATABLE");
      expect(secret.asked).toEqual(["look"]);
    },
  );
});
