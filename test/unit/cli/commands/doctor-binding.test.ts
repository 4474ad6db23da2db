import { describe, expect, test } from "vitest";
import { Secret } from "../../../../src/base/secret.ts";
import { clientTag } from "../../../../src/clients/issuers/client.ts";
import { clientIn } from "../../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../../src/clients/vault/content.ts";
import { type CliWorld, useCli } from "../../../support/cli.ts";
import { uaaClient } from "../../../support/clients.ts";
import { deployed, diagnose, mendOf, those } from "./doctor-rig.ts";

const cli = useCli();

const DOMAIN = `https://idcs-${"0".repeat(32)}.identity.oraclecloud.com`;

const tagOf = (w: CliWorld) => clientTag(clientIn(parseContent(new Secret(JSON.stringify(w.client.content)))));
const compartmentOf = (w: CliWorld) => w.emulator.admin.secret(w.secretId).compartmentId;

/** A second authority of the domain, with these entries. */
function authority(w: CliWorld, mayRotate: readonly unknown[], change: object = {}): string {
  const { clientId, secret } = w.emulator.admin.createApp({ admin: true });
  const content = { kind: "client-secret", issuer: "oci-iam", url: DOMAIN, clientId, clientSecret: secret, mayRotate };
  w.canary.add(secret);
  return w.emulator.admin.createSecret({ name: "authority", content: JSON.stringify({ ...content, ...change }) });
}

const named = (w: CliWorld) => ({ client: w.app.clientId, appId: w.app.appId });

async function bindings(w: CliWorld, config: Record<string, string>) {
  deployed(w, config);
  const { findings, run } = await diagnose(w, {}, w.secretId);
  return { findings, run, of: (level: string) => those(findings, "binding", level) };
}

describe("oci-rotate doctor shows who may speak for a client", () => {
  test("by its secret, by a tag, by its compartment, each with how", async () => {
    const w = await cli();
    const compartmentId = compartmentOf(w);
    w.emulator.admin.secret(w.secretId).definedTags = { rotation: { client: tagOf(w) } };
    const ids = [
      authority(w, [
        { ...named(w), secretId: w.secretId },
        { client: "another", appId: w.app.appId, secretId: w.secretId },
      ]),
      authority(w, [{ tag: "rotation.client" }, { ...named(w), secretId: w.secretId }]),
      authority(w, [{ ...named(w), compartmentId }]),
      authority(w, [{ client: "another", appId: w.app.appId, secretId: w.secretId }]),
    ];
    const { of, findings } = await bindings(w, { OROT_AUTHORITY_SECRET_IDS: ids.join(",") });
    const who = (id = "") => `the second authority ${id.slice(-8)}`;
    expect(of("ok")).toEqual([
      `${who(ids[0])} may speak for this client from this secret, bound by the secret's OCID`,
      `${who(ids[1])} may speak for this client from this secret, bound by the defined tag rotation.client and by the secret's OCID`,
      `${who(ids[2])} may speak for this client from this secret, bound by the secret's compartment`,
    ]);
    expect(of("warning")).toEqual([
      `${who(ids[2])}: one entry binds a whole compartment, so anyone who may write, create or move one secret there, and read it, can get that client's value`,
    ]);
    expect(mendOf(findings, /whole compartment/)).toEqual([
      `write ${JSON.stringify({ ...named(w), secretId: w.secretId })} in its place`,
    ]);
  });

  test("warns of a compartment that is bound to another client too", async () => {
    const w = await cli();
    const wide = { client: "another", appId: w.app.appId, compartmentId: compartmentOf(w) };
    const { findings, of } = await bindings(w, {
      OROT_AUTHORITY_SECRET_IDS: authority(w, [wide, { ...wide, client: "b" }]),
    });
    expect(of("ok")).toEqual([]);
    expect(mendOf(findings, /2 entries bind a whole compartment/)).toEqual([
      "bind each client by its secretId, or by a defined tag",
    ]);
  });

  test("an authority that is this very client is a problem, since a rotation would leave its own secret behind", async () => {
    const w = await cli();
    const ids = [authority(w, [], { clientId: w.app.clientId }), authority(w, [])];
    const { of } = await bindings(w, { OROT_AUTHORITY_SECRET_IDS: ids.join(",") });
    expect(of("problem")).toEqual([
      `the second authority ${ids[0]?.slice(-8)} is this very client, so a rotation leaves that authority's own secret with a value that works no more`,
    ]);
  });

  test("the function's own principal, where the settings bind it", async () => {
    const w = await cli();
    const apps = [DOMAIN, w.app.appId, w.app.clientId, w.secretId].join("#");
    const { of } = await bindings(w, { OROT_RESOURCE_PRINCIPAL_APPS: apps });
    expect(of("ok")).toEqual(["the function's own principal may speak for this client from this secret"]);
  });

  test("one that would log in at an address that is not admitted is a problem, with the line to set", async () => {
    const w = await cli();
    const tokenUrl = "https://elsewhere.example/token";
    const id = authority(w, [{ ...named(w), secretId: w.secretId }], { tokenUrl });
    const { findings, run } = await bindings(w, { OROT_AUTHORITY_SECRET_IDS: id });
    expect(run.exitCode).toBe(4);
    expect(mendOf(findings, /is not asked/)[0]).toContain(`OROT_ISSUER_ORIGINS=${DOMAIN},${tokenUrl}`);
  });

  test("one of an earlier edition is a problem, with what to write for this client", async () => {
    const w = await cli();
    const old = (mayRotate: readonly string[]) => authority(w, mayRotate, { url: undefined, origin: DOMAIN });
    const ids = `${old([w.app.appId])},${old(["0".repeat(32)])}`;
    const { findings, of } = await bindings(w, { OROT_AUTHORITY_SECRET_IDS: ids });
    expect(of("problem")).toHaveLength(2);
    const entry = JSON.stringify({ ...named(w), secretId: w.secretId });
    expect(mendOf(findings, /earlier edition/)[0]).toContain(`"mayRotate":[${entry}]`);
    expect(findings.flatMap(({ mend }) => mend)).toContain(
      "oci-rotate doctor --upgrade prints what to write in its place",
    );
  });

  test("one that cannot be read or understood is told by its OCID's end", async () => {
    const w = await cli();
    const broken = authority(w, [{ ...named(w) }]);
    const { of } = await bindings(w, { OROT_AUTHORITY_SECRET_IDS: `${broken},ocid1.vaultsecret.oc1..aaaaaaaagone` });
    expect(of("problem")).toEqual([
      expect.stringMatching(
        new RegExp(`^the second authority ${broken.slice(-8)}: .*entry 1 of mayRotate needs one of`),
      ),
      expect.stringMatching(/^the second authority aaaagone: GetSecretBundle was answered 404/),
    ]);
  });
});

describe("oci-rotate doctor and OROT_BINDING_TAG", () => {
  const TAGGED = { OROT_BINDING_TAG: "rotation.client" };

  test("is content where the tag names the client", async () => {
    const w = await cli();
    w.emulator.admin.secret(w.secretId).definedTags = { rotation: { client: tagOf(w) } };
    expect((await bindings(w, TAGGED)).of("ok")).toEqual([
      "the defined tag rotation.client names this client, as OROT_BINDING_TAG asks for",
    ]);
  });

  test.each([
    ["is not set", {}, "is not set"],
    ["names another client", { rotation: { client: "uaa base=x client=y" } }, "names another client"],
  ])("prints the value to set where the tag %s", async (_title, definedTags, said) => {
    const w = await cli();
    w.emulator.admin.secret(w.secretId).definedTags = definedTags;
    const { run, findings, of } = await bindings(w, TAGGED);
    expect(run.exitCode).toBe(4);
    expect(of("problem")).toEqual([
      `the defined tag rotation.client, which OROT_BINDING_TAG asks for, ${said}: rotations answer CLIENT_NOT_BOUND`,
    ]);
    expect(mendOf(findings, /rotations answer CLIENT_NOT_BOUND/)[0]).toBe(
      `add rotation.client to the secret's other tags, with the value: ${tagOf(w)}`,
    );
  });

  test("warns where it is not set and the function serves several compartments", async () => {
    const w = await cli();
    const several = `${compartmentOf(w)},ocid1.compartment.oc1..others`;
    const { findings } = await bindings(w, { OROT_HEAL_COMPARTMENT_IDS: several });
    expect(mendOf(findings, /serves several compartments, and OROT_BINDING_TAG is not set/)).toEqual([
      "fn config function rotation oci-rotate OROT_BINDING_TAG <namespace>.<key>",
    ]);
  });

  test("says nothing of it where there is one compartment alone", async () => {
    const w = await cli();
    expect((await bindings(w, {})).of("warning")).toEqual([]);
  });
});

describe("oci-rotate doctor and addresses that are admitted", () => {
  const UAA = "https://uaa.emulated.example";

  test("warns of an origin without a path where the issuer lives at a path", async () => {
    const w = await cli({ client: uaaClient() });
    const { findings } = await bindings(w, { OROT_ISSUER_ORIGINS: `${DOMAIN},${UAA}` });
    expect(mendOf(findings, /admits every path at https:\/\/uaa\.emulated\.example/)).toEqual([
      `fn config function rotation oci-rotate OROT_ISSUER_ORIGINS ${DOMAIN},${UAA}/uaa`,
    ]);
  });

  test("is content where the path is there", async () => {
    const w = await cli({ client: uaaClient() });
    expect((await bindings(w, { OROT_ISSUER_ORIGINS: `${UAA}/uaa` })).of("warning")).toEqual([]);
  });
});
