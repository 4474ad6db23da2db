import { CircuitBreaker, NoRetryConfigurationDetails } from "oci-common";
import { SecretsClient } from "oci-secrets";
import { models, requests, VaultsClient } from "oci-vault";
import type { Budget } from "../../base/budget.ts";
import type { Clock } from "../../base/clock.ts";
import type { Entropy } from "../../base/entropy.ts";
import { RotationError } from "../../base/errors.ts";
import type { Operation } from "../../base/vault-operations.ts";
import { createOciHttpClient, type OciSigner } from "../http/oci-http-client.ts";
import { lagPolicy, readPolicy, repeatRead } from "../http/retry.ts";
import type { Transport } from "../http/transport.ts";
import { isNotFound, isRepeatable, isUpdating, judgeWrite, vaultError } from "./oci-errors.ts";
import { readSecretState, readStoredVersion, readVersionSummaries } from "./oci-responses.ts";
import { readSchedule } from "./rotation-responses.ts";
import type { Annotations, SecretStore, VersionSummary, Write } from "./store.ts";
import { createUpdating, createUpdatingTimes, type Updating } from "./updating.ts";

/** Where Vault is and who signs the requests; the same for every invocation of a process. */
export interface VaultAccess {
  readonly transport: Transport;
  readonly signer: OciSigner;
  /** Scheme, host and port of the control plane, without the API's path. */
  readonly vaultEndpoint: string;
  /** The same for secret retrieval. */
  readonly secretsEndpoint: string;
  /** The same for OCI Notifications; absent: no topic is notified. */
  readonly notificationsEndpoint?: string;
  /** The same for the ingestion of OCI Monitoring; absent: no metric is posted. */
  readonly monitoringEndpoint?: string;
}

// A secret has at most 60 versions; a page holds at least one.
const MAX_PAGES = 100;
const PAGE_SIZE = 100;

/**
 * One secret in OCI Vault, through the OCI SDK, for one invocation. Clients are cheap without their circuit breaker. A
 * new client's calls end with this invocation's deadline.
 */
export function createOciStore(
  access: VaultAccess,
  secretId: string,
  seams: {
    readonly clock: Clock;
    readonly entropy: Entropy;
    readonly budget: Budget;
    /** What is known of the secret already; default: nothing. */
    readonly updating?: Updating;
  },
): SecretStore {
  const { clock } = seams;
  // No retry of the SDK's own: it would repeat a write behind our back, or wait past the deadline.
  const once = { retryConfiguration: NoRetryConfigurationDetails };
  let answeredAt = clock.now();
  const httpClient = createOciHttpClient(access.transport, access.signer, seams.budget, (date) => {
    answeredAt = date;
  });
  const configuration = { circuitBreaker: new CircuitBreaker({ disableClientCircuitBreaker: true }) };
  const vaults = new VaultsClient({ httpClient }, configuration);
  vaults.endpoint = access.vaultEndpoint;
  const secrets = new SecretsClient({ httpClient }, configuration);
  secrets.endpoint = access.secretsEndpoint;

  const read = async <T>(
    operation: Operation,
    call: () => Promise<T>,
    isWorthRepeating = isRepeatable,
    policy = readPolicy,
  ): Promise<T> => {
    try {
      return await repeatRead(call, isWorthRepeating, policy, seams);
    } catch (thrown) {
      throw vaultError(operation, thrown);
    }
  };
  const write = async (operation: Operation, call: () => Promise<unknown>): Promise<Write> => {
    try {
      await call();
      return { outcome: "done" };
    } catch (thrown) {
      return judgeWrite(operation, thrown);
    }
  };
  const ifMatch = (etag: string | null) => (etag === null ? {} : { ifMatch: etag });
  const update = (details: models.UpdateSecretDetails, etag: string | null) =>
    write("UpdateSecret", () =>
      vaults.updateSecret({ secretId, updateSecretDetails: details, ...ifMatch(etag), ...once }),
    );

  const detailsOf = ({ metadata, tags }: Annotations): models.UpdateSecretDetails => ({
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(tags === undefined ? {} : { freeformTags: { ...tags } }),
  });

  const listAll = async (): Promise<VersionSummary[]> => {
    const versions: VersionSummary[] = [];
    let page: string | undefined;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const answer = await vaults.listSecretVersions({
        secretId,
        limit: PAGE_SIZE,
        sortBy: requests.ListSecretVersionsRequest.SortBy.VersionNumber,
        sortOrder: requests.ListSecretVersionsRequest.SortOrder.Desc,
        ...(page === undefined ? {} : { page }),
        ...once,
      });
      versions.push(...readVersionSummaries(answer.items));
      page = answer.opcNextPage;
      if (page === undefined || page === null || page === "") return versions;
    }
    throw new RotationError("VAULT_UNAVAILABLE", `the list of versions did not end after ${MAX_PAGES} pages`);
  };

  return (seams.updating ?? createUpdating(clock, createUpdatingTimes())).watch({
    readSecret: () =>
      read("GetSecret", async () => {
        const answer = await vaults.getSecret({ secretId, ...once });
        return { ...readSecretState(answer.secret, answer.etag), schedule: readSchedule(answer.secret) };
      }),

    async listVersions() {
      let isBusy = false;
      const versions = await read("ListSecretVersions", async () => {
        try {
          return await listAll();
        } catch (thrown) {
          if (!isUpdating(thrown)) throw thrown;
          isBusy = true;
          return [];
        }
      });
      return isBusy ? null : { versions: versions.sort((a, b) => b.versionNo - a.versionNo), asOf: answeredAt };
    },

    readVersion: (versionNo) =>
      read(
        "GetSecretBundle",
        async () => {
          const answer = await secrets.getSecretBundle({ secretId, versionNumber: versionNo, ...once });
          return readStoredVersion(answer.secretBundle, answeredAt);
        },
        (thrown) => isRepeatable(thrown) || isNotFound(thrown),
        lagPolicy,
      ),

    readCurrentText: () =>
      read("GetSecretBundle", async () => {
        const answer = await secrets.getSecretBundle({ secretId, ...once });
        return readStoredVersion(answer.secretBundle, answeredAt).content;
      }),

    writeVersion: (name, versionStage, content, etag) =>
      update(
        {
          secretContent: {
            contentType: "BASE64",
            content: Buffer.from(content.reveal(), "utf8").toString("base64"),
            name,
            stage:
              versionStage === "PENDING"
                ? models.SecretContentDetails.Stage.Pending
                : models.SecretContentDetails.Stage.Current,
          } as models.Base64SecretContentDetails,
        },
        etag,
      ),

    promote: (versionNo, etag, annotations = {}) =>
      update({ currentVersionNumber: versionNo, ...detailsOf(annotations) }, etag),

    writeAnnotations: (annotations, etag) => update(detailsOf(annotations), etag),

    cancelVersionDeletion: (versionNo, etag) =>
      write("CancelSecretVersionDeletion", () =>
        vaults.cancelSecretVersionDeletion({ secretId, secretVersionNumber: versionNo, ...ifMatch(etag), ...once }),
      ),

    scheduleVersionDeletion: (versionNo, at, etag) =>
      write("ScheduleSecretVersionDeletion", () =>
        vaults.scheduleSecretVersionDeletion({
          secretId,
          secretVersionNumber: versionNo,
          scheduleSecretVersionDeletionDetails: { timeOfDeletion: new Date(at) },
          ...ifMatch(etag),
          ...once,
        }),
      ),
  });
}
