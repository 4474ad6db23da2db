import nock from "nock";
import { expect, test } from "vitest";
import { parseContent } from "../../../src/content.ts";
import { uaa } from "../../../src/issuers/uaa.ts";
import { Secret } from "../../../src/secret.ts";
import { createRig } from "../../support/issuer-rig.ts";

// A real UAA answers 403 where a token got at a zone's host comes with the header, be it the administrator's of that very zone.
test.each([true, false])(
  "the host alone names the zone, also for another client: %s, and with a zoneId in the content",
  async (isOther) => {
    nock("https://shop.uaa.example.org", { badheaders: ["x-identity-zone-id", "x-identity-zone-subdomain"] })
      .put("/oauth/clients/app/secret")
      .twice()
      .reply(200, { status: "ok" });
    const content = { issuer: "uaa", url: "https://shop.uaa.example.org", zoneId: "shop", clientId: "app" };
    const text = new Secret(JSON.stringify({ ...content, clientSecret: "canary-1" }));
    const credential = uaa.open(parseContent(text), createRig());
    const proof = { kind: "bearer", token: new Secret("canary-token"), isOther } as const;
    expect(await credential.install(proof, new Secret("canary-2"), true)).toEqual({ outcome: "installed" });
    expect(await credential.retire(proof, new Secret("canary-0"))).toEqual({ outcome: "retired" });
  },
);
