import type { CommandGroup } from "../command.ts";
import { cancelRotation } from "./schedule/cancel-rotation.ts";
import { setOwner } from "./schedule/owner.ts";
import { removeSchedule } from "./schedule/remove.ts";
import { setSchedule } from "./schedule/set.ts";
import { showSchedule } from "./schedule/show.ts";

export const scheduleCommands: CommandGroup = {
  name: "schedule",
  summary: "show, set and remove a secret's rotation schedule in Vault, and its owner",
  description: `Vault's own schedule calls the function that rotates a secret every n days. These commands show, set and remove it, stop a
rotation in progress without losing the schedule, and note owner and contact.`,
  examples: [
    { does: "when is the next rotation?", line: "schedule show ocid1.vaultsecret.oc1.iad.example" },
    { does: "from now on every 60 days", line: "schedule set ocid1.vaultsecret.oc1.iad.example --every 60d" },
  ],
  commands: [showSchedule, setSchedule, removeSchedule, cancelRotation, setOwner],
};
