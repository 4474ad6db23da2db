import type { CommandGroup } from "../command.ts";
import { acknowledgeVersion } from "./notify/acknowledge.ts";
import { addSubscriber, removeSubscriber } from "./notify/change.ts";
import { listSubscribers } from "./notify/list.ts";
import { testSubscribers } from "./notify/test.ts";

export const notifyCommands: CommandGroup = {
  name: "notify",
  summary: "who is notified of a secret's rotations, by webhook or mail",
  description: `After each rotation the function notifies the users of the secret, so that they read it again: by a signed webhook (Standard
Webhooks) or by mail. It also reports a failed rotation, with what to do about it. These commands add, list, remove and test such endpoints
of one secret, and say for an endpoint that its application has a version.`,
  examples: [
    {
      does: "notify an application",
      line: "notify add ocid1.vaultsecret.oc1.iad.example https://hooks.example.org/rotated",
    },
    { does: "does everybody hear?", line: "notify test ocid1.vaultsecret.oc1.iad.example" },
  ],
  commands: [addSubscriber, listSubscribers, removeSubscriber, testSubscribers, acknowledgeVersion],
};
