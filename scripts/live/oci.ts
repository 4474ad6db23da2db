import { type LiveTarget, runLiveTests } from "./live-tests.ts";
import { OCI_CLI_VERSION } from "./oci-clients.ts";

/** The official OCI command line and Python SDK against our emulator, by test/live/oci*.live.test.ts. */
export const oci: LiveTarget = {
  name: "oci",
  run: () => ({ version: OCI_CLI_VERSION, ...runLiveTests("oci") }),
};
