import { KEYCLOAK_VERSION } from "./keycloak-server.ts";
import { type LiveTarget, runLiveTests } from "./live-tests.ts";

/** Keycloak, by test/live/keycloak*.live.test.ts. */
export const keycloak: LiveTarget = {
  name: "keycloak",
  run: () => ({ version: KEYCLOAK_VERSION, ...runLiveTests("keycloak") }),
};
