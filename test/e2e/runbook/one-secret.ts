/** The drills of one secret. */
import { expect } from "vitest";
import { promote } from "../../../src/emulator/vault/stages.ts";
import type { CliWorld } from "../../support/cli.ts";
import { contentWith, regenerateByHand, writeVersion } from "../../support/outside-changes.ts";
import type { Drill } from "./drill.ts";
import { policies, takeAway } from "./rights.ts";
import { REGENERATE, rotated, rotatedByFunction, theSecret, usesConsole, withConsoleValue } from "./worlds.ts";

const logsIn = (w: CliWorld) => w.currentVerdict() === "accepted";
const currentOf = (w: CliWorld) => Number(/(\d+):CURRENT/.exec(w.versions())?.[1]);

/** Somebody regenerated in the console, and has thrown the value away. */
export const lockedOut: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    await rotated(w, 1);
    regenerateByHand(w, "nobody-has-it");
  },
  variables: theSecret,
  byHand: { [REGENERATE]: usesConsole },
  written: withConsoleValue,
  isWell: logsIn,
};

/** An issuer that keeps two values: after an ordinary rotation the one that leaked still works. */
export const compromised: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    await rotated(w, 1);
  },
  variables: theSecret,
  isWell: (w) => logsIn(w) && w.accepted(1).length === 0,
};

/** Three values have been CURRENT; somebody promotes the oldest. */
export const wrongPromotion: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    await rotated(w, 2);
    const secret = w.emulator.admin.secret(w.secretId);
    const [oldest] = secret.versions;
    if (oldest !== undefined) promote(secret, oldest);
  },
  variables: theSecret,
  isWell: logsIn,
};

/** Somebody stores another client's credential, which logs in, in this secret. */
export const wrongClient: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    await rotated(w, 1);
    const { appId, clientId, secret } = w.emulator.admin.createApp();
    await writeVersion(w, { ...contentWith(w, secret), appId, clientId }, { stage: "CURRENT" });
  },
  variables: (w) => ({ ...theSecret(w), NUMBER: /(\d+):PREVIOUS/.exec(w.versions())?.[1] ?? "" }),
  isWell: (w) =>
    logsIn(w) &&
    JSON.parse(w.emulator.admin.content(w.secretId, currentOf(w)) ?? "{}").clientId === w.app.clientId &&
    w.emulator.admin.secret(w.secretId).rotationConfig?.isScheduledRotationEnabled === true,
};

/** The function may not have old versions deleted, so they have filled the list. */
export const fullVersionList: Drill = {
  begin: async (w) => {
    rotatedByFunction(w);
    takeAway(w, policies.manageVersions);
    for (let times = 0; times < 26; times += 1) {
      await writeVersion(w, contentWith(w, w.app.secret), { stage: "CURRENT", ageSeconds: 60 });
    }
    expect(logsIn(w)).toBe(true);
  },
  variables: (w) => ({ ...theSecret(w), OLDEST: "1 2 3 4 5 6" }),
  isWell: (w) => logsIn(w) && w.emulator.admin.app(w.app.clientId).mints === 1,
};

/** The region was lost between the regeneration and its store; the drill's world is the surviving region. */
export const regionLost: Drill = {
  begin: async (w) => {
    await rotated(w, 1);
    const secret = w.emulator.admin.secret(w.secretId);
    Object.assign(secret, { isReplica: true });
    regenerateByHand(w, "stored-nowhere");
  },
  variables: (w) => {
    const { compartmentId: COMPARTMENT, vaultId: VAULT, keyId: KEY } = w.emulator.admin.secret(w.secretId);
    return { ...theSecret(w), COMPARTMENT, VAULT, KEY };
  },
  byHand: { [REGENERATE]: usesConsole },
  written: withConsoleValue,
  isWell: (w) => {
    const { secrets } = w.emulator.state.vault;
    const made = Object.values(secrets).find(({ id }) => id !== w.secretId);
    if (made === undefined) return false;
    const { clientId, appSecret } = JSON.parse(w.emulator.admin.content(made.id, 1) ?? "{}");
    return w.emulator.admin.login(clientId, appSecret) === "accepted" && clientId === w.app.clientId;
  },
};
