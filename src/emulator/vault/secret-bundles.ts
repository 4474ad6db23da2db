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
import { expiryOf, page } from "./models.ts";
import type { StoredSecret, StoredStage, StoredVersion, VaultState } from "./state.ts";

/** A version as the data plane sees it now: behind the control plane by `data-plane-lag-ms`. */
interface VisibleVersion {
  readonly version: StoredVersion;
  readonly stage: StoredStage;
}

/** Vault's data plane, `/20190301`: contents of versions. */
export function handleSecretBundles(
  request: EmulatedRequest,
  state: VaultState,
  now: number,
  switches: Switches,
): EmulatedResponse {
  if (request.path === "/20190301/secretbundles/actions/getByName") {
    const { secretName, vaultId } = request.query;
    const named = Object.values(state.secrets).find(
      (secret) => secret.name === secretName && secret.vaultId === vaultId,
    );
    // By name a secret in deletion is not found; by id it is (external-secrets issue 6771).
    return request.method === "POST" && named !== undefined && named.lifecycle !== "PENDING_DELETION"
      ? bundle(request, named, now, switches)
      : notAuthorizedOrNotFound();
  }
  const match = /^\/20190301\/secretbundles\/([^/]+)(\/versions)?$/.exec(request.path);
  const secret = own(state.secrets, pathPart(match?.[1]));
  if (match === null || secret === undefined || request.method !== "GET") {
    return notAuthorizedOrNotFound();
  }
  return match[2] === undefined ? bundle(request, secret, now, switches) : listBundles(request, secret, now, switches);
}

/** The version that a bundle request selects, or undefined. Without a selector it is CURRENT. */
export function selectBundle(
  query: Readonly<Record<string, string>>,
  secret: StoredSecret,
  now: number,
): VisibleVersion | undefined {
  const { versionNumber, secretVersionName, stage } = query;
  const visible = visibleVersions(secret, now);
  if (versionNumber !== undefined) {
    return visible.find(({ version }) => version.number === Number(versionNumber));
  }
  if (secretVersionName !== undefined) {
    return visible.find(({ version }) => version.name === secretVersionName);
  }
  const wanted = stage ?? "CURRENT";
  return wanted === "LATEST" ? visible.at(-1) : visible.findLast((candidate) => candidate.stage === wanted);
}

function bundle(request: EmulatedRequest, secret: StoredSecret, now: number, switches: Switches): EmulatedResponse {
  const selectors = ["versionNumber", "secretVersionName", "stage"].filter((name) => request.query[name] !== undefined);
  if (selectors.length > 1 && switches["several-selectors"] === "refused") {
    return ociError(400, "InvalidParameter", "More than one of versionNumber, secretVersionName and stage.");
  }
  settle(secret, now, switches);
  const found = selectBundle(request.query, secret, now);
  if (found === undefined) {
    return notAuthorizedOrNotFound();
  }
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
  settle(secret, now, switches);
  const visible = visibleVersions(secret, now);
  const cut = page(
    request.query["sortOrder"] === "ASC" ? visible : visible.reverse(),
    request.query,
    switches["page-size"],
  );
  return cut === null
    ? ociError(400, "InvalidParameter", "limit or page is invalid.")
    : json(
        200,
        cut.items.map((item) => bundleVersion(secret, item, now)),
        cut.headers,
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
