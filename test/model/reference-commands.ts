import * as fc from "fast-check";
import { expect } from "vitest";
import { DAY_MS } from "../../src/base/durations.ts";
import type { Match, ModelOptions, ReferenceModel } from "../prove/reference-model.ts";
import { ask, BUNDLES, compare, DOMAIN, encode, expectOutcome, type Real, VAULT } from "./reference-real.ts";

type Act = (model: ReferenceModel, real: Real) => Promise<void>;

class Command implements fc.AsyncCommand<ReferenceModel, Real> {
  readonly text: string;
  readonly act: Act;
  constructor(text: string, act: Act) {
    this.text = text;
    this.act = act;
  }
  check(): boolean {
    return true;
  }
  async run(model: ReferenceModel, real: Real): Promise<void> {
    await this.act(model, real);
    await compare(model, real);
  }
  toString(): string {
    return this.text;
  }
}

/** Which etag a write carries. */
type Carried = "none" | "fresh" | "stale";

function carry(real: Real, model: ReferenceModel, carried: Carried): { match: Match; headers: Record<string, string> } {
  const revisions = [...real.etags.keys()];
  const match =
    carried === "none"
      ? null
      : ((carried === "fresh" ? revisions.find((one) => one === model.revision) : revisions[0]) ?? null);
  return { match, headers: match === null ? {} : { "if-match": real.etags.get(match) ?? "" } };
}

const carried = fc.constantFrom<Carried>("none", "fresh", "stale");
const number = fc.integer({ min: 1, max: 9 });
const pick = fc.nat({ max: 20 });
const name = fc.constantFrom(null, null, "orot-2", "orot-3", "orot-4", "a.b_c-1", "two words", "");
const versionStage = fc.constantFrom("PENDING" as const, "CURRENT" as const);

const put = (real: Real, headers: Record<string, string>, body: object) =>
  ask(
    real,
    "PUT",
    `${VAULT}/${real.secretId}`,
    { "content-type": "application/json", ...headers },
    JSON.stringify(body),
  );

const write = fc.record({ name, versionStage, carried, pick }).map(
  (arg) =>
    new Command(`write ${JSON.stringify(arg)}`, async (model, real) => {
      const { match, headers } = carry(real, model, arg.carried);
      const content = JSON.stringify({ appSecret: real.values[arg.pick % real.values.length] });
      const named = arg.name === null ? {} : { name: arg.name };
      const stage = arg.versionStage;
      const secretContent = { contentType: "BASE64", content: encode(content), stage, ...named };
      const refusals = model.write({ name: arg.name, content, versionStage: stage }, match, real.clock.now());
      expectOutcome(await put(real, headers, { secretContent }), refusals);
    }),
);
const promote = fc.record({ number, carried }).map(
  (arg) =>
    new Command(`promote ${JSON.stringify(arg)}`, async (model, real) => {
      const { match, headers } = carry(real, model, arg.carried);
      const refusals = model.promote(arg.number, match, real.clock.now());
      expectOutcome(await put(real, headers, { currentVersionNumber: arg.number }), refusals);
    }),
);
const describe = fc.record({ carried, isCombined: fc.boolean() }).map(
  (arg) =>
    new Command(`describe ${JSON.stringify(arg)}`, async (model, real) => {
      const { match, headers } = carry(real, model, arg.carried);
      const body = { secretContent: { contentType: "BASE64", content: encode("{}") }, currentVersionNumber: 1 };
      if (arg.isCombined) expectOutcome(await put(real, headers, body), model.combine(match));
      else expectOutcome(await put(real, headers, { metadata: { x: "y" } }), model.describe(match, real.clock.now()));
    }),
);
const deletion = fc.record({ number, days: fc.constantFrom(0.5, 1, 2, 30, 31, null), carried }).map(
  (arg) =>
    new Command(`deletion ${JSON.stringify(arg)}`, async (model, real) => {
      const { match, headers } = carry(real, model, arg.carried);
      const now = real.clock.now();
      const afterMs = arg.days === null ? null : arg.days * DAY_MS;
      const refusals = model.setDeletion(arg.number, afterMs, match, now);
      const action = afterMs === null ? "cancelDeletion" : "scheduleDeletion";
      const body = afterMs === null ? "" : JSON.stringify({ timeOfDeletion: new Date(now + afterMs).toISOString() });
      const url = `${VAULT}/${real.secretId}/version/${arg.number}/actions/${action}`;
      expectOutcome(await ask(real, "POST", url, { "content-type": "application/json", ...headers }, body), refusals);
    }),
);
const read = fc
  .oneof(
    number.map((value) => `versionNumber=${value}`),
    fc.constantFrom("stage=CURRENT", "stage=PENDING", "stage=PREVIOUS", "stage=LATEST", "secretVersionName=orot-3", ""),
  )
  .map(
    (query) =>
      new Command(`read ${query}`, async (model, real) => {
        const [key = "", value = ""] = query.split("=");
        const wanted = model.versions.findLast(
          (version) =>
            (key === "" && version.versionStage === "CURRENT") ||
            (key === "versionNumber" && version.number === Number(value)) ||
            (key === "secretVersionName" && version.name === value) ||
            (key === "stage" && value === "LATEST") ||
            (key === "stage" && version.versionStage === value),
        );
        const answer = await ask(real, "GET", `${BUNDLES}/${real.secretId}?${query}`);
        expectOutcome(answer, wanted === undefined ? ["404 NotAuthorizedOrNotFound"] : []);
        if (wanted === undefined) return;
        const content = { contentType: "BASE64", content: encode(wanted.content) };
        expect(answer.body).toMatchObject({ versionNumber: wanted.number, secretBundleContent: content });
      }),
  );
const logIn = pick.map(
  (which) =>
    new Command(`log in ${which}`, async (model, real) => {
      const value = real.values[real.values.length - 1 - (which % real.values.length)] ?? "";
      const headers = {
        authorization: `Basic ${encode(`${real.app.clientId}:${value}`)}`,
        "content-type": "application/x-www-form-urlencoded",
      };
      const body = "grant_type=client_credentials&scope=urn%3Aopc%3Aidm%3A__myscopes__";
      const answer = await ask(real, "POST", `${DOMAIN}/oauth2/v1/token`, headers, body);
      const token = model.logIn(value, real.clock.now());
      expect(answer.status).toBe(token === null ? 401 : 200);
      if (token !== null) real.tokens[token] = String((answer.body as { access_token: string }).access_token);
    }),
);
const withToken = (
  text: string,
  act: (model: ReferenceModel, real: Real, headers: Record<string, string>, isGood: boolean) => Promise<void>,
) =>
  pick.map(
    (which) =>
      new Command(`${text} ${which}`, async (model, real) => {
        const token = real.tokens.length - 1 - (which % Math.max(1, real.tokens.length));
        const headers = {
          authorization: `Bearer ${real.tokens[token] ?? "none"}`,
          "content-type": "application/scim+json",
        };
        await act(model, real, headers, model.isTokenGood(token, real.clock.now()));
      }),
  );
const mint = withToken("mint", async (model, real, headers, isGood) => {
  const url = `${DOMAIN}/admin/v1/AppClientSecretRegenerator`;
  const answer = await ask(real, "POST", url, headers, JSON.stringify({ appId: real.app.appId }));
  expect(answer.status).toBe(isGood ? 200 : 401);
  if (!isGood) return;
  const { clientSecret } = answer.body as { clientSecret: string };
  expect(real.values).not.toContain(clientSecret);
  real.values.push(clientSecret);
  model.minted(clientSecret);
});
const readApp = withToken("read app", async (model, real, headers, isGood) => {
  const answer = await ask(real, "GET", `${DOMAIN}/admin/v1/Apps/${real.app.appId}`, headers);
  expect(answer.status).toBe(isGood ? (real.readBack === "forbidden" ? 403 : 200) : 401);
  if (answer.status === 200) expect((answer.body as { clientSecret?: string }).clientSecret).toBe(model.shown);
});
const wait = fc
  .constantFrom(10, 500, 1_000, 60_000, DAY_MS, 3 * DAY_MS)
  .map((ms) => new Command(`wait ${ms}`, async (_model, real) => real.clock.sleep(ms)));

/** Writes weigh more than the rest: they are what versions are made of. */
export const commands = [write, write, promote, describe, deletion, deletion, read, logIn, mint, readApp, wait, wait];

export const options: fc.Arbitrary<ModelOptions> = fc.record({
  secondPending: fc.constantFrom("deprecates", "refuses", "keeps-both"),
  ifMatch: fc.constantFrom("honoured", "ignored"),
  promoteDeprecated: fc.constantFrom("accepted", "refused"),
  oldTokens: fc.constantFrom("live", "die"),
  readBack: fc.constantFrom("clear", "empty", "masked", "forbidden"),
  versionLimit: fc.constantFrom(30, 3),
  updatingMs: fc.constantFrom(0, 1_000),
  tokenLifeMs: fc.constantFrom(3_600_000, 30_000),
});
