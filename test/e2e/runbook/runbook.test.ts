import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { useCli } from "../../support/cli.ts";
import { uaaClient } from "../../support/clients.ts";
import type { WorldOptions } from "../../support/world.ts";
import { BREAK_GLASS, carryOut, type Drill } from "./drill.ts";
import { everythingToday, issuerRestored, rightsLost } from "./many-secrets.ts";
import { compromised, fullVersionList, lockedOut, regionLost, wrongClient, wrongPromotion } from "./one-secret.ts";
import { functionsRights } from "./rights.ts";

const cli = useCli();

const drills: Readonly<Record<string, readonly [Drill, WorldOptions?]>> = {
  "locked-out": [lockedOut],
  compromised: [compromised, { client: uaaClient() }],
  "wrong-promotion": [wrongPromotion],
  "wrong-client": [wrongClient],
  "full-version-list": [fullVersionList, functionsRights],
  "issuer-restored": [issuerRestored],
  "region-lost": [regionLost],
  "rights-lost": [rightsLost, functionsRights],
  "everything-today": [everythingToday],
};

describe("a break-glass page leads from its fault to health, by its own commands", () => {
  test.each(Object.entries(drills))("%s", async (name, [drill, options]) => {
    await carryOut(await cli(options), `${BREAK_GLASS}/${name}.md`, drill);
  });

  test("and every page has been tried", () => {
    const pages = readdirSync(BREAK_GLASS).map((name) => name.replace(/\.md$/, ""));
    expect(Object.keys(drills).toSorted()).toEqual(pages.toSorted());
  });
});
