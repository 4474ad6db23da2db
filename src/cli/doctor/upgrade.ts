import { createBudget } from "../../base/budget.ts";
import { asRotationError } from "../../base/errors.ts";
import { originAppIn } from "../../base/settings/kinds.ts";
import { parseSettings, type Settings } from "../../base/settings/settings.ts";
import { parseAuthority } from "../../clients/issuers/authority-content.ts";
import { clientText } from "../../clients/issuers/client.ts";
import { clientIn } from "../../clients/issuers/index.ts";
import { requireAdmitted } from "../../clients/issuers/origins.ts";
import {
  hasNamed,
  type NewMembers,
  newMembers,
  type OutdatedAuthority,
  type Subject,
} from "../../clients/issuers/outdated-authority.ts";
import { parseContent } from "../../clients/vault/content.ts";
import { createDirectory } from "../../clients/vault/directory.ts";
import { createOciStore } from "../../clients/vault/oci-store.ts";
import { settingThatNames } from "../../rotation/own-secrets.ts";
import type { Runtime } from "../runtime.ts";
import type { SignedIn } from "../sign-in/sign-in.ts";
import type { Facts } from "./facts.ts";
import { setLine } from "./settings-check.ts";

/** A line to paste, and why; or only why, if there is nothing to paste. */
export interface UpgradeStep {
  readonly why: string;
  readonly line: string | null;
}

const LIMIT_MS = 600_000;
const CALL_MS = 10_000;
const APPS = "OROT_RESOURCE_PRINCIPAL_APPS";

const note = (why: string): UpgradeStep => ({ why, line: null });

/** Text for between a shell's single quotes. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** Merges its argument into the JSON that it gets in base64, and returns that in base64. The value never reaches a file or the terminal. */
const MERGE =
  'const{origin,...o}=JSON.parse(Buffer.from(require("fs").readFileSync(0,"utf8"),"base64"));console.log(Buffer.from(JSON.stringify({...o,...JSON.parse(process.argv[1])})).toString("base64"))';

/** Escapes everything outside ASCII, so that nothing can move a cursor or imitate other text. */
function asciiJson(value: object): string {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replaceAll(/[^\x20-\x7e]/g, escaped);
}

function contentLine(secretId: string, members: NewMembers): string {
  const query = `--query 'data."secret-bundle-content".content' --raw-output`;
  const read = `oci secrets secret-bundle get --secret-id ${secretId} --stage CURRENT ${query}`;
  const merged = `$(${read} | node -e ${quoted(MERGE)} ${quoted(asciiJson(members))})`;
  return `oci vault secret update-base64 --secret-id ${secretId} --secret-content-content "${merged}"`;
}

/** What is read for this: the secrets that the function rotates, and its authorities. */
interface Reading {
  readonly facts: Facts;
  readonly settings: Settings;
  readonly subjects: readonly Subject[];
  readonly outdated: readonly { readonly secretId: string; readonly old: OutdatedAuthority }[];
  readonly notes: readonly UpgradeStep[];
}

async function secretIdsOf(runtime: Runtime, { access }: SignedIn, facts: Facts, settings: Settings) {
  const { clock, entropy } = runtime;
  const budget = createBudget(clock, null, { budgetMs: LIMIT_MS, marginMs: 0, callTimeoutMs: CALL_MS });
  const seams = { clock, entropy, budget };
  const directory = createDirectory(access, seams);
  const ids = new Set(facts.secretId === null ? [] : [facts.secretId]);
  const notes: UpgradeStep[] = [];
  for (const compartmentId of settings.healCompartmentIds ?? []) {
    try {
      for await (const { secretId, rotation } of directory.secrets({ compartmentId })) {
        if (rotation.functionId !== null && rotation.functionId === facts.functionId) ids.add(secretId);
      }
    } catch (thrown) {
      notes.push(note(`the secrets of ${compartmentId} could not be listed: ${asRotationError(thrown).message}`));
    }
  }
  const read = (secretId: string) => createOciStore(access, secretId, seams).readCurrentText();
  return { ids: [...ids].filter((id) => settingThatNames(settings, id) === null), notes, read };
}

async function readAll(runtime: Runtime, signedIn: SignedIn, facts: Facts, settings: Settings): Promise<Reading> {
  const { ids, notes, read } = await secretIdsOf(runtime, signedIn, facts, settings);
  const subjects: Subject[] = [];
  const outdated: { secretId: string; old: OutdatedAuthority }[] = [];
  const attempt = async (secretId: string, understand: (text: Awaited<ReturnType<typeof read>>) => void) => {
    try {
      understand(await read(secretId));
    } catch (thrown) {
      notes.push(note(`${secretId} was left out: ${asRotationError(thrown).message}`));
    }
  };
  for (const secretId of ids) {
    await attempt(secretId, (text) => subjects.push({ secretId, client: clientIn(parseContent(text)) }));
  }
  for (const secretId of settings.authoritySecretIds ?? []) {
    await attempt(secretId, (text) => {
      const content = parseAuthority(text);
      if ("isOutdated" in content) outdated.push({ secretId, old: content });
    });
  }
  return { facts, settings, subjects, outdated, notes };
}

/** An authority's new content, for the clients that its old content named and that share its address. */
function authoritySteps({ subjects, outdated }: Reading): { readonly steps: UpgradeStep[]; readonly urls: string[] } {
  const steps: UpgradeStep[] = [];
  const urls: string[] = [];
  for (const { secretId, old } of outdated) {
    const named = subjects.filter(({ client }) => hasNamed(old, client));
    const [first] = named;
    if (first === undefined) {
      steps.push(
        note(`the authority in ${secretId} has the old form, and names a client of none of the secrets found`),
      );
      continue;
    }
    const isNear = ({ client }: Subject) => client.base === first.client.base;
    const members = newMembers(old, first, ...named.slice(1).filter(isNear));
    urls.push(members.url, ...(members.tokenUrl === undefined ? [] : [members.tokenUrl]));
    steps.push({
      why: `the authority in ${secretId} has the old form; check its url and each entry: anyone who may write and read that entry's secret can get that client's value`,
      line: contentLine(secretId, members),
    });
    for (const { secretId: left, client } of named.filter((one) => !isNear(one))) {
      steps.push(note(`${left} is at ${client.base}: that address needs another authority's secret`));
    }
  }
  return { steps, urls };
}

/** Where credentials go now, if that is more than the settings admit. */
function originSteps({ facts, settings, subjects }: Reading, urls: readonly string[]): UpgradeStep[] {
  const { issuerOrigins } = settings;
  const isRefused = ({ client }: Subject) => {
    try {
      requireAdmitted(client, issuerOrigins);
      return false;
    } catch {
      return true;
    }
  };
  if (!subjects.some(isRefused)) return [];
  // Once the setting exists, nothing else is admitted, not even an identity domain.
  const wanted = subjects.filter((subject) => issuerOrigins === null || isRefused(subject)).map(({ client }) => client);
  const tokenUrls = wanted.flatMap(({ base, tokenUrl }) =>
    tokenUrl === null || tokenUrl.startsWith(`${base}/`) ? [] : [tokenUrl],
  );
  const addresses = [...(issuerOrigins ?? []), ...wanted.map(({ base }) => base), ...tokenUrls];
  const more = urls.filter((url) => !addresses.some((address) => url === address || url.startsWith(`${address}/`)));
  return [
    {
      why: "credentials go only to identity domains at Oracle's own addresses, unless OROT_ISSUER_ORIGINS names others; check each: it comes from a secret's content",
      line: setLine(facts, "OROT_ISSUER_ORIGINS", [...new Set([...addresses, ...more])].join(",")),
    },
  ];
}

function appSteps({ facts, subjects }: Reading): UpgradeStep[] {
  const parts = (facts.environment[APPS] ?? "")
    .split(",")
    .map((part) => ({ part: part.trim(), old: originAppIn(part) }));
  if (parts.every(({ old }) => old === null)) return [];
  const steps: UpgradeStep[] = [];
  const entries = parts.flatMap(({ part, old }) => {
    if (old === null) return [part];
    const found = subjects.filter(({ client }) => client.base === old.base && client.subject === old.appId);
    if (found.length === 0)
      steps.push(note(`${APPS} names the App ${old.appId}, and none of the secrets found is its`));
    return found.map(({ secretId, client }) =>
      [old.base, old.appId, encodeURIComponent(client.clientId), secretId].join("#"),
    );
  });
  const why = `${APPS} has the old form; check each entry: it names the secret from which the App may be rotated`;
  return [
    ...steps,
    entries.length === 0 ? note(`take ${APPS} out`) : { why, line: setLine(facts, APPS, entries.join(",")) },
  ];
}

/** Two secrets of one client are a mistake, or one of them is not the owner's. */
function doubtSteps({ subjects }: Reading): UpgradeStep[] {
  const byText = new Map<string, string[]>();
  for (const { client, secretId } of subjects) {
    const text = clientText(client);
    byText.set(text, [...(byText.get(text) ?? []), secretId]);
  }
  return [...byText.values()]
    .filter(({ length }) => length > 1)
    .map((same) => note(`these secrets name the same client, and only one of them can be rotated: ${same.join(", ")}`));
}

/** All that an earlier edition's settings and authorities need, as lines to paste. Sends only reads. */
export async function upgradeSteps(runtime: Runtime, signedIn: SignedIn, facts: Facts): Promise<UpgradeStep[]> {
  let settings: Settings;
  try {
    const { [APPS]: _old, ...environment } = facts.environment;
    settings = parseSettings(environment);
  } catch (thrown) {
    const { message, nextAction } = asRotationError(thrown);
    return [note(`${message}; ${nextAction}, then run this again`)];
  }
  const reading = await readAll(runtime, signedIn, facts, settings);
  const authorities = authoritySteps(reading);
  return [
    ...originSteps(reading, authorities.urls),
    ...appSteps(reading),
    ...authorities.steps,
    ...doubtSteps(reading),
    ...reading.notes,
  ];
}
