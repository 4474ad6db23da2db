import { describe, expect, test } from "vitest";
import { carryOut } from "../../../../src/cli/adopt/carry-out.ts";
import type { AdoptionParts, Task } from "../../../../src/cli/adopt/task.ts";
import { contentOf } from "../../../../src/clients/issuers/content-of.ts";
import { notStarted } from "../../../../src/rotation/pace/pacer.ts";

const client = {
  ...{ issuer: "uaa", base: "https://uaa.example.org", realm: null, tenant: null, tokenUrl: null },
  ...{ clientId: "shop", subject: null },
} as const;
const task = {
  client,
  secretName: "oauth-shop",
  place: { compartmentId: "compartment", vaultId: "vault", keyId: "key" },
  ...{ isCreated: true, given: null, newValue: "add", isEnabled: true, tags: {}, definedTags: {}, schedule: null },
} satisfies Task;

describe("an adoption that is interrupted while the issuer has no room", () => {
  test("leaves a placeholder unfinished, and names its secret", async () => {
    const parts: Partial<AdoptionParts> = {
      findByName: () => Promise.resolve({ secretId: "placeholder", lifecycle: "ACTIVE" } as never),
      readText: () => Promise.resolve(contentOf(client, null)),
    };
    let isBound = false;
    const [line] = await carryOut([{ task }], parts as AdoptionParts, {
      signal: new AbortController().signal,
      whenRoom: (work) => (isBound ? Promise.resolve(notStarted) : work()),
      onDone: () => undefined,
      bind: () => {
        isBound = true;
        return Promise.resolve();
      },
    });
    expect(line).toMatchObject({ outcome: "unfinished", secretId: "placeholder" });
  });
});
