import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { contentOf } from "../../clients/issuers/content-of.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { CliError } from "../cli-error.ts";
import { type Adoption, NO_VALUE, skipped } from "./adoption.ts";
import { createOwn, findOwn, type Own } from "./own-secret.ts";
import type { AdoptionParts, Task } from "./task.ts";

/** Another run may hold the claim that a killed one has left. */
const HEALS = 20;
const HEAL_MS = 15_000;
/** A placeholder is believed in this version alone. */
const FIRST = 1;

/** A login proves the text, or nothing can and that is accepted; otherwise what came of the client. */
async function problemOfLogin(
  text: Secret,
  { isEnabled }: Task,
  parts: AdoptionParts,
): Promise<Adoption | "proven" | "unproven"> {
  const login = await parts.open(text).login(null);
  if (login.verdict === "accepted") return "proven";
  if (!isEnabled) {
    return parts.mayBeUnproven
      ? "unproven"
      : skipped(
          "the client is disabled, so no login can prove its secret",
          "enable it, or add --unproven to store the value all the same",
        );
  }
  if (login.verdict === "unknown") throw login.error;
  return skipped(
    "the issuer refuses the value",
    "it may have expired, or the client may use another way to log in: give the value that works now, or see --add and --reset",
  );
}

/** The text to begin with: with a value that a login has proven, else the placeholder, if a new value may be made. */
async function firstText(task: Task, parts: AdoptionParts): Promise<Secret | Adoption> {
  const value = task.given ?? (await parts.readValue(task.client));
  const mayBeNew = task.newValue !== "none" && task.isEnabled && task.given === null;
  if (!(value instanceof Secret)) {
    const isUnknown = value === "never-shown" || value === "not-shown";
    return mayBeNew && isUnknown ? contentOf(task.client, null) : skipped(...NO_VALUE[value]);
  }
  const text = contentOf(task.client, value);
  const problem = await problemOfLogin(text, task, parts);
  if (typeof problem === "string") return text;
  return mayBeNew ? contentOf(task.client, null) : problem;
}

/** A value from the input takes the place of a placeholder; without one the placeholder waits for its first value. */
async function fill(task: Task, secretId: string, parts: AdoptionParts): Promise<Adoption | Own> {
  if (task.given === null) {
    return {
      ...{ outcome: "unfinished", secretId, isProven: false, why: "its secret in Vault holds no value yet" },
      next: "run the command again with the same options, or give the value that works now in the input",
    };
  }
  const text = contentOf(task.client, task.given);
  const problem = await problemOfLogin(text, task, parts);
  if (typeof problem !== "string") return { ...problem, secretId };
  const written = await parts.replace(secretId, FIRST, text);
  // What a lost answer has left is read back like any other.
  if (written.outcome === "refused") throw written.error;
  await parts.waitUntilActive(secretId);
  return { secretId, text: await parts.readText(secretId) };
}

/** Proves what Vault holds, and sets the rotation. */
async function finish(task: Task, { secretId, text }: Own, isNew: boolean, parts: AdoptionParts): Promise<Adoption> {
  const proof = await problemOfLogin(text, task, parts);
  if (typeof proof !== "string") return { ...proof, secretId };
  if (task.schedule !== null) await parts.setSchedule(secretId, task.schedule);
  return { outcome: isNew ? "adopted" : "already", secretId, isProven: proof === "proven", why: null, next: null };
}

async function telling(secretId: string | null, run: () => Promise<Adoption>): Promise<Adoption> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof RotationError) {
      return { outcome: "failed", secretId, isProven: false, why: thrown.message, next: thrown.nextAction };
    }
    if (thrown instanceof CliError && thrown.code !== "INTERRUPTED") {
      return { outcome: "failed", secretId, isProven: false, why: thrown.message, next: thrown.problem.next };
    }
    throw thrown;
  }
}

/**
 * Brings one client under rotation: get its value, prove it by a login, create the secret, prove what was stored, set the rotation. It changes
 * nothing at the issuer. Where no value is known and a new one may be made, it makes the placeholder: `giveValue` goes on there. Each step
 * finds out what is done already, so a run that was stopped anywhere goes on.
 */
export function adopt(task: Task, parts: AdoptionParts): Promise<Adoption> {
  return telling(null, async () => {
    let own = await findOwn(task, parts);
    let isNew = own === null;
    if (own === null) {
      const text = await firstText(task, parts);
      own = text instanceof Secret ? await createOwn(task, text, parts) : text;
    }
    if ("text" in own && parseContent(own.text).kind === "placeholder") {
      own = await fill(task, own.secretId, parts);
      isNew = true;
    }
    return "text" in own ? finish(task, own, isNew, parts) : own;
  });
}

/**
 * Has the first value made for a client that a placeholder names: by a heal, which is the same recovery as after any lost value, under its
 * claim or lease and by the authority that is bound to the secret. It makes none if one works by now.
 */
export function giveValue(task: Task, secretId: string, parts: AdoptionParts): Promise<Adoption> {
  return telling(secretId, async () => {
    let healed = await parts.heal(secretId);
    for (let again = 1; again < HEALS && healed.passes; again++) {
      await parts.wait(HEAL_MS);
      healed = await parts.heal(secretId);
    }
    if (healed.isDone) return finish(task, { secretId, text: await parts.readText(secretId) }, true, parts);
    return { outcome: "unfinished", secretId, isProven: false, why: healed.what, next: healed.next };
  });
}
