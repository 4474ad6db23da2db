import { describe, expect, test } from "vitest";
import { clientTag } from "../../../../src/clients/issuers/client.ts";
import { createAttempt } from "../../../../src/rotation/attempt/attempt.ts";
import { requireTagged } from "../../../../src/rotation/observe/binding.ts";
import { observe } from "../../../../src/rotation/observe/observe.ts";
import { observeVersion } from "../../../../src/rotation/observe/version.ts";
import { expectFailure } from "../../../support/failures.ts";
import { bearer, toyClient } from "../../../support/held.ts";
import { createRig, credential, type Written } from "../rig.ts";
import { current } from "./observe-rig.ts";

const pending: Written = { no: 8, stages: ["PENDING", "LATEST"], content: credential("S8") };

function setUp(environment: Readonly<Record<string, string>> = {}, versions: readonly Written[] = [current, pending]) {
  const rig = createRig(versions, environment);
  const attempt = createAttempt(null);
  const look = (withState = true) => observe({ context: rig.context, attempt }, withState, null);
  return { rig, attempt, look };
}

describe("if the secret is", () => {
  test("is kept with the etag of the same look", async () => {
    const { rig, attempt, look } = setUp();
    rig.vault.definedTags = { rotation: { client: "x" } };
    await look();
    expect(attempt.read.place).toEqual({
      secretId: rig.context.secretId,
      compartmentId: "ocid1.compartment.oc1..toys",
      definedTags: { rotation: { client: "x" } },
    });
  });

  test.each([
    ["a look that changes nothing", (w: ReturnType<typeof setUp>) => w.look()],
    [
      "a look at one version",
      (w: ReturnType<typeof setUp>) => observeVersion({ context: w.rig.context, attempt: w.attempt }, 8),
    ],
  ])("and who may be asked are forgotten by %s, once it is another place", async (_title, look) => {
    const w = setUp();
    const authority = { name: "first", prove: () => Promise.resolve({ verdict: "rejected" } as const) };
    await w.look();
    w.attempt.authorities.others = [authority];
    w.attempt.authorities.authorization = bearer("T", toyClient, "authority");
    await look(w);
    expect(w.attempt.authorities.others).toEqual([authority]);
    expect(w.attempt.authorities.authorization).not.toBeNull();
    w.rig.vault.definedTags = { rotation: { client: "another" } };
    await look(w);
    expect(w.attempt.authorities.others).toBeNull();
    expect(w.attempt.authorities.authorization).toBeNull();
  });
});

describe("a look if OROT_BINDING_TAG is set", () => {
  const environment = { OROT_BINDING_TAG: "rotation.client" };
  const tagged = { rotation: { client: clientTag(toyClient) } };

  test("goes on if the tag names CURRENT's client", async () => {
    const { rig, look } = setUp(environment);
    rig.vault.definedTags = tagged;
    expect(await look()).not.toBeNull();
  });

  test.each([
    ["there is none", {}, "the secret has no defined tag rotation.client, which OROT_BINDING_TAG asks for"],
    [
      "it names another client",
      { rotation: { client: clientTag({ ...toyClient, clientId: "Toy" }) } },
      "names another client than its content",
    ],
    ["it is no text", { rotation: { client: 7 } }, "the secret has no defined tag"],
  ])("is refused if %s, with the value to set", async (_title, definedTags, what) => {
    const { rig, look } = setUp(environment);
    rig.vault.definedTags = definedTags;
    const error = await expectFailure(look, "CLIENT_NOT_BOUND", what);
    expect(error.responseCode).toBe(400);
    expect(error.nextAction).toContain(
      `set rotation.client, besides the secret's other tags, to: ${clientTag(toyClient)}`,
    );
  });

  test("reads the secret for its tags, once, if the step does not read it anyway", async () => {
    const { rig, look } = setUp(environment);
    rig.vault.definedTags = tagged;
    await look(false);
    await look(false);
    expect(rig.asked.filter((one) => one === "read-secret")).toHaveLength(1);
    const without = setUp();
    await without.look(false);
    expect(without.rig.asked).not.toContain("read-secret");
  });

  test("at one version is refused too", async () => {
    const { rig, attempt } = setUp(environment);
    await expectFailure(() => observeVersion({ context: rig.context, attempt }, 8), "CLIENT_NOT_BOUND");
  });

  test("is not refused while an unsaved value is to be stored first", async () => {
    const { rig, attempt, look } = setUp(environment);
    rig.vault.definedTags = tagged;
    const seen = await look();
    const known = attempt.read.contents.get(7);
    if (seen === null || known?.kind !== "credential") throw new Error("CURRENT was not understood");
    const { content, credential: held } = known;
    attempt.unsaved = {
      ...{ text: held.clientSecret, content, credential: held.withSecret(held.clientSecret), base: 8, receivedAt: 0 },
      ...{ isCopy: false, isMinted: true, races: 0, login: null, failure: null },
    };
    rig.vault.definedTags = {};
    expect(await look()).not.toBeNull();
  });

  test("is not refused for CURRENT that cannot be understood: nothing is asked for it", async () => {
    const { look } = setUp(environment, [{ no: 7, stages: ["CURRENT"], content: "no JSON" }]);
    expect(await look()).not.toBeNull();
  });
});

test("a tag by the client's name before a move goes on if the settings call both places one", async () => {
  const moved = { ...toyClient, base: "https://new.example" };
  const definedTags = { rotation: { client: clientTag(toyClient) } };
  const place = { secretId: "s", compartmentId: null, definedTags };
  const environment = { OROT_BINDING_TAG: "rotation.client" };
  const aliases = {
    ...environment,
    OROT_ISSUER_ALIASES: "https://toy.example=https://new.example",
    OROT_ISSUER_ORIGINS: "https://toy.example,https://new.example",
  };
  expect(() => requireTagged(createRig([], aliases).context, moved, place)).not.toThrow();
  const refused = () => requireTagged(createRig([], environment).context, moved, place);
  await expectFailure(refused, "CLIENT_NOT_BOUND");
});
