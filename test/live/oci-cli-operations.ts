import type { Json, OciEmulator, Ran } from "./oci-emulator.ts";

/** What came of an operation: it works, the service said 501, or what was wrong. */
export type Results = Readonly<Record<string, string>>;

/** The same operations as the programs in clients/, under the same names, by the official command line. */
export async function cliOperations(emulator: OciEmulator): Promise<Results> {
  const { secretId, secretName, functionId, applicationId, compartmentId, vaultId, keyId } = emulator;
  const results: Record<string, string> = {};
  const oci = async (...words: string[]) => seen(await emulator.oci("--no-retry", ...words));
  const operation = async (name: string, body: () => Promise<unknown>) => {
    results[name] = await body().then(
      () => "works",
      (error: Error) => error.message,
    );
  };
  let made = "";
  let work = "";
  let topic = "";
  const inCompartment = ["--compartment-id", compartmentId];
  const pages = ["--all", "--page-size", "1"];
  const secret = (...words: string[]) => oci("vault", "secret", ...words, "--secret-id", made);
  const get = async () => one(await secret("get"));
  const version = (verb: string, number: number, ...words: string[]) =>
    oci("vault", "secret-version", verb, "--secret-id", made, "--secret-version-number", String(number), ...words);
  const bundle = async (...words: string[]) => {
    const found = one(await oci("secrets", "secret-bundle", "get", "--secret-id", made, ...words));
    return decoded((found["secret-bundle-content"] as Json)["content"]);
  };
  const workRequest = (kind: string, verb: string) =>
    oci(
      "work-requests",
      kind,
      verb,
      ...(kind === "work-request" && verb === "list" ? inCompartment : ["--work-request-id", work]),
    );
  const fn = (kind: "function" | "application", ...words: string[]) => oci("fn", kind, ...words);
  const ofFunction = ["--function-id", functionId];
  const ofApplication = ["--application-id", applicationId];

  await operation("CreateSecret", async () => {
    const rules = [
      { ruleType: "SECRET_REUSE_RULE", isEnforcedOnDeletedSecretVersions: false },
      {
        ruleType: "SECRET_EXPIRY_RULE",
        secretVersionExpiryInterval: "P30D",
        isSecretContentRetrievalBlockedOnExpiry: false,
      },
    ];
    const rotation = {
      targetSystemDetails: { targetSystemType: "FUNCTION", functionId },
      rotationInterval: "P60D",
      isScheduledRotationEnabled: true,
    };
    const named = ["--vault-id", vaultId, "--key-id", keyId, "--secret-name", "live-cli", "--description", "made"];
    const content = ["--secret-content-content", encoded("one"), "--secret-content-name", "first"];
    const labels = ["--freeform-tags", '{"purpose":"live"}', "--metadata", '{"owner":"somebody"}'];
    const more = ["--secret-rules", JSON.stringify(rules), "--rotation-config", JSON.stringify(rotation)];
    const answer = await oci(
      "vault",
      "secret",
      "create-base64",
      ...inCompartment,
      ...named,
      ...content,
      ...labels,
      ...more,
    );
    made = String(one(answer)["id"]);
    const kept = await get();
    same(kept["freeform-tags"], { purpose: "live" });
    same(kept["metadata"], { owner: "somebody" });
    same((kept["secret-rules"] as readonly Json[]).length, 2);
    const config = kept["rotation-config"] as Json;
    same(config["rotation-interval"], "P60D");
    same((config["target-system-details"] as Json)["function-id"], functionId);
  });
  await operation("GetSecret", async () => {
    same(one(await oci("vault", "secret", "get", "--secret-id", secretId))["secret-name"], secretName);
  });
  await operation("ListSecrets", async () => {
    const ids = list(await oci("vault", "secret", "list", ...inCompartment, ...pages)).map(({ id }) => id);
    same([ids.includes(secretId), ids.includes(made)], [true, true]);
  });
  await operation("UpdateSecret: tags and description", async () => {
    await secret("update", "--description", "another", "--freeform-tags", '{"purpose":"changed"}', "--force");
    const kept = await get();
    same([kept["description"], kept["freeform-tags"]], ["another", { purpose: "changed" }]);
  });
  await operation("UpdateSecret: new content", async () => {
    const content = ["--secret-content-content", encoded("two"), "--secret-content-name", "second"];
    await secret("update-base64", ...content, "--secret-content-stage", "PENDING", "--force");
    same(one(await version("get", 2))["stages"], ["PENDING", "LATEST"]);
  });
  await operation("UpdateSecret: promote", async () => {
    await secret("update", "--current-version-number", "2", "--force");
    same((await get())["current-version-number"], 2);
  });
  await operation("UpdateSecret: promote beside empty content", async () => {
    await secret("update-base64", "--current-version-number", "1", "--force");
    same((await get())["current-version-number"], 1);
  });
  await operation("ListSecretVersions", async () => {
    const seen = list(await oci("vault", "secret-version", "list", "--secret-id", made, ...pages));
    same(
      seen.map((one) => one["version-number"]),
      [2, 1],
    );
  });
  await operation("GetSecretVersion", async () => same(one(await version("get", 1))["stages"], ["CURRENT"]));
  await operation("GetSecretBundle: by stage", async () => same(await bundle("--stage", "CURRENT"), "one"));
  await operation("GetSecretBundle: by number", async () => same(await bundle("--version-number", "2"), "two"));
  await operation("GetSecretBundle: by version name", async () =>
    same(await bundle("--secret-version-name", "second"), "two"),
  );
  await operation("GetSecretBundleByName", async () => {
    const named = ["--secret-name", "live-cli", "--vault-id", vaultId];
    same(one(await oci("secrets", "secret-bundle", "get-secret-bundle-by-name", ...named))["secret-id"], made);
  });
  await operation("ListSecretBundleVersions", async () => {
    same(list(await oci("secrets", "secret-bundle-version", "list-versions", "--secret-id", made, ...pages)).length, 2);
  });

  await operation("RotateSecret", async () => {
    const answer = await oci("vault", "secret", "rotate", "--secret-id", secretId);
    work = String(answer.json["opc-work-request-id"]);
  });
  await operation("GetWorkRequest", async () => {
    const ended = await until(
      async () => one(await workRequest("work-request", "get")),
      ({ status }) => !["ACCEPTED", "IN_PROGRESS"].includes(String(status)),
    );
    same([ended["status"], ended["operation-type"], ended["percent-complete"]], ["SUCCEEDED", "ROTATE_SECRET", 100]);
  });
  await operation("ListWorkRequests", async () => {
    same(
      list(await workRequest("work-request", "list")).map(({ id }) => id),
      [work],
    );
  });
  await operation("ListWorkRequestLogs", async () =>
    same(list(await workRequest("work-request-log-entry", "list")).length, 4),
  );
  await operation("ListWorkRequestErrors", async () => same(list(await workRequest("work-request-error", "list")), []));
  await operation("CancelSecretRotation", async () => {
    await secret("cancel-secret-rotation");
    same((await get())["rotation-status"], "NOT_ENABLED");
  });
  const inState = (state: string) =>
    until(
      () => get(),
      (kept) => kept["lifecycle-state"] === state,
    );
  const inDays = (days: number) => ["--time-of-deletion", new Date(Date.now() + days * 86_400_000).toISOString()];
  await operation("ScheduleSecretVersionDeletion", async () => {
    await secret("update-base64", "--secret-content-content", encoded("three"), "--force");
    await inState("ACTIVE");
    await version("schedule-deletion", 2, ...inDays(2));
    await inState("ACTIVE");
    same(typeof one(await version("get", 2))["time-of-deletion"], "string");
  });
  await operation("CancelSecretVersionDeletion", async () => {
    await version("cancel-deletion", 2);
    await inState("ACTIVE");
    same(one(await version("get", 2))["time-of-deletion"], null);
  });
  await operation("ChangeSecretCompartment", async () => {
    await secret("change-compartment", ...inCompartment);
    same((await get())["compartment-id"], compartmentId);
  });
  await operation("ScheduleSecretDeletion", async () => {
    await secret("schedule-secret-deletion", ...inDays(3));
    await inState("PENDING_DELETION");
  });
  await operation("CancelSecretDeletion", async () => {
    await secret("cancel-secret-deletion");
    await inState("ACTIVE");
  });

  await operation("GetFunction", async () => {
    same(one(await fn("function", "get", ...ofFunction))["invoke-endpoint"], emulator.url);
  });
  await operation("ListFunctions", async () => {
    same(
      list(await fn("function", "list", ...ofApplication, ...pages)).map(({ id }) => id),
      [functionId],
    );
  });
  const configOf = async (kind: "function" | "application", which: readonly string[]) =>
    one(await fn(kind, "get", ...which))["config"] as Json;
  await operation("UpdateFunction", async () => {
    const config = JSON.stringify({ ...(await configOf("function", ofFunction)), LIVE: "cli" });
    await fn("function", "update", "container-function", ...ofFunction, "--config", config, "--force");
    same((await configOf("function", ofFunction))["LIVE"], "cli");
  });
  await operation("InvokeFunction", async () => {
    const event = JSON.stringify({ secretId, action: "check" });
    const answer = await fn("function", "invoke", ...ofFunction, "--file", "-", "--body", event);
    same(answer.json["responseCode"], 200);
  });
  await operation("DeleteFunction", () => fn("function", "delete", ...ofFunction, "--force"));
  await operation("GetApplication", async () => {
    same(one(await fn("application", "get", ...ofApplication))["id"], applicationId);
  });
  await operation("ListApplications", async () => {
    same(
      list(await fn("application", "list", ...inCompartment)).map(({ id }) => id),
      [applicationId],
    );
  });
  await operation("UpdateApplication", async () => {
    await fn("application", "update", ...ofApplication, "--config", '{"LIVE":"application"}', "--force");
    same((await configOf("application", ofApplication))["LIVE"], "application");
  });

  await operation("CreateTopic", async () => {
    topic = String(one(await oci("ons", "topic", "create", "--name", "live", ...inCompartment))["topic-id"]);
  });
  await operation("GetTopic", async () => {
    same(one(await oci("ons", "topic", "get", "--topic-id", topic))["name"], "live");
  });
  await operation("ListTopics", async () => {
    const topics = list(await oci("ons", "topic", "list", ...inCompartment));
    same(
      topics.some((item) => item["topic-id"] === topic),
      true,
    );
  });
  await operation("PublishMessage", async () => {
    const answer = await oci("ons", "message", "publish", "--topic-id", topic, "--title", "live", "--body", "hello");
    same(typeof one(answer)["message-id"], "string");
  });
  return results;
}

const encoded = (text: string) => Buffer.from(text).toString("base64");
const decoded = (text: unknown) => Buffer.from(String(text), "base64").toString();
const one = (ran: Ran) => ran.json["data"] as Json;
/** A list without items has no output at all. */
const list = (ran: Ran) => {
  const data = (ran.json["data"] ?? []) as readonly Json[] | { readonly items: readonly Json[] };
  return "items" in data ? data.items : data;
};

function same(found: unknown, expected: unknown): void {
  const [shown, wanted] = [found, expected].map((value) => JSON.stringify(value));
  if (shown !== wanted) throw new Error(`${shown} instead of ${wanted}`);
}

/** What a command left, or an error: 501, or the status and code of the service, or the end of what was said. */
function seen(ran: Ran): Ran {
  if (ran.code === 0 && !ran.stdout.includes("UNKNOWN_ENUM_VALUE")) return ran;
  const [, status] = /"status": (\d+)/.exec(ran.stderr) ?? [];
  const [, said] = /"message": "([^"]*)"/.exec(ran.stderr) ?? [];
  throw new Error(
    status === "501" ? status : `${status ?? ran.code} ${said ?? `${ran.stdout}${ran.stderr}`.slice(-300)}`,
  );
}

async function until(ask: () => Promise<Json>, ready: (seen: Json) => boolean): Promise<Json> {
  for (let asked = 0; asked < 30; asked += 1) {
    const found = await ask();
    if (ready(found)) return found;
  }
  throw new Error("it did not end");
}
