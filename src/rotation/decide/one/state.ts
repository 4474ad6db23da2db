import type { CallerView } from "../caller-view.ts";
import type { View } from "../decide.ts";

/** The issuer makes the value: until it is stored it exists nowhere else. */
export type IssuerState = View & { readonly chosenBy: "issuer" };

/** We make the value and store it before the issuer hears of it, so it cannot be lost. */
export type CallerState = CallerView & { readonly chosenBy: "caller" };

/** What the table judges by. Built by observe from what Vault and the issuer say now; never of an UPDATING secret. */
export type State = IssuerState | CallerState;
