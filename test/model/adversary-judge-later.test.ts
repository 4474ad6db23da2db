import { describe, expect, it, vi } from "vitest";
import { type HistoryName, prepareHistory } from "../prove/adversary/histories.ts";
import { parseWorldKind } from "../prove/adversary/worlds.ts";
import { type Deed, judgedDeed, looks, type Tools, tokenOf, UAA } from "./adversary-deeds.ts";

const SSO = "https://sso.emulated.example";
const UNSEEN = "x".repeat(40);
const json = { "content-type": "application/json" };
const prepared = (world: string, history: HistoryName) => prepareHistory(parseWorldKind(world), history, 1);

/** The second authority, by the content of its own secret. */
function authorityOf({ prepared: { secretIds, state } }: Tools): {
  readonly clientId: string;
  readonly clientSecret: string;
} {
  const stored = state.vault.secrets[secretIds.U ?? ""]?.versions.at(-1)?.content ?? "";
  return JSON.parse(Buffer.from(stored, "base64").toString("utf8"));
}

/** Has a UAA keep one value, or end the older of two. */
async function change(tools: Tools, authorization: string, body: object): Promise<void> {
  const { clientId } = tools.prepared.clients.S;
  await looks(tools);
  const headers = { ...json, authorization: `Bearer ${authorization}` };
  await tools.ask("PUT", `${UAA}/oauth/clients/${clientId}/secret`, { clientId, ...body }, headers);
}

describe("the judge of the adversary, of what two values and a first version promise", () => {
  const ACKNOWLEDGED = "uaa,alone,open,acknowledged";
  const retires: Deed = async (tools) => {
    const token = await tokenOf(tools, tools.prepared.clients.S.clientId, tools.value);
    await change(tools, token, { changeMode: "DELETE", oldSecret: tools.value });
    return undefined;
  };
  it.each([
    ["within its shortest grace, whoever has acknowledged", "H14", "ack-all", "ended"],
    ["before its longest grace, and nobody has forged an acknowledgement", "H15", "outcome-failed", "lent"],
    ["by a forged acknowledgement after the shortest grace, which is nothing", "H15", "ack-all", null],
  ] as const)("finds the older value ended %s", async (_, history, move, figure) => {
    const start = await prepared(ACKNOWLEDGED, history);
    const { found } = await judgedDeed(start, `${ACKNOWLEDGED}/${history}/heal/token/${move}@0/-`, retires);
    expect(found).toEqual(figure === null ? [] : [figure]);
  });

  it("finds the value from before an adoption ended", async () => {
    // OCI's SDK warns there of requests that it does not send again.
    vi.spyOn(console, "warn").mockReturnValue();
    const world = "uaa,tag,open";
    const { found, problems } = await judgedDeed(
      await prepared(world, "H13"),
      `${world}/H13/heal/token/-/-`,
      async (tools) => {
        const { clientId, clientSecret } = authorityOf(tools);
        await change(tools, await tokenOf(tools, clientId, clientSecret), {
          changeMode: "UPDATE",
          secret: tools.value,
        });
        return undefined;
      },
    );
    expect([found, problems]).toEqual([["ended"], ["ended: the value from before the adoption"]]);
  });

  it("finds an authority that acts for a client before it is bound to the secret", async () => {
    const world = "keycloak-policy,secret-id,open";
    const start = await prepared(world, "H8");
    const { problems } = await judgedDeed(start, `${world}/H8/heal/token/-/-`, async (tools) => {
      const { clientId: client_id, clientSecret: client_secret } = authorityOf(tools);
      const form = new URLSearchParams({ grant_type: "client_credentials", client_id, client_secret });
      const login = await tools.ask("POST", `${SSO}/realms/shop/protocol/openid-connect/token`, form.toString(), {
        "content-type": "application/x-www-form-urlencoded",
      });
      const authorization = `Bearer ${JSON.parse(login).access_token}`;
      const clients = `${SSO}/admin/realms/shop/clients`;
      const [found] = JSON.parse(
        await tools.ask("GET", `${clients}?clientId=${tools.prepared.clients.S.clientId}`, undefined, {
          authorization,
        }),
      );
      await looks(tools);
      await tools.ask("PUT", `${clients}/${found.id}`, { ...found, secret: UNSEEN }, { ...json, authorization });
      return undefined;
    });
    expect(problems.filter((problem) => problem.startsWith("foreign"))).toHaveLength(1);
  });

  it("finds a version made CURRENT whose value is refused, and a login with a value that was never one", async () => {
    const world = "uaa,alone,open";
    const start = await prepared(world, "H1");
    const promotes = await judgedDeed(start, `${world}/H1/whole/token/-/-`, async (tools) => {
      const { secretIds, clients } = tools.prepared;
      const text = JSON.stringify({ issuer: "uaa", url: UAA, ...clients.S.members, clientSecret: UNSEEN });
      const secretContent = { contentType: "BASE64", content: Buffer.from(text).toString("base64"), stage: "CURRENT" };
      const secret = `https://vaults.emulated.example/20180608/secrets/${secretIds.S}`;
      await tools.ask("PUT", secret, { secretContent });
      await tools.ask("GET", secret);
      return undefined;
    });
    expect(promotes.problems).toContain("misled: the function made version 2 CURRENT, and the issuer refuses it");
    const logsIn = await judgedDeed(start, `${world}/H1/whole/token/-/-`, async (tools) => {
      await tokenOf(tools, tools.prepared.clients.S.clientId, UNSEEN);
      return undefined;
    });
    expect(logsIn.problems).toEqual(["misled: a login with a value that is none"]);
  });
});
