import { describe, expect, test } from "vitest";
import { RotationError } from "../../../../src/base/errors.ts";
import { clientTag } from "../../../../src/clients/issuers/client.ts";
import type { Login } from "../../../../src/clients/issuers/verdict.ts";
import { findWayBack } from "../../../../src/rotation/observe/way-back.ts";
import { expectFailure } from "../../../support/failures.ts";
import { toyClient } from "../../../support/held.ts";
import {
  accepted,
  claim,
  createRig,
  credential,
  current,
  deprecated,
  rejected,
  type Written,
  withVault,
} from "../rig.ts";

const previous: Written = { no: 6, stages: ["PREVIOUS"], content: credential("S6") };
const another = (value: string) => credential(value, { clientId: "another" });

interface Case {
  readonly versions?: readonly Written[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly login?: Login;
  readonly client?: string;
}

function looking({ versions = [current, previous], environment = {}, login = accepted, client = "" }: Case = {}) {
  const logins: string[] = [];
  const rig = createRig(versions, environment, {
    issuer: {
      async login() {
        logins.push("login");
        return login;
      },
    },
  });
  rig.vault.definedTags = { rotation: { client } };
  return { ...rig, logins, go: () => findWayBack(rig.context) };
}

describe("the way back", () => {
  test("is PREVIOUS, which has just logged in, with what the look before showed", async () => {
    const { go, asked, logins } = looking({ versions: [current, previous, deprecated(9)] });
    expect(await go()).toEqual({
      versionNo: 6,
      etag: "etag-1",
      currentVersionNo: 7,
      metadata: {},
      tags: {},
      highestNo: 9,
    });
    expect(asked).toEqual(["read-secret", "list", "read 6", "read 7"]);
    expect(logins).toEqual(["login"]);
  });

  test("is looked for once the secret is ACTIVE again", async () => {
    const { vault, clock, context, asked } = looking();
    const { readSecret } = context.clients.vault;
    let reads = 0;
    vault.lifecycle = "UPDATING";
    const waiting = withVault(context, {
      async readSecret() {
        reads += 1;
        if (reads > 2) Object.assign(vault, { lifecycle: "ACTIVE", etag: 2 });
        return readSecret();
      },
    });
    expect(await findWayBack(waiting)).toMatchObject({ versionNo: 6, etag: "etag-2" });
    expect(clock.slept.length).toBeGreaterThan(0);
    expect(asked.indexOf("list")).toBe(3);
    const stuck = looking();
    stuck.vault.lifecycle = "UPDATING";
    await expectFailure(stuck.go, "VAULT_UNAVAILABLE", "the secret stayed UPDATING");
  });

  test("is not looked for in a secret that nobody may write", async () => {
    const { go, vault, asked } = looking();
    vault.lifecycle = "PENDING_DELETION";
    await expectFailure(go, "SECRET_NOT_ROTATABLE");
    expect(asked).toEqual(["read-secret"]);
  });

  test.each<[string, readonly Written[]]>([
    ["the secret has no PREVIOUS version", [current, deprecated(6)]],
    ["PREVIOUS holds no credential", [current, deprecated(5), { ...previous, content: claim("S5") }]],
    ["PREVIOUS holds no credential", [current, { ...previous, content: claim("S5", { v: 9 }) }]],
    [
      "PREVIOUS is of another client than CURRENT, version 7",
      [{ ...previous, no: 8, content: another("S8") }, current, deprecated(3)],
    ],
    [
      "it is not known whether PREVIOUS is of CURRENT's client, as CURRENT cannot be understood: version 7",
      [{ ...current, content: "not json" }, previous],
    ],
  ])("is refused before any login if %s", async (what, versions) => {
    const { go, logins } = looking({ versions });
    expect((await expectFailure(go, "ROLLBACK_REFUSED")).message).toBe(what);
    expect(logins).toEqual([]);
  });

  test("to another client is a command that the operator sends", async () => {
    const { go } = looking({ versions: [current, { ...previous, content: another("S6") }] });
    const { nextAction } = await expectFailure(go, "ROLLBACK_REFUSED");
    const command = "oci vault secret update --secret-id ocid1.vaultsecret.oc1.iad.toy --current-version-number 6";
    expect(nextAction).toBe(`if that client is meant: ${command}`);
  });

  test("is not refused for what Vault does not show of CURRENT: its error is thrown", async () => {
    const { context } = looking();
    const { readVersion } = context.clients.vault;
    const blind = withVault(context, {
      async readVersion(versionNo) {
        if (versionNo === 7) throw new RotationError("VAULT_UNAVAILABLE", "no answer");
        return readVersion(versionNo);
      },
    });
    await expectFailure(() => findWayBack(blind), "VAULT_UNAVAILABLE", "no answer");
  });

  test("is refused for another client than the binding tag names", async () => {
    const environment = { OROT_BINDING_TAG: "rotation.client" };
    const wrong = looking({ environment, client: "another" });
    await expectFailure(wrong.go, "CLIENT_NOT_BOUND");
    expect(wrong.logins).toEqual([]);
    const right = looking({ environment, client: clientTag(toyClient) });
    expect((await right.go()).versionNo).toBe(6);
  });

  test("needs PREVIOUS to log in", async () => {
    const dead = looking({ login: rejected });
    await expectFailure(dead.go, "ROLLBACK_REFUSED", "the issuer refuses the client secret in PREVIOUS");
    const error = new RotationError("ISSUER_UNAVAILABLE", "no answer");
    const mute = looking({ login: { verdict: "unknown", error, final: true } });
    await expectFailure(mute.go, "ISSUER_UNAVAILABLE", "no answer");
  });
});
