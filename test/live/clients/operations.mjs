/**
 * Calls each operation of OCI's services with the official TypeScript SDK, and prints one JSON object: operation to "works", to the status 501,
 * or to what was wrong. operations.py says more. Arguments: the folder of the SDK, and what the emulator announced.
 */
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout } from "node:timers/promises";

const [folder = "", announced = "{}"] = process.argv.slice(2);
const sdk = createRequire(path.join(folder, "package.json"));
const [common, vault, secrets, requests, functions, ons] = [
  "common",
  "vault",
  "secrets",
  "workrequests",
  "functions",
  "ons",
].map((part) => sdk(`oci-${part}`));
const { url, configFile, secretId, secretName, functionId, applicationId, compartmentId, vaultId, keyId } =
  JSON.parse(announced);

const authenticationDetailsProvider = new common.ConfigFileAuthenticationDetailsProvider(configFile);
const connect = (Client, endpoint = url) => {
  const client = new Client({ authenticationDetailsProvider });
  client.endpoint = endpoint;
  return client;
};
const vaults = connect(vault.VaultsClient);
const bundles = connect(secrets.SecretsClient);
const workRequests = connect(requests.WorkRequestClient);
const management = connect(functions.FunctionsManagementClient);
const topics = connect(ons.NotificationControlPlaneClient);
const messages = connect(ons.NotificationDataPlaneClient);

const name = "live-typescript";
const results = {};

async function operation(title, body) {
  try {
    await body();
    results[title] = "works";
  } catch (error) {
    const { statusCode, serviceCode, message } = error ?? {};
    results[title] = statusCode === 501 ? "501" : `${statusCode ?? ""} ${serviceCode ?? ""} ${message ?? error}`.trim();
  }
}

function works(condition, what) {
  if (!condition) throw new Error(what);
}

/** Asks every half second, at most a minute. */
async function until(ask, ready) {
  for (let asked = 0; asked < 120; asked += 1) {
    const seen = await ask();
    if (ready(seen)) return seen;
    await setTimeout(500);
  }
  throw new Error("it did not end within a minute");
}

const inState = (id, state) =>
  until(
    async () => (await vaults.getSecret({ secretId: id })).secret,
    ({ lifecycleState }) => lifecycleState === state,
  );
const active = (id) => inState(id, "ACTIVE");
const encoded = (text) => Buffer.from(text).toString("base64");
const content = (text, more) => ({ contentType: "BASE64", content: encoded(text), ...more });
const inDays = (days) => new Date(Date.now() + days * 86_400_000);

let made;
let work;
let invokeEndpoint;
let topicId;
const update = async (updateSecretDetails) => {
  await vaults.updateSecret({ secretId: made, updateSecretDetails });
  return active(made);
};
const version = async (secretVersionNumber) =>
  (await vaults.getSecretVersion({ secretId: made, secretVersionNumber })).secretVersion;
const all = async (iterable) => {
  const items = [];
  for await (const item of iterable) items.push(item);
  return items;
};

await operation("CreateSecret", async () => {
  const createSecretDetails = {
    compartmentId,
    vaultId,
    keyId,
    secretName: name,
    description: "made by a client",
    freeformTags: { purpose: "live" },
    metadata: { owner: "somebody" },
    secretRules: [
      { ruleType: "SECRET_REUSE_RULE", isEnforcedOnDeletedSecretVersions: false },
      {
        ruleType: "SECRET_EXPIRY_RULE",
        secretVersionExpiryInterval: "P30D",
        isSecretContentRetrievalBlockedOnExpiry: false,
      },
    ],
    rotationConfig: {
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
      rotationInterval: "P60D",
      isScheduledRotationEnabled: true,
    },
    secretContent: content("one", { name: "first" }),
  };
  made = (await vaults.createSecret({ createSecretDetails })).secret.id;
  const seen = await active(made);
  works(seen.freeformTags.purpose === "live" && seen.metadata.owner === "somebody", "tags are lost");
  works(seen.secretRules.length === 2 && seen.secretRules.every(({ ruleType }) => ruleType), "rules are lost");
  works(
    seen.rotationConfig.rotationInterval === "P60D" &&
      seen.rotationConfig.targetSystemDetails.functionId === functionId,
    "rotation is lost",
  );
});
await operation("GetSecret", async () => works((await active(secretId)).secretName === secretName, "another secret"));
await operation("ListSecrets", async () => {
  const seen = await all(vaults.listSecretsRecordIterator({ compartmentId, limit: 1 }));
  works(seen.filter(({ id }) => id === secretId || id === made).length === 2, "a secret is missing");
});
await operation("UpdateSecret: tags and description", async () => {
  const seen = await update({ description: "another", freeformTags: { purpose: "changed" } });
  works(seen.description === "another" && seen.freeformTags.purpose === "changed", "not changed");
});
await operation("UpdateSecret: new content", async () => {
  await update({ secretContent: content("two", { name: "second", stage: "PENDING" }) });
  works((await version(2)).stages.join() === "PENDING,LATEST", "not PENDING");
});
await operation("UpdateSecret: promote", async () => {
  works((await update({ currentVersionNumber: 2 })).currentVersionNumber === 2, "not promoted");
});
await operation("UpdateSecret: promote beside empty content", async () => {
  const seen = await update({ secretContent: { contentType: "BASE64" }, currentVersionNumber: 1 });
  works(seen.currentVersionNumber === 1, "not promoted");
});
await operation("ListSecretVersions", async () => {
  const seen = await all(vaults.listSecretVersionsRecordIterator({ secretId: made, limit: 1 }));
  works(seen.map(({ versionNumber }) => versionNumber).join() === "2,1", "other versions");
});
await operation("GetSecretVersion", async () => works((await version(1)).stages.join() === "CURRENT", "other stages"));

const reads = async (selector, text) => {
  const { secretBundle } = await bundles.getSecretBundle({ secretId: made, ...selector });
  works(secretBundle.secretBundleContent.content === encoded(text), "other content");
};
await operation("GetSecretBundle: by stage", () => reads({ stage: "CURRENT" }, "one"));
await operation("GetSecretBundle: by number", () => reads({ versionNumber: 2 }, "two"));
await operation("GetSecretBundle: by version name", () => reads({ secretVersionName: "second" }, "two"));
await operation("GetSecretBundleByName", async () => {
  const { secretBundle } = await bundles.getSecretBundleByName({ secretName: name, vaultId });
  works(secretBundle.secretId === made, "another secret");
});
await operation("ListSecretBundleVersions", async () => {
  const seen = await all(bundles.listSecretBundleVersionsRecordIterator({ secretId: made, limit: 1 }));
  works(seen.length === 2, "other versions");
});

await operation("RotateSecret", async () => {
  work = (await vaults.rotateSecret({ secretId })).opcWorkRequestId;
  works(work, "no work request");
});
await operation("GetWorkRequest", async () => {
  const seen = await until(
    async () => (await workRequests.getWorkRequest({ workRequestId: work })).workRequest,
    ({ timeFinished }) => timeFinished,
  );
  works(seen.status === "SUCCEEDED" && seen.operationType === "ROTATE_SECRET", `it ended ${seen.status}`);
  works(seen.percentComplete === 100, "not done");
});
await operation("ListWorkRequests", async () => {
  const { items } = await workRequests.listWorkRequests({ compartmentId, resourceId: secretId });
  works(items.map(({ id }) => id).join() === work, "not listed");
});
await operation("ListWorkRequestLogs", async () => {
  const { items } = await workRequests.listWorkRequestLogs({ workRequestId: work });
  works(items.length === 4, "not four steps");
});
await operation("ListWorkRequestErrors", async () => {
  const { items } = await workRequests.listWorkRequestErrors({ workRequestId: work });
  works(items.length === 0, "errors");
});
await operation("CancelSecretRotation", async () => {
  await vaults.cancelSecretRotation({ secretId: made });
  works((await active(made)).rotationStatus === "NOT_ENABLED", "still on");
});
await operation("ScheduleSecretVersionDeletion", async () => {
  await update({ secretContent: content("three") });
  const scheduleSecretVersionDeletionDetails = { timeOfDeletion: inDays(2) };
  const which = { secretId: made, secretVersionNumber: 2 };
  await vaults.scheduleSecretVersionDeletion({ ...which, scheduleSecretVersionDeletionDetails });
  await active(made);
  works((await version(2)).timeOfDeletion, "no time");
});
await operation("CancelSecretVersionDeletion", async () => {
  await vaults.cancelSecretVersionDeletion({ secretId: made, secretVersionNumber: 2 });
  await active(made);
  works(!(await version(2)).timeOfDeletion, "still a time");
});
await operation("ChangeSecretCompartment", async () => {
  await vaults.changeSecretCompartment({ secretId: made, changeSecretCompartmentDetails: { compartmentId } });
  works((await active(made)).compartmentId === compartmentId, "elsewhere");
});
await operation("ScheduleSecretDeletion", async () => {
  await vaults.scheduleSecretDeletion({
    secretId: made,
    scheduleSecretDeletionDetails: { timeOfDeletion: inDays(3) },
  });
  await inState(made, "PENDING_DELETION");
});
await operation("CancelSecretDeletion", async () => {
  await vaults.cancelSecretDeletion({ secretId: made });
  await active(made);
});

await operation("GetFunction", async () => {
  invokeEndpoint = (await management.getFunction({ functionId })).function.invokeEndpoint;
  works(invokeEndpoint, "no endpoint");
});
await operation("ListFunctions", async () => {
  const { items } = await management.listFunctions({ applicationId });
  works(items.map(({ id }) => id).join() === functionId, "not listed");
});
await operation("UpdateFunction", async () => {
  const { config } = (await management.getFunction({ functionId })).function;
  await management.updateFunction({ functionId, updateFunctionDetails: { config: { ...config, LIVE: "typescript" } } });
  works((await management.getFunction({ functionId })).function.config.LIVE === "typescript", "not changed");
});
await operation("InvokeFunction", async () => {
  const invoker = connect(functions.FunctionsInvokeClient, invokeEndpoint);
  const invokeFunctionBody = JSON.stringify({ secretId, action: "check" });
  const { value } = await invoker.invokeFunction({ functionId, invokeFunctionBody });
  const said = await new Response(value).json();
  works(said.responseCode === 200, said.returnMessage);
});
await operation("DeleteFunction", () => management.deleteFunction({ functionId }));
await operation("GetApplication", async () => {
  works((await management.getApplication({ applicationId })).application.id === applicationId, "another");
});
await operation("ListApplications", async () => {
  const { items } = await management.listApplications({ compartmentId });
  works(items.map(({ id }) => id).join() === applicationId, "not listed");
});
await operation("UpdateApplication", async () => {
  await management.updateApplication({ applicationId, updateApplicationDetails: { config: { LIVE: "application" } } });
  const { config } = (await management.getApplication({ applicationId })).application;
  works(config.LIVE === "application", "not changed");
});

await operation("CreateTopic", async () => {
  const answer = await topics.createTopic({ createTopicDetails: { name: "live", compartmentId } });
  topicId = answer.notificationTopic.topicId;
});
await operation("GetTopic", async () => {
  works((await topics.getTopic({ topicId })).notificationTopic.name === "live", "another");
});
await operation("ListTopics", async () => {
  const { items } = await topics.listTopics({ compartmentId });
  works(
    items.some((item) => item.topicId === topicId),
    "not listed",
  );
});
await operation("PublishMessage", async () => {
  const answer = await messages.publishMessage({ topicId, messageDetails: { title: "live", body: "hello" } });
  works(answer.publishResult.messageId, "no id");
});
process.stdout.write(JSON.stringify(results));
