import { describe, expect, it } from "vitest";
import { issuerNames, profiles } from "../../../../scripts/demo/profiles.ts";
import { ending, notifyStory, opening, overlapStory, stepStory } from "../../../../scripts/demo/story.ts";
import { answered, expired, heard, result, retired } from "./results.ts";

const place = { url: "http://127.0.0.1:1", clientId: "client-12345678", secretId: "ocid-87654321" };

describe("the demo's story", () => {
  it.each(issuerNames)("begins with what is emulated for %s, and tells what a rotation does there", (issuer) => {
    const profile = profiles[issuer];
    const begun = opening(profile, place, [], null);
    expect(begun).toContain(`OCI Vault, ${profile.emulated}, Vault's rotation schedule`);
    expect(begun).toContain(`12345678 at ${profile.place}`);
    const [step] = result().steps;
    if (step === undefined) throw new Error("no step");
    const created = { ...step, report: { ...step.report, step: "CREATE_PENDING_VERSION" as const } };
    expect(stepStory(profile, created, 0)).toContain(`CREATE_PENDING_VERSION: ${profile.creation}`);
  });

  it("tells of a retirement what the old client secret was before it, and what it was answered", () => {
    const told = overlapStory(profiles.uaa, retired);
    expect(told).toContain("It is accepted at UAA.");
    expect(told).toContain("answer 200 after 0.01 s: OK: done.");
    expect(told).not.toContain("It fails");
    const failed = answered(0, "no answer");
    expect(overlapStory(profiles.uaa, { ...retired, failed })).toContain("It fails (no answer), and is sent once more");
  });

  it("never says of an old client secret that is left to expire that it is refused now", () => {
    const told = overlapStory(profiles.keycloak, expired);
    expect(told).toContain("it is accepted until 2026-11-03T12:30:15Z");
    expect(told).toContain("The emulator's clock is put past it: now the old one is rejected.");
    const end = ending(result({ issuer: "keycloak", oldSecret: "accepted", overlap: expired }));
    expect(end).toContain(
      "the old client secret is accepted until 2026-11-03T12:30:15Z, the one in CURRENT is accepted (asked at the Keycloak realm)",
    );
    expect(end).toContain("The rotation ended well");
  });

  it("says so where a fault has ended the overlap", () => {
    const ended = { ...expired, overlapSecret: "rejected", until: null, expiredSecret: null } as const;
    expect(overlapStory(profiles.keycloak, ended)).toContain("It is rejected at the Keycloak realm.");
    const end = ending(result({ issuer: "keycloak", heal: answered(200), hasFaultStruck: true, overlap: ended }));
    expect(end).toContain("the old client secret is rejected, ");
  });

  it("tells what arrived where, without whole OCIDs", () => {
    const told = notifyStory(heard);
    expect(told).toContain('webhook, its signature verified: {"usecase":"credentialRotation","secretId":"...89abcdef"');
    expect(told).toContain("mail to ops@example.org: A client secret was rotated");
    expect(told).not.toContain("ocid1.");
  });

  it("says so where a signature is wrong, and where nothing has arrived", () => {
    const [webhook] = heard.webhooks;
    if (webhook === undefined) throw new Error("no webhook");
    const unsigned = notifyStory({ webhooks: [{ ...webhook, isVerified: false }], mails: [] });
    expect(unsigned).toContain("its signature NOT VERIFIED");
    expect(unsigned).not.toContain("Nothing has arrived");
    expect(notifyStory({ webhooks: [], mails: [] })).toContain("Nothing has arrived.");
  });

  it("counts the steps that ran", () => {
    const { steps } = result();
    expect(ending(result())).toContain("the function sent 21 requests in one step\n");
    expect(ending(result({ steps: [...steps, ...steps] }))).toContain("requests in 2 steps\n");
    expect(ending(result({ steps: [...steps, ...steps, ...steps, ...steps] }))).toContain(
      "requests in the four steps\n",
    );
  });

  it.each([
    ["The function recovered from the fault by itself", { heal: answered(200), hasFaultStruck: true }],
    ["The fault struck nothing", { heal: answered(200) }],
    [
      "The retirement failed, and the next one finished it",
      { heal: answered(200), hasFaultStruck: true, overlap: { ...retired, failed: answered(0) } },
    ],
    [
      "The rotation failed, and the heal finished it",
      {
        heal: answered(200),
        hasFaultStruck: true,
        rotation: { secretId: "s", workRequestId: "w", status: "FAILED", steps: [] },
      },
    ],
    [
      "The rotation failed before it replaced the client secret",
      { heal: answered(200), hasFaultStruck: true, isRotated: false },
    ],
    ["It did not end well.", { newSecret: "rejected" }],
  ] as const)("ends with: %s", (sentence, changes) => {
    expect(ending(result(changes))).toContain(sentence);
  });
});
