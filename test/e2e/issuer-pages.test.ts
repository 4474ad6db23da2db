/** The commands of docs/issuers/edfi-cms.md, against the emulated service. Those of the other issuers' pages run against real servers. */
import { afterEach, expect, test } from "vitest";
import { runPage, scriptsOf } from "../support/page-script.ts";
import { type Cloud, openCloud } from "./cloud.ts";

const clouds: Cloud[] = [];
afterEach(async () => {
  await Promise.all(clouds.splice(0).map((cloud) => cloud.close()));
});

test("the page of the Ed-Fi CMS finds an application's apiClientId", async () => {
  const cloud = await openCloud();
  clouds.push(cloud);
  const { admin } = cloud.emulator;
  const administrator = admin.createApiClient({ role: "cms-client" });
  const application = admin.createApiClient();
  const blocks = scriptsOf("docs/issuers/edfi-cms.md", "test/e2e/issuer-pages.test.ts");
  const values = { CMS: cloud.url, ADMIN: administrator.key, KEY: application.key };
  const files = { "admin-secret": `${administrator.secret}\n` };
  expect(blocks).toHaveLength(1);
  expect(await runPage(blocks, { values, files })).toBe(`${application.apiClientId}\n`);
});
