import { type LiveTarget, runLiveTests } from "./live-tests.ts";
import { UAA_VERSION } from "./uaa-server.ts";

/** Cloud Foundry UAA, by test/live/uaa*.live.test.ts. */
export const uaa: LiveTarget = {
  name: "uaa",
  run: () => ({ version: UAA_VERSION, ...runLiveTests("uaa") }),
};
