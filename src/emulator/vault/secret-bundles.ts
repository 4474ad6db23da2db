import { page } from "../core/page.ts";
import type { Surroundings } from "../core/surroundings.ts";
import type { Switches } from "../core/switches.ts";
import {
  type EmulatedRequest,
  type EmulatedResponse,
  iso,
  json,
  notAuthorizedOrNotFound,
  ociError,
  own,
  pathPart,
} from "../core/wire.ts";
import { etagOf, settle } from "./lifecycle.ts";
import { expiryOf } from "./models.ts";
import type { StoredSecret, StoredStage, StoredVersion } from "./state.ts";

/** A version as the data plane sees it now: behind the control plane by `data-plane-lag-ms`. */
interface VisibleVersion {
  readonly version: StoredVersion;
  readonly stage: StoredStage;
}

/** Vault's data plane, `/20190301`: contents of versions. Undefined: no operation of it. */
export function handleSecretBundles(
  request: EmulatedRequest,
  { state, now, switches }: Surroundings,
): EmulatedResponse | undefined {
  const { secrets } = state.vault;
  const isByName = request.path === "/20190301/secretbundles/actions/getByName" && request.method === "POST";
  const [path, id, versions] = /^\/20190301\/secretbundles\/([^/]+)(\/versions)?$/.exec(request.path) ?? [];
  if (!isByName && (path === undefined || request.method !== "GET")) return undefined;
  const { secretName, vaultId } = request.query;
  const secret = isByName
    ? Object.values(secrets).find((named) => named.name === secretName && named.vaultId === vaultId)
    : own(secrets, pathPart(id));
  if (secret === undefined) return notAuthorizedOrNotFound();
  settle(secret, now, switches);
  // By name a secret in deletion is not found; by id it is (external-secrets issue 6771).
  if (secret.lifecycle === "DELETED" || (isByName && secret.lifecycle === "PENDING_DELETION")) {
    return notAuthorizedOrNotFound();
  }
  return versions === undefined ? bundle(request, secret, now, switches) : listBundles(request, secret, now, switches);
}

/** The version that a bundle request selects, or undefined. Without a selector it is CURRENT. */
export function selectBundle(
  query: Readonly<Record<string, string>>,
  secret: StoredSecret,
  now: number,
): VisibleVersion | undefined {
  const { versionNumber, secretVersionName, stage } = query;
  const visible = visibleVersions(secret, now);
  if (versionNumber !== undefined) return visible.find(({ version }) => version.number === Number(versionNumber));
  if (secretVersionName !== undefined) return visible.find(({ version }) => version.name === secretVersionName);
  const wanted = stage ?? "CURRENT";
  return wanted === "LATEST" ? visible.at(-1) : visible.findLast((candidate) => candidate.stage === wanted);
}

function bundle(request: EmulatedRequest, secret: StoredSecret, now: number, switches: Switches): EmulatedResponse {
  const selectors = ["versionNumber", "secretVersionName", "stage"].filter((name) => request.query[name] !== undefined);
  if (selectors.length > 1 && switches["several-selectors"] === "refused") {
    return ociError(400, "InvalidParameter", "More than one of versionNumber, secretVersionName and stage.");
  }
  const found = selectBundle(request.query, secret, now);
  if (found === undefined) return notAuthorizedOrNotFound();
  const expiry = expiryOf(secret, found.version);
  if (expiry?.blocks === true && now >= expiry.at) {
    return ociError(409, "Conflict", "The secret version has expired and its content may not be read.");
  }
  return json(
    200,
    {
      ...bundleVersion(secret, found, now),
      metadata: secret.metadata,
      secretBundleContent: { contentType: "BASE64", content: found.version.content },
    },
    { etag: etagOf(secret) },
  );
}

function listBundles(
  request: EmulatedRequest,
  secret: StoredSecret,
  now: number,
  switches: Switches,
): EmulatedResponse {
  const visible = visibleVersions(secret, now);
  return page(request.query["sortOrder"] === "ASC" ? visible : visible.reverse(), request.query, switches, (item) =>
    bundleVersion(secret, item, now),
  );
}

function bundleVersion(secret: StoredSecret, { version, stage }: VisibleVersion, now: number) {
  const newest = visibleVersions(secret, now).at(-1)?.version.number;
  const stages = newest === version.number ? [stage, "LATEST"] : [stage];
  const expiry = expiryOf(secret, version);
  return {
    secretId: secret.id,
    versionNumber: version.number,
    versionName: version.name ?? undefined,
    timeCreated: iso(version.createdAt),
    timeOfDeletion: version.deletionAt === null ? undefined : iso(version.deletionAt),
    timeOfExpiry: expiry === undefined ? undefined : iso(expiry.at),
    stages,
  };
}

function visibleVersions(secret: StoredSecret, now: number): VisibleVersion[] {
  const view = secret.views.findLast((candidate) => candidate.visibleFrom <= now);
  if (view === undefined) {
    return secret.versions.filter((version) => !version.deleted).map((version) => ({ version, stage: version.stage }));
  }
  // Earlier views will never be read again.
  secret.views.splice(0, secret.views.indexOf(view));
  return view.stages.flatMap(([number, stage]) => {
    const version = secret.versions[number - 1];
    return version === undefined || version.deleted ? [] : [{ version, stage }];
  });
}
