import type { TestProject } from "vitest/node";
import { startKeycloak } from "../../scripts/live/keycloak-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    keycloak: { readonly url: string; readonly admin: { readonly name: string; readonly password: string } };
  }
}

/** One real Keycloak for all live tests of it. Where it does not start, the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, admin, stop } = await startKeycloak();
  project.provide("keycloak", { url, admin });
  return stop;
}
