/** Examples of docs/consumer.md and docs/adding-a-command.md, carried out as they stand there. */
import * as common from "oci-common";
import { SecretsClient } from "oci-secrets";
import { describe, expect, test, vi } from "vitest";
import { readerOf } from "../../../../scripts/consumer/oci-secrets-reader.ts";
import { fakeResourcePrincipal } from "../../../../scripts/image/principal.ts";
import { credential } from "../../../../src/consumer/index.ts";
import { expectOnlyReads, useCli } from "../../../support/cli.ts";
import { scriptsOf } from "../../../support/page-script.ts";
import { createFakeVault } from "../../consumer/rig.ts";

const FILE = "test/unit/scripts/docs-check/examples.test.ts";
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as FunctionConstructor;

/** Runs an example whose free and imported names are those of `scope`. @returns the value of one of its names */
function carryOut(example: string, scope: Readonly<Record<string, unknown>>, result: string): Promise<unknown> {
  const body = example.replaceAll(/^import .*;$|^export /gm, "");
  return new AsyncFunction(...Object.keys(scope), `${body}\nreturn ${result};`)(...Object.values(scope));
}

describe("the examples for applications", () => {
  const [use = "", client = ""] = scriptsOf("docs/consumer.md", FILE);

  test("get a token with the secret that is CURRENT", async () => {
    const vault = createFakeVault();
    const requestToken = async (clientId: string, clientSecret: string) => `${clientId} ${clientSecret}`;
    const { clientId, appSecret } = JSON.parse(String(vault.current?.content));
    expect(await carryOut(use, { credential, reader: vault.reader, requestToken }, "token")).toBe(
      `${clientId} ${appSecret}`,
    );
  });

  test("make a client of Vault that fails at once", async () => {
    for (const [name, value] of Object.entries(fakeResourcePrincipal())) vi.stubEnv(name, value);
    const made = (await carryOut(
      client,
      { ...common, SecretsClient, credential, readerOf },
      "client",
    )) as SecretsClient;
    expect(made.endpoint).toContain("secrets.vaults.us-ashburn-1");
  });
});

describe("the example for a command's test", async () => {
  const [example = ""] = scriptsOf("docs/adding-a-command.md", FILE);
  // It registers its test here, under the name that it has on the page.
  await carryOut(example, { useCli, test, expect, expectOnlyReads }, "0");

  test("is one", () => {
    expect(example).toContain("test(");
  });
});
