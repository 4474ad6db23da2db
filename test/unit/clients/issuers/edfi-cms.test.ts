import nock from "nock";
import { describe, expect, test } from "vitest";
import { edfiCms } from "../../../../src/clients/issuers/edfi-cms.ts";
import { requestToken } from "../../../../src/clients/issuers/token-request.ts";
import { heldSecret } from "../../../support/held.ts";
import { changesTheIssuer, type IssuerUnderTest, logsInAtTheIssuer } from "../../../support/issuer-suite.ts";
import {
  CLIENT_SECRET,
  expectQuiet,
  HOST,
  KEY,
  made,
  mint,
  NEW,
  open,
  RESET_PATH,
  setUp,
  TOKEN,
  TOKEN_PATH,
} from "./edfi-cms-rig.ts";

describe("what goes over the wire", () => {
  test("login sends key and secret as a form, and asks for no scope", async () => {
    nock(HOST, {
      reqheaders: { "content-type": "application/x-www-form-urlencoded" },
      badheaders: ["authorization", "tenant"],
    })
      .post(TOKEN_PATH, { grant_type: "client_credentials", client_id: KEY, client_secret: CLIENT_SECRET })
      .reply(200, { access_token: TOKEN, token_type: "Bearer", expires_in: 1800 });
    const { credential, clock } = setUp({ tenant: "district-1" });
    const login = await credential.login(null);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: clock.monotonic() + 1_800_000 } });
    expectQuiet(login);
  });

  test("an administrator logs in at the same place, and asks for full access", async () => {
    nock(HOST)
      .post(TOKEN_PATH, {
        grant_type: "client_credentials",
        scope: "edfi_admin_api/full_access",
        client_id: "admin",
        client_secret: "its-own",
      })
      .reply(200, { access_token: TOKEN });
    const { http, clock } = setUp();
    const { tokenEndpoint, clientAuth } = edfiCms.loginAt({ base: HOST, realm: null, tokenUrl: null });
    const shown = clientAuth("admin", "its-own");
    expect((await requestToken(tokenEndpoint, shown, { http, clock })).verdict).toBe("accepted");
  });

  test("a reset is one PUT with an empty object and the bearer", async () => {
    nock(HOST, {
      reqheaders: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      badheaders: ["tenant"],
    })
      .put(RESET_PATH, {})
      .reply(200, made);
    const result = await mint(setUp());
    expect(result.outcome).toBe("minted");
    if (result.outcome === "minted") expect(result.clientSecret.reveal()).toBe(NEW);
    expectQuiet(result);
  });

  test.each([
    [{ apiVersion: "v2" }, "/v2/apiClients/7/reset-credential"],
    [{ apiVersion: "v3" }, RESET_PATH],
    [{ apiClientId: undefined, applicationId: 3 }, "/v3/applications/3/reset-credential"],
    [{ apiVersion: "v2", apiClientId: undefined, applicationId: 3 }, "/v2/applications/3/reset-credential"],
    [{ url: `${HOST}/config/` }, `/config${RESET_PATH}`],
  ])("with %j a reset goes to %s", async (members, path) => {
    nock(HOST).put(path).reply(200, made);
    expect((await mint(setUp(members))).outcome).toBe("minted");
  });

  test("the tenant of the content is named at a reset", async () => {
    nock(HOST, { reqheaders: { tenant: "district-1" } })
      .put(RESET_PATH)
      .reply(200, made);
    expect((await mint(setUp({ tenant: "district-1" }))).outcome).toBe("minted");
  });

  test("a token endpoint elsewhere is that of the content", async () => {
    const tokenUrl = "https://idp.example.org/realms/edfi/protocol/openid-connect/token";
    nock("https://idp.example.org")
      .post("/realms/edfi/protocol/openid-connect/token")
      .reply(200, { access_token: TOKEN });
    const { credential } = setUp({ tokenUrl });
    expect((await credential.login(null)).verdict).toBe("accepted");
    expect(credential.tokenEndpoint.url).toBe(tokenUrl);
    expect(credential.client).toMatchObject({ base: HOST, tokenUrl });
  });
});

const issuer: IssuerUnderTest = {
  open: (rig) => open({}, rig),
  token: TOKEN,
  by: "authority",
  secrets: [CLIENT_SECRET, NEW],
};
changesTheIssuer("a reset", issuer, {
  intercept: () => nock(HOST).put(RESET_PATH),
  send: (credential, authorization) => credential.mint(authorization),
});
logsInAtTheIssuer(issuer, () => nock(HOST).post(TOKEN_PATH));

test("no value of ours is taken here, none can be read back, and none lives on", async () => {
  const { credential, authorization } = setUp();
  const value = heldSecret(NEW, credential.client);
  expect(await credential.install(authorization, value, "keep")).toMatchObject({
    outcome: "refused",
    error: { code: "INTERNAL" },
  });
  expect(await credential.readBack(authorization)).toEqual({ outcome: "not-readable", isProofAlive: true });
  expect(await credential.retire(authorization, value)).toEqual({ outcome: "nothing-to-retire" });
});
