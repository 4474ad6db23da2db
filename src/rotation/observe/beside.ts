import type { StoredVersion, VersionList, VersionSummary } from "../../clients/vault/store.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { Rotation } from "../rotation.ts";
import { understand } from "./contents.ts";

/** The list of a look, and the content that was asked for at the same time. */
export interface Beside {
  readonly list: VersionList | null;
  /** Understands that content if it is CURRENT's after all. */
  keepContent(current: VersionSummary): Promise<void>;
}

/**
 * The login with a value that this run has just stored and is to promote. The answer serves the decision of this look
 * to log in, and no other. Where a tag binds the secret to its client, the login comes after that check.
 */
function logInWithStored({ context, attempt }: Rotation): Promise<unknown> | null {
  const { stored, endsWithPending } = attempt;
  if (stored === null || endsWithPending || context.settings.bindingTag !== null) return null;
  stored.login = stored.logIn();
  return stored.login;
}

/**
 * Lists the versions after the secret was read, and asks at the same time for what does not depend on the list. All
 * answers are waited for, so that no request goes on behind a failure's back.
 * @param currentNo as the secret names it; null: it does not
 * @throws RotationError as SecretStore does
 */
export async function listBeside(rotation: Rotation, currentNo: number | null): Promise<Beside> {
  const { context, attempt } = rotation;
  const { vault } = context.clients;
  const isFirst = attempt.read.list === null;
  const [list, content] = await Promise.allSettled([
    vault.listVersions(),
    isFirst && currentNo !== null ? vault.readVersion(currentNo) : null,
    logInWithStored(rotation),
  ]);
  if (list.status === "rejected") throw list.reason;
  return {
    list: list.value,
    async keepContent({ versionNo }) {
      if (versionNo !== currentNo) return;
      if (content.status === "rejected") throw content.reason;
      if (content.value !== null) await understand(rotation, content.value satisfies StoredVersion);
    },
  };
}

/** Whether a list shows nothing new but the version that this run has just stored. */
export function isStoredOnTop({ stored }: Attempt, { versions }: VersionList, currentNo: number): boolean {
  const [highest] = versions;
  const current = versions.find(({ versionStages }) => versionStages.includes("CURRENT"));
  const isOurs = stored !== null && highest?.name === stored.name && highest.versionStages.includes("PENDING");
  return isOurs && current?.versionNo === currentNo;
}
