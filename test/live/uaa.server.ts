import type { TestProject } from "vitest/node";
import { startUaa } from "../../scripts/live/uaa-server.ts";
import type { Credentials } from "../contract/uaa-calls.ts";

declare module "vitest" {
  interface ProvidedContext {
    uaa: { readonly url: string; readonly admin: Credentials };
  }
}

/** One real UAA for all live tests of it. Where it does not start, the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, adminClientId, adminClientSecret, stop } = await startUaa();
  project.provide("uaa", { url, admin: { clientId: adminClientId, secret: adminClientSecret } });
  return stop;
}
