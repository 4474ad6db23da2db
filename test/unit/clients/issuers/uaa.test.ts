import nock from "nock";
import { describe, expect, test } from "vitest";
import { heldSecret } from "../../../support/held.ts";
import { changesTheIssuer, type IssuerUnderTest, logsInAtTheIssuer } from "../../../support/issuer-suite.ts";
import {
  add,
  CLIENT_SECRET,
  expectQuiet,
  HOST,
  NEWER,
  OLDER,
  open,
  remove,
  SECRET_PATH,
  setUp,
  TOKEN,
  TOKEN_PATH,
} from "./uaa-rig.ts";

describe("what goes over the wire", () => {
  test("login sends id and secret as a form, never as Basic beside it, and asks for an opaque token", async () => {
    nock(HOST, {
      reqheaders: { "content-type": "application/x-www-form-urlencoded", "x-cf-encoded-credentials": "true" },
      badheaders: ["authorization", "x-identity-zone-id"],
    })
      .post(
        TOKEN_PATH,
        "grant_type=client_credentials&client_id=app&client_secret=canary%2F%2B9c1f%7E4711&token_format=opaque",
      )
      .reply(200, { access_token: TOKEN, token_type: "bearer", expires_in: 43_199, scope: "", jti: "x" });
    const { credential, clock } = setUp();
    const login = await credential.login(3_600);
    expect(login).toMatchObject({ verdict: "accepted", token: { expiresAt: clock.monotonic() + 43_199_000 } });
    expectQuiet(login);
  });

  test("a value is added by mode ADD alone, with CURRENT's as the proof that the client acts for itself", async () => {
    nock(HOST, {
      reqheaders: {
        authorization: `Bearer ${TOKEN}`,
        "content-type": "application/json",
        accept: "application/json",
      },
      badheaders: ["x-identity-zone-id"],
    })
      .put(SECRET_PATH, { clientId: "app", changeMode: "ADD", oldSecret: CLIENT_SECRET, secret: NEWER })
      .reply(200, { status: "ok", message: "Secret is added" });
    const added = await add(setUp());
    expect(added).toEqual({ outcome: "installed" });
  });

  test("the older value is deleted by mode DELETE, with itself as the proof, so that a late request dies with it", async () => {
    nock(HOST, { reqheaders: { authorization: `Bearer ${TOKEN}` } })
      .put(SECRET_PATH, { clientId: "app", changeMode: "DELETE", oldSecret: OLDER })
      .reply(200, { status: "ok", message: "Secret is deleted" });
    expect(await remove(setUp())).toEqual({ outcome: "retired" });
  });

  test("no change names a zone: the host does", async () => {
    nock(HOST, { badheaders: ["x-identity-zone-id"] })
      .put(SECRET_PATH)
      .reply(200, {})
      .put(SECRET_PATH)
      .reply(200, {});
    const opened = setUp();
    expect(await add(opened)).toEqual({ outcome: "installed" });
    expect(await remove(opened)).toEqual({ outcome: "retired" });
  });

  test("an id that is no plain word stands encoded in the path", async () => {
    nock(HOST).put("/uaa/oauth/clients/a%20b%26c%C3%A9/secret").reply(200, {});
    const { credential, own } = setUp({ clientId: "a b&cé" });
    expect(await credential.install(own, heldSecret(NEWER, credential.client), "keep")).toEqual({
      outcome: "installed",
    });
  });

  test("an address without a path is that of a UAA at the root", async () => {
    nock(HOST).post("/oauth/token").reply(200, { access_token: TOKEN }).put("/oauth/clients/app/secret").reply(200, {});
    const { credential, own } = setUp({ url: `${HOST}/` });
    expect((await credential.login(null)).verdict).toBe("accepted");
    expect((await credential.install(own, heldSecret(NEWER, credential.client), "keep")).outcome).toBe("installed");
  });
});

const issuer: IssuerUnderTest = { open: (rig) => open({}, rig), token: TOKEN, secrets: [CLIENT_SECRET, OLDER, NEWER] };
const intercept = () => nock(HOST).put(SECRET_PATH);
changesTheIssuer("adding", issuer, {
  intercept,
  send: (credential, own) => credential.install(own, heldSecret(NEWER, credential.client), "keep"),
});
changesTheIssuer("deleting", issuer, {
  intercept,
  send: (credential, own) => credential.retire(own, heldSecret(OLDER, credential.client)),
});
logsInAtTheIssuer(issuer, () => nock(HOST).post(TOKEN_PATH));

test("nothing is minted here, and nothing can be read back: neither sends a request", async () => {
  const { credential, own } = setUp();
  expect(await credential.mint(own)).toMatchObject({ outcome: "refused", error: { code: "INTERNAL" } });
  expect(await credential.readBack(own)).toEqual({ outcome: "not-readable", isProofAlive: true });
});
