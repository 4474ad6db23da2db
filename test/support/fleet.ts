import { type Transport, TransportError } from "../../src/clients/http/transport.ts";
import { withSecondPendingTaken } from "../../src/clients/vault/rotation-metadata.ts";
import { addVersion } from "../../src/emulator/vault/stages.ts";
import type { Answer } from "../../src/rotation/handler.ts";
import type { WorldOptions } from "./world.ts";
import type { TestWorld } from "./worlds.ts";

export const COMPARTMENT = "ocid1.compartment.oc1..emulatedcompartment";
export const OTHER_COMPARTMENT = "ocid1.compartment.oc1..other";
export const HEAL_ALL = { action: "heal" };

/** What a heal finds: nothing wrong, a PENDING version that works, another's live claim on a dead CURRENT, no way back. */
export type Condition = "healthy" | "healed" | "busy" | "failed";
interface Made {
  readonly id: string;
  readonly clientId: string;
  readonly value: string;
}
/** Many secrets whose rotation targets one function. */
interface Fleet extends TestWorld {
  readonly functionId: string;
  /** A secret of its own application, whose rotation targets the function. */
  make(condition: Condition, options?: { functionId?: string; compartmentId?: string }): Made;
  heal(seconds?: number): Promise<Answer>;
  /** From now on a login with this value is answered after `ms`, by default never. */
  tarpit(clientId: string, value: string, ms?: number): void;
  /** Ids of the secrets whose CURRENT was asked for, in order: this is what a heal of one secret begins with. */
  healed(): string[];
}

/** A function with the setting that names its compartments. */
export async function createFleet(
  world: (options: WorldOptions) => Promise<TestWorld>,
  environment: Record<string, string> = {},
  switches: WorldOptions["switches"] = {},
): Promise<Fleet> {
  const settings = { OROT_HEAL_COMPARTMENT_IDS: COMPARTMENT, ...environment };
  const slow = new Map<string, number>();
  const transport: WorldOptions["transport"] =
    (emulator, clock): Transport =>
    async (request) => {
      const ms = slow.get(request.headers["authorization"] ?? "") ?? 0;
      const left = Math.max(0, request.deadline - clock.monotonic());
      if (ms > 0) await clock.sleep(Math.min(ms, left));
      if (ms < left) return emulator.transport(request);
      throw new TransportError("TIMED_OUT", true, "no answer before the deadline");
    };
  const w = await world({ environment: settings, switches: { "app-read-back": "empty", ...switches }, transport });
  const { admin } = w.emulator;
  const functionId = admin.createFunction();
  w.environment["FN_FN_ID"] = functionId;
  let count = 0;
  const make: Fleet["make"] = (condition, options = {}) => {
    const app = admin.createApp();
    const content = { ...JSON.parse(admin.content(w.secretId, 1) ?? "{}"), appId: app.appId, clientId: app.clientId };
    const text = JSON.stringify({ ...content, appSecret: app.secret });
    count += 1;
    const id = admin.createSecret({
      name: `made-${count}`,
      content: text,
      functionId,
      metadata: withSecondPendingTaken({}),
      ...options,
    });
    const add = (made: object) =>
      addVersion(admin.secret(id), {
        name: `orot-2`,
        content: Buffer.from(JSON.stringify(made)).toString("base64"),
        stage: "PENDING",
        now: w.clock.now(),
        keepPending: false,
      });
    const value = condition === "healthy" ? app.secret : `made-elsewhere-${count}`;
    if (condition !== "healthy") {
      const stored = admin.app(app.clientId);
      stored.secret = value;
      stored.accepted = [{ value, acceptedFrom: 0, acceptedUntil: null, refusalsLeft: 0 }];
      w.canary.add(value);
    }
    if (condition === "healed") add({ ...content, appSecret: value });
    if (condition === "busy") {
      const _rotation = { v: 1, kind: "claim", callId: "01OTHER", ttlSeconds: 3_600, base: 1, takeovers: 0 };
      add({ ...content, appSecret: app.secret, _rotation });
    }
    return { id, clientId: app.clientId, value };
  };
  let seen = 0;
  return {
    ...w,
    functionId,
    make,
    heal: (seconds) => w.call(HEAL_ALL, seconds),
    tarpit(clientId, value, ms = Number.POSITIVE_INFINITY) {
      slow.set(`Basic ${Buffer.from(`${clientId}:${value}`).toString("base64")}`, ms);
    },
    healed() {
      const requests = w.emulator.requests.slice(seen);
      seen = w.emulator.requests.length;
      const ids = requests.filter(({ call }) => call === "get-secret").map(({ target }) => target.split("/").at(-1));
      return [...new Set(ids.map((id) => id?.split("?")[0] ?? ""))];
    },
  };
}

/** CURRENT of one secret, asked of the issuer. */
export function verdictOf(w: TestWorld, { id, clientId }: Made): string {
  const current = w.emulator.admin.versions(id).find(({ versionStages }) => versionStages.includes("CURRENT"));
  const { appSecret } = JSON.parse(w.emulator.admin.content(id, current?.number ?? 0) ?? "{}");
  return w.emulator.admin.login(clientId, appSecret);
}

/** The five counts of an answer. */
export const countsOf = ({ healed, healthy, busy, failed, remaining }: Answer) => ({
  healed,
  healthy,
  busy,
  failed,
  remaining,
});
