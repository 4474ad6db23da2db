import { expect } from "vitest";
import { createSeededEntropy } from "../../src/emulator/core/seeded-entropy.ts";
import { createVirtualClock, type VirtualClock } from "../../src/emulator/core/virtual-clock.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { type ModelOptions, ReferenceModel, type Refusals } from "../prove/reference-model.ts";

export const VAULT = "https://vaults.emulated.example/20180608/secrets";
export const BUNDLES = "https://secrets.vaults.emulated.example/20190301/secretbundles";
export const DOMAIN = "https://idcs-1.identity.emulated.example";

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly etag: string | undefined;
  readonly body: unknown;
}

/** The emulator as its clients see it: over requests alone. */
export interface Real {
  readonly emulator: Emulator;
  readonly clock: VirtualClock;
  readonly secretId: string;
  readonly app: { readonly appId: string; readonly clientId: string };
  readonly readBack: ModelOptions["readBack"];
  /** The etag seen at each revision of the model. */
  readonly etags: Map<number, string>;
  /** In the order of the model's tokens. */
  readonly tokens: string[];
  /** Client secrets, the accepted one last. */
  readonly values: string[];
}

export async function ask(
  { emulator, clock }: Real,
  method: "GET" | "POST" | "PUT",
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  const deadline = clock.monotonic() + 10_000;
  const sent = body === undefined ? {} : { body };
  const answer = await emulator.transport({ method, url, headers, deadline, ...sent });
  const parsed: unknown = answer.body === "" ? {} : JSON.parse(answer.body);
  const { code = "" } = parsed as { code?: string };
  return { status: answer.status, code, etag: answer.headers["etag"], body: parsed };
}

export const encode = (text: string) => Buffer.from(text).toString("base64");

/** Model and emulator with the same secret, the same client and the same behaviour where the contracts leave it open. */
export function begin(options: ModelOptions): { model: ReferenceModel; real: Real } {
  const clock = createVirtualClock();
  const emulator = createEmulator({
    clock,
    entropy: createSeededEntropy(1),
    switches: {
      "updating-polls": 0,
      "updating-ms": options.updatingMs,
      "second-pending": options.secondPending,
      "if-match": options.ifMatch,
      "promote-deprecated": options.promoteDeprecated,
      "old-tokens": options.oldTokens,
      "app-read-back": options.readBack,
      "version-limit": options.versionLimit,
      "token-life-seconds": options.tokenLifeMs / 1000,
    },
  });
  const { appId, clientId, secret } = emulator.admin.createApp();
  const content = JSON.stringify({ clientId, appSecret: secret });
  const secretId = emulator.admin.createSecret({ name: "app", content });
  const app = { appId, clientId };
  const real: Real = {
    emulator,
    clock,
    secretId,
    app,
    readBack: options.readBack,
    etags: new Map(),
    tokens: [],
    values: ["wrong", secret],
  };
  return { model: new ReferenceModel(options, secret, content), real };
}

/** Refused as the model says, or not at all. */
export function expectOutcome(answer: Answer, refusals: Refusals): void {
  if (refusals.length === 0) expect(answer.status, answer.code).toBeLessThan(300);
  else expect(refusals).toContain(`${answer.status} ${answer.code}`);
}

interface WireVersion {
  readonly versionNumber: number;
  readonly name?: string;
  readonly stages: readonly string[];
  readonly timeOfDeletion?: string;
}

/** Secret, etag, version list and every content, seen over requests. */
export async function compare(model: ReferenceModel, real: Real): Promise<void> {
  model.settle(real.clock.now());
  const secret = await ask(real, "GET", `${VAULT}/${real.secretId}`);
  const shown = { lifecycleState: model.lifecycle, currentVersionNumber: model.at("CURRENT")?.number };
  expect(secret.body).toMatchObject(shown);
  const etag = secret.etag ?? "";
  const known = real.etags.get(model.revision);
  if (known === undefined) expect([...real.etags.values()]).not.toContain(etag);
  else expect(etag).toBe(known);
  real.etags.set(model.revision, etag);
  const list = await ask(real, "GET", `${VAULT}/${real.secretId}/versions?sortBy=VERSION_NUMBER&sortOrder=ASC`);
  const refusals = model.list();
  expectOutcome(list, refusals);
  if (refusals.length > 0) return;
  const rows = (list.body as WireVersion[]).map(({ versionNumber, name, stages, timeOfDeletion }) => ({
    number: versionNumber,
    name: name ?? null,
    stages: [...stages],
    goesAt: timeOfDeletion === undefined ? null : Date.parse(timeOfDeletion),
  }));
  const wanted = model.versions.map((version) => ({
    number: version.number,
    name: version.name,
    stages: model.stagesOf(version),
    goesAt: version.goesAt,
  }));
  expect(rows).toEqual(wanted);
}
