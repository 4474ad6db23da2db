import { describe, expect, test } from "vitest";
import { keycloakClient, ociIamClient, uaaClient } from "../support/clients.ts";
import { outcomeOf, useWorlds } from "../support/worlds.ts";

const createWorld = useWorlds();

/** Each write has OROT_ACTIVE_WAIT_SECONDS, 30, for itself: two of them in a row take longer than that. */
const switches = { "updating-ms": 25_000, "updating-polls": 0 };

describe("a Vault that is UPDATING for 25 s after every write", () => {
  test.each([
    ["an identity domain", ociIamClient],
    ["a UAA", uaaClient()],
    ["a Keycloak", keycloakClient()],
  ] as const)(
    "has no rotation fail at %s: neither the first, nor one of a compromised value",
    async (_name, client) => {
      const w = await createWorld({ client, isFirst: true, switches });
      const old = w.client.secret;
      expect(outcomeOf(await w.rotate())).toBe("OK 200");
      await w.clock.sleep(86_400_000);
      const second = w.valueOf(Number(w.versions().match(/(\d+):CURRENT/)?.[1])) ?? "";
      expect(outcomeOf(await w.call({ secretId: w.secretId, reason: "compromised" }))).toBe("OK 200");
      expect(w.currentVerdict()).toBe("accepted");
      expect([old, second].map((value) => w.client.accepts(value))).toEqual([false, false]);
    },
  );
});
