import { expect, test } from "vitest";
import type { HttpRequest } from "../../../src/clients/http/transport.ts";
import { changeMessage } from "../../../src/notify/message.ts";
import { publish } from "../../../src/notify/topic.ts";
import { createChannelsRig } from "./channels-rig.ts";

test("a topic's id is one part of the path, whatever is in it, and what is sent is what was signed", async () => {
  const { window } = createChannelsRig();
  const signed: unknown[] = [];
  const sent: HttpRequest[] = [];
  const access = {
    transport: async (request: HttpRequest) => {
      sent.push(request);
      return { status: 202, headers: {}, body: "" };
    },
    signer: { signHttpRequest: async (request: object) => void signed.push({ ...request }) },
    notificationsEndpoint: null,
  };
  const message = changeMessage({ secretId: "ocid1.vaultsecret.oc1.iad.a", versionNo: 3, seq: 1, at: 0 });
  expect(await publish(access, "https://ons.example.org", "../a?b", message, window())).toBe(202);
  const url = "https://ons.example.org/20181201/topics/..%2Fa%3Fb/messages";
  const body = JSON.stringify({ title: message.title, body: message.body });
  expect(sent).toMatchObject([{ method: "POST", url, body }]);
  expect(signed).toMatchObject([{ method: "POST", uri: url, body }]);
});
