import nock from "nock";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { createBudget } from "../../../../src/base/budget.ts";
import type { Entropy } from "../../../../src/base/entropy.ts";
import { Secret } from "../../../../src/base/secret.ts";
import { createNetworkTransport } from "../../../../src/clients/http/network.ts";
import type { OciSigner } from "../../../../src/clients/http/oci-http-client.ts";
import { createSecretMaker } from "../../../../src/clients/vault/create-secret.ts";
import { createDirectory } from "../../../../src/clients/vault/directory.ts";
import { expectFailure } from "../../../support/failures.ts";
import { createInstantClock } from "../../../support/instant-clock.ts";
import { BUNDLE_PATH, createVaultRig, SECRETS, SIGNATURE, VAULT } from "../../../support/vault-rig.ts";

const PATH = "/20180608/secrets";
/** The SDK's circuit breaker, which we switch off, would open after ten failures. */
const FAILURES = 12;

function setUp() {
  const clock = createInstantClock();
  const budget = createBudget(clock, null, { budgetMs: 280_000, marginMs: 5_000, callTimeoutMs: 10_000 });
  const entropy: Entropy = { uuid: () => "", bytes: (length) => new Uint8Array(length), fraction: () => 0 };
  const signer: OciSigner = {
    async signHttpRequest(request) {
      request.headers.append("authorization", SIGNATURE);
    },
  };
  const transport = createNetworkTransport(clock);
  const access = { transport, signer, vaultEndpoint: VAULT, secretsEndpoint: SECRETS };
  return { clock, access, seams: { clock, entropy, budget } };
}

const secret = {
  name: "payments",
  description: "client of payments",
  compartmentId: "ocid1.compartment.oc1..a",
  vaultId: "ocid1.vault.oc1..v",
  keyId: "ocid1.key.oc1..k",
  base64: new Secret("e30="),
};

// The function silences what the SDK prints of every failed call: see src/base/silence.ts.
beforeEach(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

describe("a new secret", () => {
  test("is asked for with a signed request, without tags where none are given, however many were refused before", async () => {
    const { access, seams } = setUp();
    const make = createSecretMaker(access, seams);
    const bodies: unknown[] = [];
    const answering = (status: number) =>
      nock(VAULT, { reqheaders: { authorization: SIGNATURE } })
        .post(PATH, (body) => {
          bodies.push(body);
          return true;
        })
        .reply(status, {});
    for (let failed = 0; failed < FAILURES; failed += 1) {
      answering(500);
      expect(await make(secret)).toMatchObject({ outcome: "unknown" });
    }
    answering(200);
    expect(await make(secret)).toEqual({ outcome: "done" });
    expect(bodies).toHaveLength(FAILURES + 1);
    expect(Object.keys(bodies.at(-1) as object)).not.toContain("definedTags");
  });
});

describe("the list of secrets", () => {
  test("is asked for again, however often that failed before", async () => {
    const { access, seams } = setUp();
    const directory = createDirectory(access, seams);
    const list = () => directory.list("ocid1.compartment.oc1..a");
    for (let failed = 0; failed < FAILURES; failed += 1) {
      nock(VAULT).get(PATH).query(true).reply(404, { code: "NotAuthorizedOrNotFound", message: "x" });
      await expectFailure(list, "SECRET_NOT_FOUND");
    }
    nock(VAULT).get(PATH).query(true).reply(200, []);
    expect(await list()).toEqual([]);
  });

  test("that does not end is given up after 5,000 pages", async () => {
    const { access, seams } = setUp();
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

test("a refused read of CURRENT's text names the operation", async () => {
  nock(SECRETS).get(BUNDLE_PATH).query(true).reply(403, { code: "NotAuthorized", message: "x" });
  const failure = await expectFailure(() => createVaultRig().store.readCurrentText(), "VAULT_FORBIDDEN");
  expect(failure.message).toBe("Vault refused GetSecretBundle with 403");
});
