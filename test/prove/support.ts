import { namedCombinations, requiredCombinations } from "./combinations.ts";
import { prepare } from "./setup.ts";
import { type Call, createWorld, type Subject } from "./world.ts";

/** What the handler under test knows of. Found out by trial calls, since nothing of its inside is looked at. */
export interface Support {
  readonly heal: boolean;
  readonly authority: boolean;
  readonly requireWayBack: boolean;
}

function codeOf({ end }: Call): string {
  return end?.kind === "answered" ? (end.answer.returnMessage.split(":")[0] ?? "") : "";
}

/** One healthy secret for each question. An unknown setting is refused with SETTINGS_INVALID, an unknown action with EVENT_INVALID. */
export async function detectSupport(subject: Subject, seed: number): Promise<Support> {
  const ask = async (combination: (typeof requiredCombinations)[number] | undefined) => {
    if (combination === undefined) throw new Error("a combination of the trial calls is missing");
    const setup = prepare(combination, seed);
    const world = createWorld(setup, subject);
    return codeOf(await world.startProcess().call({ action: "heal", secretId: setup.secretId }));
  };
  const unknownSetting = "SETTINGS_INVALID";
  return {
    heal: (await ask(namedCombinations["read-back"])) !== "EVENT_INVALID",
    authority: (await ask(namedCombinations["second-authority"])) !== unknownSetting,
    requireWayBack: (await ask(requiredCombinations[0])) !== unknownSetting,
  };
}
