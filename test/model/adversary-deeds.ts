import type { Dependencies, Handler } from "../../src/rotation/handler.ts";
import { deedsOf } from "../prove/adversary/judge/deeds.ts";
import { judge } from "../prove/adversary/judge/judge.ts";
import type { Prepared } from "../prove/adversary/prepare.ts";
import { runSchedule } from "../prove/adversary/run.ts";
import { type AdversarySchedule, parseAdversarySchedule } from "../prove/adversary/schedule.ts";

export const UAA = "https://uaa.emulated.example/uaa";
const answered = { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: null };

/** What a function that is no product of ours does in its first call. */
export interface Tools extends Dependencies {
  readonly prepared: Prepared;
  /** The value of S's client. */
  readonly value: string;
  ask(
    method: "GET" | "PUT" | "POST",
    url: string,
    body?: object | string,
    headers?: Record<string, string>,
  ): Promise<string>;
}
export type Deed = (tools: Tools) => Promise<Partial<typeof answered> | undefined>;

/** A handler of its own in the product's place: in its first call it does what it is told, later nothing. */
function doing(deed: Deed, prepared: Prepared): (dependencies: Dependencies) => Handler {
  const secret = prepared.state.vault.secrets[prepared.secretIds.S];
  const content: { clientSecret: string } = JSON.parse(
    Buffer.from(secret?.versions.at(-1)?.content ?? "", "base64").toString("utf8"),
  );
  let isDone = false;
  return (dependencies) => async () => {
    if (isDone) return answered;
    isDone = true;
    const ask: Tools["ask"] = async (method, url, body, headers = {}) => {
      const text = typeof body === "object" ? JSON.stringify(body) : body;
      const deadline = dependencies.clock.monotonic() + 10_000;
      const request = { method, url, headers, deadline, ...(text === undefined ? {} : { body: text }) };
      return (await dependencies.transport(request)).body;
    };
    return { ...answered, ...(await deed({ ...dependencies, prepared, value: content.clientSecret, ask })) };
  };
}

export async function tokenOf({ ask }: Tools, clientId: string, secret: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: secret });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer: { access_token: string } = JSON.parse(
    await ask("POST", `${UAA}/oauth/token`, form.toString(), headers),
  );
  return answer.access_token;
}

/** Has UAA take one more value for a client, whose token is given. */
export async function add(
  tools: Tools,
  clientId: string,
  token: string,
  oldSecret: string,
  secret: string,
): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = { clientId, changeMode: "ADD", oldSecret, secret };
  await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, body, headers);
}

export const secretUrl = ({ prepared }: Tools, owner: "S" | "O") =>
  `https://vaults.emulated.example/20180608/secrets/${prepared.secretIds[owner]}`;
export const base64 = (text: string) => Buffer.from(text).toString("base64");
export const looks = async (tools: Tools) => {
  await tools.ask("GET", secretUrl(tools, "S"));
};
export const writes = async (tools: Tools, owner: "S" | "O", body: object) => {
  await tools.ask("GET", secretUrl(tools, owner));
  await tools.ask("PUT", secretUrl(tools, owner), body);
  await tools.ask("GET", secretUrl(tools, owner));
};
export const content = (text: string, stage: "CURRENT" | "PENDING") => ({
  secretContent: { contentType: "BASE64", content: base64(text), stage },
});

export const nothing: Deed = () => Promise.resolve(undefined);

/** What the judge finds where such a function is called. @param schedule all but the beginning, `adversary/` */
export async function judgedDeed(prepared: Prepared, id: string, deed: Deed) {
  const schedule = parseAdversarySchedule(`adversary/${id}`);
  const run = await runSchedule(schedule, prepared, doing(deed, prepared));
  const idle = await runSchedule(
    { ...schedule, event: "heal" } as AdversarySchedule,
    prepared,
    doing(nothing, prepared),
  );
  const { problems, ...figures } = judge(run, deedsOf(idle));
  const found = Object.entries(figures).filter(([, count]) => count > 0);
  return { found: found.map(([name]) => name), problems };
}
