import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWatch, type Watch } from "../prove/mirror/watch.ts";
import { mirrorImage } from "../support/image-files.ts";
import { leaks } from "./canary.ts";
import { type Cloud, openCloud } from "./cloud.ts";
import { type RunningFunction, startFunction } from "./function.ts";
import { type Image, openImage } from "./image.ts";

const TENANT = "abc123";
const CALLBACK = "https://gateway.example/ces";
/** As Oracle documents it: the name is unquoted. */
const MALFORMED = '{usecase:"credentialRotation","change":"all"}';
const RECEIVED = { responseCode: 200, returnMessage: "OK: received. Next: nothing.", versionNo: null };
/** What an API gateway adds to the request of anybody on the internet. */
const viaGateway = {
  headers: {
    "Fn-Intent": "httprequest",
    "Fn-Http-Method": "POST",
    "Fn-Http-Request-Url": "/ces",
    "Fn-Http-H-Host": "gateway.example",
    "Fn-Http-H-Content-Type": "application/json",
    "Fn-Http-H-X-Forwarded-For": "192.0.2.1",
  },
};

describe("the built mirror on the FDK", () => {
  let image: Image;
  let cloud: Cloud;
  let fn: RunningFunction;
  let watch: Watch;
  const heard: string[] = [];
  const canaries: string[] = [];

  beforeAll(async () => {
    image = openImage(mirrorImage());
    cloud = await openCloud({ "updating-polls": 0 });
    cloud.emulator.admin.createWallet({ users: ["RDS_APP"] });
    watch = createWatch(cloud.emulator, TENANT);
    fn = await startFunction(image, {
      ...cloud.environment(),
      OROT_MIRROR_CES_URL: `${cloud.url}/rgbu-common-abc123-prd`,
      OROT_MIRROR_TENANT_ID: TENANT,
      OROT_MIRROR_CALLBACK_URL: CALLBACK,
      OROT_MIRROR_CLIENT_SECRET_ID: cloud.secretId,
      OROT_MIRROR_VAULT_ID: "ocid1.vault.oc1.iad.emulatedvault",
      OROT_MIRROR_KEY_ID: "ocid1.key.oc1.iad.emulatedkey",
      OROT_MIRROR_COMPARTMENT_ID: "ocid1.compartment.oc1..emulatedcompartment",
      OROT_MIRROR_MIN_SECONDS_BETWEEN_FETCHES: "1",
    });
  });
  afterAll(async () => {
    await fn.stop();
    await cloud.close();
    await image.remove();
  });

  const call = async (...parameters: Parameters<RunningFunction["call"]>) => {
    const { emulator } = cloud;
    canaries.push(...emulator.state.ces.wallets.flatMap(({ schemas }) => Object.values(schemas)));
    const reply = await fn.call(...parameters);
    heard.push(reply.text);
    canaries.push(...Object.values(emulator.state.identity.domains).flatMap(({ tokens }) => Object.keys(tokens)));
    return reply;
  };
  const rotate = () => {
    cloud.emulator.admin.rotateWallets("all");
    watch.served();
  };

  it("called by a schedule stores the set, and registers its callback", async () => {
    const { status, json } = await call({ action: "mirror" });
    expect(status).toBe(200);
    expect(json).toEqual({
      responseCode: 200,
      returnMessage: "OK: version 2 of the manifest names the new set. Next: nothing.",
      versionNo: 2,
    });
    expect(watch.inForce).toBe(0);
    expect(cloud.emulator.admin.cesEndpoints()).toEqual([CALLBACK]);
  });

  it("called back with the malformed body that Oracle documents brings the new set in", async () => {
    rotate();
    const { status, json } = await call(MALFORMED, viaGateway);
    expect([status, json]).toEqual([200, RECEIVED]);
    expect(watch.inForce).toBe(1);
    expect(watch.problems).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["an action", { action: "unregister" }],
    ["an action that there is not", { action: "rotate" }],
    ["nothing", ""],
    ["no text", Buffer.from([0xff, 0xfe, 0x00])],
    ["more than any event has", "x".repeat(70_000)],
  ])(
    "answers whoever sends %s through the gateway as it answers everybody, and does nothing else",
    async (_what, body) => {
      const { status, json } = await call(body, viaGateway);
      expect([status, json]).toEqual([200, RECEIVED]);
      expect(cloud.emulator.admin.cesEndpoints()).toEqual([CALLBACK]);
      expect(fn.exited).toBe(false);
    },
  );

  it("tells the operator what went wrong, and a caller through the gateway nothing of it", async () => {
    cloud.emulator.switches["ces-status"] = "403";
    const forged = await call(MALFORMED, viaGateway);
    expect([forged.status, forged.json]).toEqual([200, RECEIVED]);
    const told = await call({ action: "mirror" });
    expect(told.json["responseCode"]).toBe(403);
    expect(told.json["returnMessage"]).toContain("Next: open a service request with Oracle");
    cloud.emulator.switches["ces-status"] = "200";
    expect(watch.inForce).toBe(1);
  });

  it("lists and removes its callback for whoever may invoke it", async () => {
    expect((await call({ action: "callbacks" })).json["endpoints"]).toEqual([CALLBACK]);
    await call({ action: "unregister" });
    expect(cloud.emulator.admin.cesEndpoints()).toEqual([]);
  });

  it("prints no password, token or client secret, and nothing but JSON lines", async () => {
    const { stdout, stderr } = await fn.stop();
    for (const line of stdout) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
    expect(stderr).toEqual([]);
    const { appSecret } = cloud.current(cloud.secretId);
    expect(canaries.length).toBeGreaterThan(2);
    expect(leaks([...heard, ...stdout], [...new Set([...canaries, appSecret])])).toBe(0);
  });
});
