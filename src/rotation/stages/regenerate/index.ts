import type { Stage } from "../stage.ts";
import { claim } from "./claim.ts";
import { install } from "./install.ts";
import { mint } from "./mint.ts";
import { readBack } from "./read-back.ts";
import { keepAlone, retire } from "./retire.ts";
import { tryPending } from "./trial.ts";

/**
 * Has the issuer change what it accepts: by a mint of its own value, an install of ours, or the retirement of an older
 * one. Before a mint it takes the claim. If the answer to a mint was lost, it reads the value back.
 */
export const regenerate: Stage<
  "regenerate",
  "claim" | "try-pending" | "mint" | "read-back" | "install" | "retire" | "keep-alone"
> = {
  name: "regenerate",
  handles: { claim, "try-pending": tryPending, mint, "read-back": readBack, install, retire, "keep-alone": keepAlone },
};
