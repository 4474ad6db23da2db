/** The commands of docs/issuers/uaa.md, against the real UAA. */
import { afterAll, describe, expect, inject, it } from "vitest";
import { uaaCalls } from "../contract/uaa-calls.ts";
import { runPage, scriptsOf } from "../support/page-script.ts";
import { openRealUaa } from "./uaa-under-test.ts";

describe("the commands of the UAA's page", () => {
  const uaa = openRealUaa();
  const calls = uaaCalls(uaa);
  const [signIn = "", change = "", make = "", keepOne = ""] = scriptsOf(
    "docs/issuers/uaa.md",
    "test/live/uaa-docs.live.test.ts",
  );
  const { url, admin } = inject("uaa");
  const run = (clientId: string, block: string, files = {}) =>
    runPage([signIn, block], {
      values: { UAA: url, ADMIN: admin.clientId, CLIENT: clientId },
      files: { "admin-secret": `${admin.secret}\n`, "client-secret": "unused\n", ...files },
    });
  afterAll(() => uaa.stop());

  it("give an existing client its authority, and leave its secret as it is", async () => {
    const client = await uaa.makeClient({ authorities: ["uaa.none"] });
    const changed = JSON.parse(await run(client.clientId, change));
    expect(changed).toMatchObject({ authorities: expect.arrayContaining(["clients.secret", "uaa.none"]) });
    expect((await calls.login(client)).status).toBe(200);
  });

  it("make a new client that may change its own secret", async () => {
    const client = { clientId: `page-${process.pid}`, secret: "the secret of the page" };
    const made = JSON.parse(await run(client.clientId, make, { "client-secret": `${client.secret}\n` }));
    expect(made).toMatchObject({ client_id: client.clientId, authorities: ["clients.secret"] });
    expect((await calls.login(client)).status).toBe(200);
  });

  it("leave a client with two secrets the one of CURRENT alone", async () => {
    const { clientId, secret } = await uaa.makeClient();
    // The page keeps the value in a file beside the one of the administrator.
    const block = `cp "$GIVEN/current-secret" .\n${keepOne}`;
    await run(clientId, block, { "current-secret": "the secret of CURRENT\n" });
    expect((await calls.login({ clientId, secret: "the secret of CURRENT" })).status).toBe(200);
    expect((await calls.login({ clientId, secret })).status).toBe(401);
  });
});
