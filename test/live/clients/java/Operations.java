import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.oracle.bmc.auth.ConfigFileAuthenticationDetailsProvider;
import com.oracle.bmc.functions.FunctionsInvokeClient;
import com.oracle.bmc.functions.FunctionsManagementClient;
import com.oracle.bmc.functions.model.UpdateApplicationDetails;
import com.oracle.bmc.functions.model.UpdateFunctionDetails;
import com.oracle.bmc.functions.requests.*;
import com.oracle.bmc.model.BmcException;
import com.oracle.bmc.ons.NotificationControlPlaneClient;
import com.oracle.bmc.ons.NotificationDataPlaneClient;
import com.oracle.bmc.ons.model.CreateTopicDetails;
import com.oracle.bmc.ons.model.MessageDetails;
import com.oracle.bmc.ons.requests.*;
import com.oracle.bmc.secrets.SecretsClient;
import com.oracle.bmc.secrets.model.Base64SecretBundleContentDetails;
import com.oracle.bmc.secrets.requests.*;
import com.oracle.bmc.util.StreamUtils;
import com.oracle.bmc.vault.VaultsClient;
import com.oracle.bmc.vault.model.*;
import com.oracle.bmc.vault.requests.*;
import com.oracle.bmc.workrequests.WorkRequestClient;
import com.oracle.bmc.workrequests.requests.*;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Calls each operation of OCI's services with the official Java SDK, and prints one JSON object: operation to "works", to the status 501, or to
 * what was wrong. ../operations.py says more.
 */
public final class Operations {
    interface Body {
        void run() throws Exception;
    }

    private static final Map<String, String> RESULTS = new LinkedHashMap<>();

    static void operation(String name, Body body) {
        try {
            body.run();
            RESULTS.put(name, "works");
        } catch (BmcException refusal) {
            String said = refusal.getStatusCode() + " " + refusal.getServiceCode() + ": " + refusal.getMessage().split("\n")[0];
            RESULTS.put(name, refusal.getStatusCode() == 501 ? "501" : said);
        } catch (Exception failure) {
            RESULTS.put(name, failure.toString());
        }
    }

    static void works(boolean condition, String what) {
        if (!condition) throw new IllegalStateException(what);
    }

    private final VaultsClient vaults;
    private final SecretsClient bundles;
    private final WorkRequestClient requests;
    private final FunctionsManagementClient functions;
    private final NotificationControlPlaneClient topics;
    private final NotificationDataPlaneClient messages;
    private final ConfigFileAuthenticationDetailsProvider provider;
    private final JsonNode ids;
    private final String name = "live-java";
    private String made;
    private String work;
    private String invokeEndpoint;
    private String topic;

    Operations(JsonNode ids) throws Exception {
        this.ids = ids;
        provider = new ConfigFileAuthenticationDetailsProvider(id("configFile"), "DEFAULT");
        String url = id("url");
        vaults = VaultsClient.builder().endpoint(url).build(provider);
        bundles = SecretsClient.builder().endpoint(url).build(provider);
        requests = WorkRequestClient.builder().endpoint(url).build(provider);
        functions = FunctionsManagementClient.builder().endpoint(url).build(provider);
        topics = NotificationControlPlaneClient.builder().endpoint(url).build(provider);
        messages = NotificationDataPlaneClient.builder().endpoint(url).build(provider);
    }

    String id(String which) {
        return ids.get(which).asText();
    }

    static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    static Date inDays(int days) {
        return Date.from(Instant.now().plus(days, ChronoUnit.DAYS));
    }

    /** Asks every half second, at most a minute. */
    Secret inState(String secretId, Secret.LifecycleState state) throws InterruptedException {
        for (int asked = 0; asked < 120; asked++) {
            Secret seen = vaults.getSecret(GetSecretRequest.builder().secretId(secretId).build()).getSecret();
            if (seen.getLifecycleState() == state) return seen;
            Thread.sleep(500);
        }
        throw new IllegalStateException("it did not become " + state + " within a minute");
    }

    Secret active(String secretId) throws InterruptedException {
        return inState(secretId, Secret.LifecycleState.Active);
    }

    Secret update(UpdateSecretDetails details) throws InterruptedException {
        vaults.updateSecret(UpdateSecretRequest.builder().secretId(made).updateSecretDetails(details).build());
        return active(made);
    }

    SecretVersion version(long number) {
        GetSecretVersionRequest asked = GetSecretVersionRequest.builder().secretId(made).secretVersionNumber(number).build();
        return vaults.getSecretVersion(asked).getSecretVersion();
    }

    static <T> List<T> all(Iterable<T> pages) {
        List<T> items = new ArrayList<>();
        pages.forEach(items::add);
        return items;
    }

    void secrets() {
        operation("CreateSecret", () -> {
            FunctionTargetSystemDetails target = FunctionTargetSystemDetails.builder().functionId(id("functionId")).build();
            CreateSecretDetails details = CreateSecretDetails.builder()
                    .compartmentId(id("compartmentId"))
                    .vaultId(id("vaultId"))
                    .keyId(id("keyId"))
                    .secretName(name)
                    .description("made by a client")
                    .freeformTags(Map.of("purpose", "live"))
                    .metadata(Map.of("owner", "somebody"))
                    .secretRules(List.of(
                            SecretReuseRule.builder().isEnforcedOnDeletedSecretVersions(false).build(),
                            SecretExpiryRule.builder()
                                    .secretVersionExpiryInterval("P30D")
                                    .isSecretContentRetrievalBlockedOnExpiry(false)
                                    .build()))
                    .rotationConfig(RotationConfig.builder()
                            .targetSystemDetails(target)
                            .rotationInterval("P60D")
                            .isScheduledRotationEnabled(true)
                            .build())
                    .secretContent(Base64SecretContentDetails.builder().content(encoded("one")).name("first").build())
                    .build();
            made = vaults.createSecret(CreateSecretRequest.builder().createSecretDetails(details).build()).getSecret().getId();
            Secret seen = active(made);
            works(seen.getFreeformTags().equals(Map.of("purpose", "live")), "tags are lost");
            works(seen.getMetadata().equals(Map.of("owner", "somebody")), "metadata is lost");
            works(seen.getSecretRules().size() == 2, "rules are lost");
            works(seen.getRotationConfig().getRotationInterval().equals("P60D"), "rotation is lost");
            works(target.equals(seen.getRotationConfig().getTargetSystemDetails()), "target is lost");
        });
        operation("GetSecret", () -> works(active(id("secretId")).getSecretName().equals(id("secretName")), "another secret"));
        operation("ListSecrets", () -> {
            ListSecretsRequest asked = ListSecretsRequest.builder().compartmentId(id("compartmentId")).limit(1).build();
            long found = all(vaults.getPaginators().listSecretsRecordIterator(asked)).stream()
                    .filter(secret -> secret.getId().equals(id("secretId")) || secret.getId().equals(made))
                    .count();
            works(found == 2, "a secret is missing");
        });
        operation("UpdateSecret: tags and description", () -> {
            Secret seen = update(UpdateSecretDetails.builder()
                    .description("another")
                    .freeformTags(Map.of("purpose", "changed"))
                    .build());
            works("another".equals(seen.getDescription()), "description not changed");
            works(Map.of("purpose", "changed").equals(seen.getFreeformTags()), "tags not changed");
        });
        operation("UpdateSecret: new content", () -> {
            update(UpdateSecretDetails.builder()
                    .secretContent(Base64SecretContentDetails.builder()
                            .content(encoded("two"))
                            .name("second")
                            .stage(SecretContentDetails.Stage.Pending)
                            .build())
                    .build());
            works(version(2).getStages().equals(List.of(SecretVersion.Stages.Pending, SecretVersion.Stages.Latest)), "not PENDING");
        });
        operation("UpdateSecret: promote", () -> works(
                update(UpdateSecretDetails.builder().currentVersionNumber(2L).build()).getCurrentVersionNumber() == 2, "not promoted"));
        operation("UpdateSecret: promote beside empty content", () -> {
            UpdateSecretDetails details = UpdateSecretDetails.builder()
                    .secretContent(Base64SecretContentDetails.builder().build())
                    .currentVersionNumber(1L)
                    .build();
            works(update(details).getCurrentVersionNumber() == 1, "not promoted");
        });
        operation("ListSecretVersions", () -> {
            ListSecretVersionsRequest asked = ListSecretVersionsRequest.builder().secretId(made).limit(1).build();
            List<SecretVersionSummary> seen = all(vaults.getPaginators().listSecretVersionsRecordIterator(asked));
            works(seen.size() == 2 && seen.get(0).getVersionNumber() == 2, "other versions");
        });
        operation("GetSecretVersion", () ->
                works(version(1).getStages().equals(List.of(SecretVersion.Stages.Current)), "other stages"));
    }

    void reads(GetSecretBundleRequest.Builder asked, String expected) {
        Base64SecretBundleContentDetails found = (Base64SecretBundleContentDetails)
                bundles.getSecretBundle(asked.secretId(made).build()).getSecretBundle().getSecretBundleContent();
        works(found.getContent().equals(encoded(expected)), "other content");
    }

    void bundles() {
        operation("GetSecretBundle: by stage", () ->
                reads(GetSecretBundleRequest.builder().stage(GetSecretBundleRequest.Stage.Current), "one"));
        operation("GetSecretBundle: by number", () -> reads(GetSecretBundleRequest.builder().versionNumber(2L), "two"));
        operation("GetSecretBundle: by version name", () ->
                reads(GetSecretBundleRequest.builder().secretVersionName("second"), "two"));
        operation("GetSecretBundleByName", () -> {
            GetSecretBundleByNameRequest asked =
                    GetSecretBundleByNameRequest.builder().secretName(name).vaultId(id("vaultId")).build();
            works(bundles.getSecretBundleByName(asked).getSecretBundle().getSecretId().equals(made), "another secret");
        });
        operation("ListSecretBundleVersions", () -> {
            ListSecretBundleVersionsRequest asked = ListSecretBundleVersionsRequest.builder().secretId(made).limit(1).build();
            works(all(bundles.getPaginators().listSecretBundleVersionsRecordIterator(asked)).size() == 2, "other versions");
        });
    }

    void rotation() {
        operation("RotateSecret", () -> {
            RotateSecretRequest asked = RotateSecretRequest.builder().secretId(id("secretId")).build();
            work = vaults.rotateSecret(asked).getOpcWorkRequestId();
            works(work != null, "no work request");
        });
        operation("GetWorkRequest", () -> {
            GetWorkRequestRequest asked = GetWorkRequestRequest.builder().workRequestId(work).build();
            com.oracle.bmc.workrequests.model.WorkRequest seen = requests.getWorkRequest(asked).getWorkRequest();
            for (int times = 0; times < 120 && seen.getTimeFinished() == null; times++) {
                Thread.sleep(500);
                seen = requests.getWorkRequest(asked).getWorkRequest();
            }
            works("SUCCEEDED".equals(seen.getStatus().getValue()), "it ended " + seen.getStatus());
            works("ROTATE_SECRET".equals(seen.getOperationType()) && seen.getPercentComplete() == 100, "not done");
        });
        operation("ListWorkRequests", () -> {
            ListWorkRequestsRequest asked = ListWorkRequestsRequest.builder()
                    .compartmentId(id("compartmentId"))
                    .resourceId(id("secretId"))
                    .build();
            works(requests.listWorkRequests(asked).getItems().stream().allMatch(item -> item.getId().equals(work)), "not listed");
            works(requests.listWorkRequests(asked).getItems().size() == 1, "another number");
        });
        operation("ListWorkRequestLogs", () -> works(
                requests.listWorkRequestLogs(ListWorkRequestLogsRequest.builder().workRequestId(work).build())
                        .getItems().size() == 4,
                "not four steps"));
        operation("ListWorkRequestErrors", () -> works(
                requests.listWorkRequestErrors(ListWorkRequestErrorsRequest.builder().workRequestId(work).build())
                        .getItems().isEmpty(),
                "errors"));
        operation("CancelSecretRotation", () -> {
            vaults.cancelSecretRotation(CancelSecretRotationRequest.builder().secretId(made).build());
            works(active(made).getRotationStatus() == Secret.RotationStatus.NotEnabled, "still on");
        });
    }

    void deletions() {
        operation("ScheduleSecretVersionDeletion", () -> {
            update(UpdateSecretDetails.builder()
                    .secretContent(Base64SecretContentDetails.builder().content(encoded("three")).build())
                    .build());
            vaults.scheduleSecretVersionDeletion(ScheduleSecretVersionDeletionRequest.builder()
                    .secretId(made)
                    .secretVersionNumber(2L)
                    .scheduleSecretVersionDeletionDetails(
                            ScheduleSecretVersionDeletionDetails.builder().timeOfDeletion(inDays(2)).build())
                    .build());
            active(made);
            works(version(2).getTimeOfDeletion() != null, "no time");
        });
        operation("CancelSecretVersionDeletion", () -> {
            vaults.cancelSecretVersionDeletion(
                    CancelSecretVersionDeletionRequest.builder().secretId(made).secretVersionNumber(2L).build());
            active(made);
            works(version(2).getTimeOfDeletion() == null, "still a time");
        });
        operation("ChangeSecretCompartment", () -> {
            vaults.changeSecretCompartment(ChangeSecretCompartmentRequest.builder()
                    .secretId(made)
                    .changeSecretCompartmentDetails(
                            ChangeSecretCompartmentDetails.builder().compartmentId(id("compartmentId")).build())
                    .build());
            works(active(made).getCompartmentId().equals(id("compartmentId")), "elsewhere");
        });
        operation("ScheduleSecretDeletion", () -> {
            vaults.scheduleSecretDeletion(ScheduleSecretDeletionRequest.builder()
                    .secretId(made)
                    .scheduleSecretDeletionDetails(ScheduleSecretDeletionDetails.builder().timeOfDeletion(inDays(3)).build())
                    .build());
            inState(made, Secret.LifecycleState.PendingDeletion);
        });
        operation("CancelSecretDeletion", () -> {
            vaults.cancelSecretDeletion(CancelSecretDeletionRequest.builder().secretId(made).build());
            active(made);
        });
    }

    com.oracle.bmc.functions.model.Function function() {
        return functions.getFunction(GetFunctionRequest.builder().functionId(id("functionId")).build()).getFunction();
    }

    com.oracle.bmc.functions.model.Application application() {
        GetApplicationRequest asked = GetApplicationRequest.builder().applicationId(id("applicationId")).build();
        return functions.getApplication(asked).getApplication();
    }

    void functions() {
        operation("GetFunction", () -> invokeEndpoint = function().getInvokeEndpoint());
        operation("ListFunctions", () -> {
            var items = functions.listFunctions(ListFunctionsRequest.builder().applicationId(id("applicationId")).build()).getItems();
            works(items.size() == 1 && items.get(0).getId().equals(id("functionId")), "not listed");
        });
        operation("UpdateFunction", () -> {
            Map<String, String> config = new HashMap<>(function().getConfig());
            config.put("LIVE", "java");
            functions.updateFunction(UpdateFunctionRequest.builder()
                    .functionId(id("functionId"))
                    .updateFunctionDetails(UpdateFunctionDetails.builder().config(config).build())
                    .build());
            works("java".equals(function().getConfig().get("LIVE")), "not changed");
        });
        operation("InvokeFunction", () -> {
            try (FunctionsInvokeClient invoker = FunctionsInvokeClient.builder().endpoint(invokeEndpoint).build(provider)) {
                String event = "{\"secretId\":\"" + id("secretId") + "\",\"action\":\"check\"}";
                var answer = invoker.invokeFunction(InvokeFunctionRequest.builder()
                        .functionId(id("functionId"))
                        .invokeFunctionBody(StreamUtils.createByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)))
                        .build());
                JsonNode said = new ObjectMapper().readTree(answer.getInputStream());
                works(said.get("responseCode").asInt() == 200, "the function answered otherwise");
            }
        });
        operation("DeleteFunction", () ->
                functions.deleteFunction(DeleteFunctionRequest.builder().functionId(id("functionId")).build()));
        operation("GetApplication", () -> works(application().getId().equals(id("applicationId")), "another"));
        operation("ListApplications", () -> {
            var items = functions.listApplications(
                    ListApplicationsRequest.builder().compartmentId(id("compartmentId")).build()).getItems();
            works(items.size() == 1 && items.get(0).getId().equals(id("applicationId")), "not listed");
        });
        operation("UpdateApplication", () -> {
            functions.updateApplication(UpdateApplicationRequest.builder()
                    .applicationId(id("applicationId"))
                    .updateApplicationDetails(UpdateApplicationDetails.builder().config(Map.of("LIVE", "application")).build())
                    .build());
            works("application".equals(application().getConfig().get("LIVE")), "not changed");
        });
    }

    void topics() {
        operation("CreateTopic", () -> {
            CreateTopicDetails details = CreateTopicDetails.builder().name("live").compartmentId(id("compartmentId")).build();
            topic = topics.createTopic(CreateTopicRequest.builder().createTopicDetails(details).build())
                    .getNotificationTopic().getTopicId();
        });
        operation("GetTopic", () -> works(
                topics.getTopic(GetTopicRequest.builder().topicId(topic).build()).getNotificationTopic().getName().equals("live"),
                "another"));
        operation("ListTopics", () -> {
            var items = topics.listTopics(ListTopicsRequest.builder().compartmentId(id("compartmentId")).build()).getItems();
            works(items.stream().anyMatch(item -> item.getTopicId().equals(topic)), "not listed");
        });
        operation("PublishMessage", () -> {
            MessageDetails details = MessageDetails.builder().title("live").body("hello").build();
            var answer = messages.publishMessage(PublishMessageRequest.builder().topicId(topic).messageDetails(details).build());
            works(answer.getPublishResult().getMessageId() != null, "no id");
        });
    }

    public static void main(String[] args) throws Exception {
        ObjectMapper json = new ObjectMapper();
        Operations operations = new Operations(json.readTree(args[0]));
        operations.secrets();
        operations.bundles();
        operations.rotation();
        operations.deletions();
        operations.functions();
        operations.topics();
        System.out.println(json.writeValueAsString(RESULTS));
        System.exit(0);
    }
}
