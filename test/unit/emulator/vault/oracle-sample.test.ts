import { expect, it } from "vitest";
import type { InvokeFunction } from "../../../../src/emulator/functions/api.ts";
import { createScheduler } from "../../../../src/emulator/vault/scheduler.ts";
import { javaSample } from "../../../prove/upgrades/java-sample.ts";
import { setUp } from "../harness.ts";

/** Oracle's sample behind the function, in the world of a test. */
function oracleSample({ emulator, clock }: ReturnType<typeof setUp>): InvokeFunction {
  const { transport, entropy } = emulator;
  const endpoints = { vaultEndpoint: "https://oci.example", secretsEndpoint: "https://oci.example" };
  const sample = javaSample(true)({
    ...{ clock, transport, entropy, environment: {}, write: () => undefined },
    vaultAccess: () => ({ ...endpoints, transport, signer: { signHttpRequest: async () => undefined } }),
  });
  return async (_functionId, text, { callId }) => {
    const answer = await sample(new TextEncoder().encode(text), { callID: callId, deadline: null });
    return { status: 200, body: JSON.stringify(answer) };
  };
}

it("rotates twice with the calls of Oracle's sample in Java, in their order and with its strict mappers", async () => {
  const made = setUp();
  const { emulator, secretId, app, stages } = made;
  const scheduler = createScheduler({ emulator, invoke: oracleSample(made) });
  for (const _ of ["first", "second"]) {
    const from = emulator.requests.length;
    expect(await scheduler.rotate(secretId)).toMatchObject({ status: "SUCCEEDED" });
    expect(emulator.requests.slice(from).map(({ call }) => call)).toEqual([
      ...["read-pending", "read-current", "token-current"],
      ...["read-pending", "read-current", "token-current", "regenerate", "write-pending", "get-secret", "get-secret"],
      "read-pending",
      ...["promote", "get-secret", "get-secret"],
    ]);
  }
  expect(stages()).toEqual({ 1: "DEPRECATED", 2: "PREVIOUS", 3: "CURRENT+LATEST" });
  const { appSecret } = JSON.parse(emulator.admin.content(secretId, 3) ?? "{}") as { appSecret: string };
  expect(emulator.admin.login(app.clientId, appSecret)).toBe("accepted");
});
