import { describe, expect, test } from "vitest";
import { Secret } from "../../../src/base/secret.ts";
import { clientTag } from "../../../src/clients/issuers/client.ts";
import { clientIn } from "../../../src/clients/issuers/index.ts";
import { parseContent } from "../../../src/clients/vault/content.ts";
import { type ClientKind, ociIamClient, uaaClient } from "../../support/clients.ts";
import { STEPS } from "../../support/world.ts";
import { outcomeOf, type TestWorld, useWorlds } from "../../support/worlds.ts";

const world = useWorlds();

const environment = { OROT_BINDING_TAG: "rotation.client" };

/** The tag as an administrator would set it. */
function tag(w: TestWorld, clientId = w.client.clientId): void {
  const text = JSON.stringify({ ...w.client.content, clientId });
  const client = clientTag(clientIn(parseContent(new Secret(text))));
  w.emulator.admin.secret(w.secretId).definedTags = { rotation: { client }, Oracle: { CreatedOn: "today" } };
}

const toIssuer = (w: TestWorld) =>
  w.emulator.requests.filter(({ system }) => system === "identity" || system === "uaa");

const kinds: readonly (readonly [string, ClientKind])[] = [
  ["an identity domain", ociIamClient],
  ["a UAA", uaaClient()],
];

describe.each(kinds)("with OROT_BINDING_TAG, at %s,", (_where, client) => {
  test.each([
    ...STEPS.map((step) => ({ step, versionNo: 2 })),
    {},
    { reason: "compromised" },
    ...["check", "heal", "retire", "rollback"].map((action) => ({ action })),
  ])("%j of a secret without the tag is refused, and the issuer hears nothing", async (event) => {
    const w = await world({ client });
    // So that there is a PREVIOUS version, and one to promote.
    expect(await w.rotate()).toMatchObject({ responseCode: 200 });
    Object.assign(w.environment, environment);
    const before = w.state();
    const asked = toIssuer(w).length;
    const answer = await w.call({ ...event, secretId: w.secretId });
    expect(outcomeOf(answer)).toBe("CLIENT_NOT_BOUND 400");
    expect(answer.returnMessage).toContain(`client=${encodeURIComponent(w.client.clientId)}`);
    expect(toIssuer(w).length).toBe(asked);
    expect(w.state()).toEqual(before);
  });

  test("a secret whose tag names another client is refused", async () => {
    const w = await world({ client, environment });
    tag(w, "somebody-else");
    expect(outcomeOf(await w.rotate())).toBe("CLIENT_NOT_BOUND 400");
    expect(toIssuer(w)).toEqual([]);
  });

  test("a secret that carries the tag is rotated by all four steps, checked and healed, and keeps its tags", async () => {
    const w = await world({ client, environment });
    tag(w);
    const { definedTags } = w.emulator.admin.secret(w.secretId);
    const before = structuredClone(definedTags);
    for (const answer of await w.steps()) expect(answer.responseCode).toBe(200);
    for (const action of ["check", "heal"]) {
      expect((await w.call({ action, secretId: w.secretId })).responseCode).toBe(200);
    }
    expect(w.emulator.admin.secret(w.secretId).definedTags).toEqual(before);
    expect(w.emulator.requests.every(({ body }) => !body.reveal().includes("definedTags"))).toBe(true);
  });

  test("a heal notes that the tag is missing, where a list of secrets shows it", async () => {
    const w = await world({ client, environment });
    await w.call({ action: "heal", secretId: w.secretId });
    expect(w.log.some(({ outcome }) => outcome === "CLIENT_NOT_BOUND")).toBe(true);
  });
});

test("without OROT_BINDING_TAG no step reads more than it did", async () => {
  const w = await world();
  w.calls();
  await w.step("VERIFY_CONNECTION");
  expect(w.calls()).not.toContain("get-secret");
});
