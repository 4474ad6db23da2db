import { type EmulatedResponse, parseObject } from "../../src/emulator/core/wire.ts";
import { accepts } from "../../src/emulator/identity/state.ts";
import { seenContent } from "./contents.ts";
import type { World } from "./world.ts";

/**
 * The caller that the emulator records for requests by a person. Faults never strike it, and the checker does not judge
 * it.
 */
export const OPERATOR = "operator";

/** A person at the console, who goes by the documentation: what destroys the secret is made good by the same person. */
export interface Operator {
  /** Makes a version CURRENT, whatever it holds; `pick` chooses among those that are there. */
  promote(pick: number): Promise<void>;
  /** Makes PREVIOUS current, if there is one. */
  rollBack(): Promise<void>;
  /** Schedules the deletion of a DEPRECATED credential that the issuer refuses. */
  deleteOld(pick: number): Promise<void>;
  /** Writes a PENDING version with a client secret that never was one. */
  writeWrong(): Promise<void>;
  /** Regenerates, and stores the value so much later. */
  regenerate(storesAfterMs: number): Promise<void>;
}

const RETRY_MS = 2_000;
/** Longer than a slow UPDATING. */
const MAX_TRIES = 100;
const DELETED_AFTER_MS = 2 * 86_400_000;

export function createOperator({ emulator, setup, clock }: World): Operator {
  const { secretId, clientId } = setup;
  const path = `/20180608/secrets/${secretId}`;

  const ask = (method: string, target: string, body?: object): EmulatedResponse => {
    const { switches } = emulator;
    const before = switches["signed-callers"];
    switches["signed-callers"] = "allowed";
    const arrival = emulator.core.arrive(
      {
        method,
        host: "console.emulated.example",
        path: target,
        target,
        query: {},
        headers: { authorization: 'Signature version="1"', "content-type": "application/json" },
        body: body === undefined ? "" : JSON.stringify(body),
      },
      OPERATOR,
    );
    switches["signed-callers"] = before;
    if (arrival.kind !== "answered" || arrival.response instanceof Promise)
      throw new Error("a fault struck the console");
    return arrival.response;
  };
  /** Until Vault takes it: UPDATING ends. False: it refuses for another reason. */
  const write = async (method: string, target: string, body: object): Promise<boolean> => {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { status } = ask(method, target, body);
      // The console looks at what it has done, and with that look a short UPDATING is over.
      if (status < 300) ask("GET", path);
      if (status !== 409) return status < 300;
      await clock.sleep(RETRY_MS);
    }
    return false;
  };
  const secret = () => emulator.admin.secret(secretId);
  const present = () => secret().versions.filter((version) => !version.deleted);
  const pickOf = <T>(items: readonly T[], pick: number): T | undefined => items[pick % Math.max(1, items.length)];
  const promoteNumber = async (number: number | undefined) => {
    if (number !== undefined) await write("PUT", path, { currentVersionNumber: number });
  };
  const store = async (value: string) => {
    const newest = secret().versions.findLast(({ content }) => !seenContent(content).isClaim);
    const text = Buffer.from(newest?.content ?? "", "base64").toString("utf8");
    const content = Buffer.from(JSON.stringify({ ...parseObject(text), appSecret: value })).toString("base64");
    const put = (stage: "PENDING" | "CURRENT") =>
      write("PUT", path, { secretContent: { contentType: "BASE64", content, stage } });
    // If Vault takes no second PENDING version, an operator makes the value CURRENT.
    return (await put("PENDING")) || put("CURRENT");
  };

  return {
    promote: (pick) =>
      promoteNumber(
        pickOf(
          present().filter(({ deletionAt }) => deletionAt === null),
          pick,
        )?.number,
      ),
    rollBack: () => promoteNumber(present().find(({ stage }) => stage === "PREVIOUS")?.number),
    deleteOld: async (pick) => {
      const app = emulator.admin.app(clientId);
      const isDead = (content: string) => {
        const { isClaim, clientSecret } = seenContent(content);
        // A claim may hold the token that is the only way back.
        return !isClaim && clientSecret !== null && !accepts(app, clientSecret, clock.now());
      };
      const old = present().filter(
        ({ stage, deletionAt, content }) => stage === "DEPRECATED" && deletionAt === null && isDead(content),
      );
      const version = pickOf(old, pick);
      if (version === undefined) return;
      const timeOfDeletion = new Date(clock.now() + DELETED_AFTER_MS + MAX_TRIES * RETRY_MS).toISOString();
      await write("POST", `${path}/version/${version.number}/actions/scheduleDeletion`, { timeOfDeletion });
    },
    writeWrong: async () => {
      // Passes by the watched entropy: a wrong secret that leaks is a leak as well.
      const value = `idcscs-${emulator.entropy.uuid()}`;
      const { content } = secret().versions[0] ?? { content: "" };
      const right = parseObject(Buffer.from(content, "base64").toString("utf8"));
      const wrong = Buffer.from(JSON.stringify({ ...right, appSecret: value })).toString("base64");
      await write("PUT", path, { secretContent: { contentType: "BASE64", content: wrong, stage: "PENDING" } });
    },
    regenerate: async (storesAfterMs) => {
      const { id } = emulator.admin.app(clientId);
      const answer = ask("POST", "/admin/v1/AppClientSecretRegenerator", { appId: id });
      const value = parseObject(answer.body)?.["clientSecret"];
      if (typeof value !== "string") throw new Error("the console could not regenerate");
      if (storesAfterMs > 0) await clock.sleep(storesAfterMs);
      if (!(await store(value))) throw new Error("the console could not store the value");
    },
  };
}
