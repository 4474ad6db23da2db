import type { Transport } from "../../../../../src/clients/http/transport.ts";
import type { CliWorld } from "../../../../support/cli.ts";

/** A secret that Vault rotates every so many days by a function that exists. */
export async function scheduled(w: CliWorld, days = 30): Promise<{ functionId: string; id: string }> {
  const functionId = w.deploy();
  const content = JSON.stringify(w.client.content);
  const id = w.emulator.admin.createSecret({ name: "payroll", content, functionId, rotationIntervalDays: days });
  return { functionId, id };
}
export const configOf = (w: CliWorld, id: string) => w.emulator.admin.secret(id).rotationConfig;
export const tagsOf = (w: CliWorld, id: string) => w.emulator.admin.secret(id).freeformTags;
export const writes = (requests: readonly { method: string; call: string }[]) =>
  requests.filter(({ method }) => method !== "GET").map(({ call }) => call);

/** Another writer sets a tag right before the first write arrives. */
export function raced(w: CliWorld, id: string): Transport {
  let hasRun = false;
  return (request) => {
    if (request.method === "PUT" && !hasRun) {
      hasRun = true;
      const secret = w.emulator.admin.secret(id);
      secret.freeformTags["by-another"] = "yes";
      secret.etag += 1;
    }
    return w.emulator.transport(request);
  };
}
