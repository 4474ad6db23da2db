/**
 * docs/compatibility-promise.md: what version 0.1 wrote or took, in the exact texts of that version. A change here is a break for whoever has such a
 * secret, event or setting: it takes a new major version and a way over.
 */
import { describe, expect, it } from "vitest";
import { isErrorCode, RotationError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { parseSettings, settingDefinitions } from "../../src/base/settings/settings.ts";
import { clientText } from "../../src/clients/issuers/client.ts";
import { clientIn } from "../../src/clients/issuers/index.ts";
import { parseContent } from "../../src/clients/vault/content.ts";
import { readRecord } from "../../src/clients/vault/notify-record.ts";
import { currentSince, isSecondPendingTaken, tokensSurvive } from "../../src/clients/vault/rotation-metadata.ts";
import { isOurs } from "../../src/clients/vault/version-name.ts";
import { parseEvent } from "../../src/rotation/event.ts";
import { readOwnTags } from "../../src/rotation/housekeeping/rotation-tags.ts";
import { CODES, CONTENTS, EVENTS, METADATA, SETTINGS, TAGS } from "./fixtures/forms-0.1.ts";

const NOW = Date.parse("2026-03-01T12:00:00Z");
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("content of version 0.1", () => {
  it.each(CONTENTS)("names the same client as then: $client", ({ text, client }) => {
    expect(clientText(clientIn(parseContent(new Secret(text))))).toBe(client);
  });

  it("is a claim where it was one, with lock, base and token", () => {
    const [{ text }] = CONTENTS;
    const mark =
      '"_rotation":{"v":1,"kind":"claim","callId":"01CALL","ttlSeconds":90,"base":3,"takeovers":1,"token":"t","tokenExpiresAt":"2026-03-01T13:00:00.000Z"}';
    const { kind, claim, bare } = parseContent(new Secret(text.replace(/\}$/, `,${mark}}`)));
    expect(kind).toBe("claim");
    expect(claim).toMatchObject({ callId: "01CALL", ttlSeconds: 90, base: 3, takeovers: 1 });
    expect(claim?.token).toMatchObject({ expiresAt: Date.parse("2026-03-01T13:00:00Z") });
    expect(bare.reveal()).toBe(text);
  });
});

describe("an event of version 0.1", () => {
  it.each(EVENTS)("$sent means the same as then", ({ sent, means }) => {
    expect(parseEvent(bytes(JSON.parse(sent)))).toEqual(means);
  });
});

describe("a setting of version 0.1", () => {
  it.each(Object.entries(SETTINGS))(
    "%s is there, with the default of then, and takes a value of then",
    (name, then) => {
      expect(settingDefinitions.find((known) => known.name === name)?.default).toBe(then.default);
      expect(() => parseSettings({ ...then.with, [name]: then.value })).not.toThrow();
    },
  );
});

describe("what version 0.1 has noted", () => {
  it("in metadata is read: subscribers, what they were told, since when CURRENT is, what the issuer and Vault do", () => {
    expect(readRecord(METADATA)).toEqual({
      subscribers: [
        { endpoint: "https://app.example.org/hook", failures: null },
        { endpoint: "mailto:ops@example.org", failures: 2 },
      ],
      told: { version: 3, seq: 2, owesTopic: false, failure: { code: "LOCKED_OUT", day: "2026-02-27" } },
    });
    expect(tokensSurvive(METADATA, NOW)).toBe(true);
    expect(isSecondPendingTaken(METADATA)).toBe(true);
    expect(currentSince(METADATA, { versionNo: 3, createdAt: Date.parse("2026-02-27T23:00:00Z") }, NOW)).toBe(
      Date.parse("2026-02-28T00:00:00Z"),
    );
  });

  it("in tags is read, also an expiry without a version", () => {
    expect(readOwnTags(TAGS, NOW)).toEqual({
      issuer: "keycloak",
      clientId: "my-application",
      outcome: { code: "OK", at: Date.parse("2026-02-28T10:00:00Z"), versionNo: 3 },
      expiry: { at: Date.parse("2027-02-28T00:00:00Z"), isNever: false, versionNo: null },
    });
  });

  it("in names of versions is known as its own", () => {
    for (const name of ["orot-2", "orot-17.0123456789"]) expect(isOurs(name)).toBe(true);
  });
});

it("every code of version 0.1 is answered with the responseCode of then", () => {
  for (const [code, responseCode] of Object.entries(CODES)) {
    expect(isErrorCode(code)).toBe(true);
    if (isErrorCode(code)) expect([code, new RotationError(code, "said").responseCode]).toEqual([code, responseCode]);
  }
});
