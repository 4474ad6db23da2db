import nock from "nock";
import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { createSecretMaker } from "../../../../src/clients/vault/create-secret.ts";
import { createDirectory } from "../../../../src/clients/vault/directory.ts";
import { createRotationClient } from "../../../../src/clients/vault/rotation-client.ts";
import { expectFailure } from "../../../support/failures.ts";
import { silenceSdk } from "../../../support/silence-sdk.ts";
import {
  BUNDLE_PATH,
  createVaultRig,
  createVaultSeams,
  SECRETS,
  SIGNATURE,
  VAULT,
} from "../../../support/vault-rig.ts";

const PATH = "/20180608/secrets";
const ONE = "ocid1.vaultsecret.oc1..one";
const PATH_OF_ONE = `${PATH}/${ONE}`;

const secret = {
  name: "payments",
  description: "client of payments",
  compartmentId: "ocid1.compartment.oc1..a",
  vaultId: "ocid1.vault.oc1..v",
  keyId: "ocid1.key.oc1..k",
  base64: new Secret("e30="),
};

silenceSdk();

describe("a new secret", () => {
  test("is asked for with a signed request, without tags where none are given", async () => {
    const { access, seams } = createVaultSeams();
    const bodies: object[] = [];
    nock(VAULT, { reqheaders: { authorization: SIGNATURE } })
      .post(PATH, (body) => bodies.push(body) > 0)
      .reply(200, {});
    expect(await createSecretMaker(access, seams)(secret)).toEqual({ outcome: "done" });
    expect(bodies.flatMap((body) => Object.keys(body))).not.toContain("definedTags");
  });
});

describe("the list of secrets", () => {
  test("that does not end is given up after 5,000 pages", async () => {
    const { access, seams } = createVaultSeams();
    let pages = 0;
    const transport: typeof access.transport = async () => {
      pages += 1;
      return { status: 200, headers: { "opc-next-page": "more" }, body: "[]" };
    };
    const endless = { ...access, transport };
    const list = () => createDirectory(endless, seams).list("ocid1.compartment.oc1..a");
    const failure = await expectFailure(list, "VAULT_UNAVAILABLE");
    expect(failure.message).toBe("the list of secrets did not end after 5000 pages");
    expect(pages).toBe(5_000);
  });
});

describe("a change that Vault refuses names the operation, and without an etag asks for none", () => {
  test.each([
    ["UpdateSecret", "put", PATH_OF_ONE],
    ["RotateSecret", "post", `${PATH_OF_ONE}/actions/rotate`],
    ["CancelSecretRotation", "post", `${PATH_OF_ONE}/actions/cancelRotation`],
  ] as const)("%s", async (operation, method, target) => {
    const { access, seams } = createVaultSeams();
    const client = createRotationClient({ ...access, workRequestsEndpoint: VAULT }, ONE, seams);
    const schedule = { functionId: "ocid1.fnfunc.oc1..f", intervalDays: 30, isScheduled: true };
    const changes = {
      UpdateSecret: () => client.writeSchedule(schedule, null),
      RotateSecret: () => client.rotate(null),
      CancelSecretRotation: () => client.cancel(null),
    };
    const vault = nock(VAULT, { badheaders: ["if-match"] });
    vault[method](target).reply(403, { code: "NotAuthorized", message: "x" });
    const written = await changes[operation]();
    const message = `Vault refused ${operation} with 403`;
    expect(written).toMatchObject({ outcome: "refused", error: expect.objectContaining({ message }) });
  });
});

test("a refused read of CURRENT's text names the operation", async () => {
  nock(SECRETS).get(BUNDLE_PATH).query(true).reply(403, { code: "NotAuthorized", message: "x" });
  const failure = await expectFailure(() => createVaultRig().store.readCurrentText(), "VAULT_FORBIDDEN");
  expect(failure.message).toBe("Vault refused GetSecretBundle with 403");
});
