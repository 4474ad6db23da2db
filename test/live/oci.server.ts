import type { TestProject } from "vitest/node";
import { installOciClients, type OciClients } from "../../scripts/live/oci-clients.ts";
import { run } from "../../scripts/run.ts";

declare module "vitest" {
  interface ProvidedContext {
    oci: OciClients;
  }
}

/** Before the tests: the official clients, and the built function that the emulator hosts. */
export default function setUp(project: TestProject): void {
  const { status, stderr } = run(process.execPath, ["scripts/build.ts", "--quiet"]);
  if (status !== 0) throw new Error(`the function could not be built: ${stderr.trim()}`);
  project.provide("oci", installOciClients());
}
