import { defineCommand } from "../../command.ts";
import { exitCodes } from "../../exit-codes.ts";
import { place, wantedOptions, wantedPolicy } from "./parameters.ts";
import { isDue, planFor, plannedData, plannedResult, planText } from "./planned.ts";

export const planPolicy = defineCommand({
  name: "plan",
  summary: "show what apply would change in the realm",
  description: `Compares the realm's client profile and policy of this name with the options, and shows what apply would add or change. Only
reads; the service account needs view-realm. Exit code 4: apply has something to do.`,
  arguments: place,
  options: wantedOptions,
  data: plannedData,
  examples: [
    {
      does: "secrets that expire after 90 days, for clients with the client role",
      line: "keycloak policy plan https://sso.example.org shop --authority ocid1.vaultsecret.oc1.iad.admin --expiration 90d",
    },
  ],
  async run(context, values) {
    const planned = await planFor(context, values, wantedPolicy(values));
    context.print(plannedResult(planned, values, false), planText(planned, values.name));
    return isDue(planned) ? exitCodes.attention : exitCodes.done;
  },
});
