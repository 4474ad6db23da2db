import { RotationError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import { isSameClient } from "../../clients/issuers/client.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import { parseContent } from "../../clients/vault/content.ts";
import type { ListedSecret } from "../../clients/vault/directory.ts";
import { type Adoption, skipped } from "./adoption.ts";
import type { AdoptionParts, Task } from "./task.ts";

/** Asks for the first look at a new secret again; Vault's lists lag behind its writes. */
const LOOKS = 10;
const LOOK_MS = 1_000;

/** A secret that holds the client, and CURRENT as Vault shows it. */
export interface Own {
  readonly secretId: string;
  readonly text: Secret;
}

/** What a secret of the task's name is to it: its own if it holds this client, and otherwise in the way. */
export async function judge(
  task: Task,
  { secretId, lifecycle }: ListedSecret,
  parts: Pick<AdoptionParts, "waitUntilActive" | "readText">,
): Promise<Own | Adoption> {
  if (!["ACTIVE", "UPDATING", "CREATING"].includes(lifecycle)) {
    return skipped(
      `the name ${task.secretName} is taken by a secret that is not active`,
      "a name stays taken until its deletion is done: choose another template, or cancel the deletion",
    );
  }
  if (lifecycle !== "ACTIVE") await parts.waitUntilActive(secretId);
  try {
    const text = await parts.readText(secretId);
    if (isSameClient(clientIn(parseContent(text)), task.client, [])) return { secretId, text };
  } catch (thrown) {
    if (!(thrown instanceof RotationError) || thrown.code === "VAULT_UNAVAILABLE") throw thrown;
  }
  return skipped(
    `the name ${task.secretName} is taken by a secret with other content`,
    "choose another template for the names",
  );
}

/** The task's secret, if there is one already: a task that was interrupted goes on there. Null: there is none of its name. */
export async function findOwn(task: Task, parts: AdoptionParts): Promise<Own | Adoption | null> {
  const found = await parts.findByName(task.secretName, task.place);
  return found === null ? null : judge(task, found, parts);
}

/** A right that one creation lacks, all of them in that place do. */
function refusal({ code, message: why, nextAction }: RotationError): Adoption {
  const isRefused = code === "VAULT_FORBIDDEN" || code === "SECRET_NOT_FOUND";
  const next = isRefused
    ? 'check the OCIDs of compartment, vault and key, and that you have "manage secrets", "use vaults", "use keys", and for defined tags "use tag-namespaces"'
    : nextAction;
  return { outcome: "failed", secretId: null, isProven: false, why, next, isRefused };
}

/** Creates the secret. A lost answer, or one of another run at the same time, is settled by looking for the name. */
export async function createOwn(task: Task, text: Secret, parts: AdoptionParts): Promise<Own | Adoption> {
  const written = await parts.create({
    ...task.place,
    name: task.secretName,
    description: `OAuth client ${task.client.clientId}`,
    base64: new Secret(Buffer.from(text.reveal(), "utf8").toString("base64")),
    tags: task.tags,
    definedTags: task.definedTags,
  });
  for (let look = 0; look < LOOKS; look++) {
    const found = await findOwn(task, parts);
    if (found !== null) return found;
    if (written.outcome === "refused") return refusal(written.error);
    await parts.wait(LOOK_MS);
  }
  throw written.outcome === "done"
    ? new RotationError(
        "VAULT_UNAVAILABLE",
        "the new secret is not listed",
        "run the command again: it goes on where it stopped",
      )
    : written.error;
}
